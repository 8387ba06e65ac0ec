// Which values may stand at several places of a topology file?
import { z } from 'zod';
import { DURATION, DURATION_FORM } from './duration.ts';
import { envNames, hasBrokenReference, namesSecret } from './env-reference.ts';

/** RFC 9110 section 5.6.2. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** The sentence that says what is wrong with a written value; undefined where nothing is. */
export type Fault = (written: string) => string | undefined;

export const text = (fault: Fault) =>
  z.string().superRefine((value, ctx) => {
    const message = fault(value);
    if (message !== undefined) ctx.addIssue({ code: 'custom', message });
  });

function headerFault(name: string, value: string): string | undefined {
  if (!TOKEN.test(name)) return 'is not a header name';
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return 'holds a control character or a line break';
  if (hasBrokenReference(value)) return 'refers to the environment wrongly; write ${NAME} with letters, digits and "_"';
  if (name.toLowerCase() === 'host' && value.includes('${')) return 'may not refer to the environment; write the host';
  if (namesSecret(name) && envNames(value).length === 0) {
    return 'is a credential; it never stands in the file: write ${ENV_NAME} and set that variable where strata runs';
  }
  return undefined;
}

/** Header names and values; those in `refused` belong to others. */
export const headers = (refused: ReadonlySet<string>) =>
  z.record(z.string(), z.string()).superRefine((record, ctx) => {
    for (const [name, value] of Object.entries(record)) {
      const message = refused.has(name.toLowerCase())
        ? 'belongs to the connection and stays the target’s; leave it out'
        : headerFault(name, value);
      if (message !== undefined) ctx.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** What a purge sends along, beside what belongs to the connection. */
export const sentAlong = headers(new Set(['connection', 'content-length', 'transfer-encoding']))
  .default({})
  .describe('Sent along; values may hold ${ENV_NAME}. Host: the one under which the cache knows the page');

export const headerName = text((v) => (TOKEN.test(v) ? undefined : 'is not a header name'));
export const methodName = text((v) => (TOKEN.test(v) ? undefined : 'is not a method'));

/** A written value as a sentence may quote it. */
export const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 60);

const durationError = (issue: { readonly input?: unknown }) =>
  `${shown(issue.input)} is not a duration; ${DURATION_FORM}`;

/** Seconds, or text such as 5m. */
export const duration = z.union(
  [z.number().nonnegative({ error: durationError }), z.string().regex(DURATION, { error: durationError })],
  { error: durationError },
);
