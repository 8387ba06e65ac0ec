// A request for the page itself, or for whatever path a cache listens on: PURGE, BAN, POST, or GET to a path of its own.
import { z } from 'zod';
import { headers, methodName } from '../topology-values.ts';
import type { PurgeKind } from './kind.ts';

/** What `{…}` stands for in path, header values and body. */
export const TEMPLATE_WORDS = ['path', 'host', 'url', 'scheme', 'method', 'tags', 'prefix'] as const;

const unknownWord = (written: string): string | undefined =>
  [...written.matchAll(/\{[^}]*\}?/g)].map((m) => m[0]).find((m) => !TEMPLATE_WORDS.some((w) => m === `{${w}}`));

const listed = TEMPLATE_WORDS.map((w) => `{${w}}`).join(', ');

const path = z.string().superRefine((written, ctx) => {
  const message = pathFault(written);
  if (message !== undefined) ctx.addIssue({ code: 'custom', message });
});

function pathFault(written: string): string | undefined {
  const unknown = unknownWord(written);
  if (unknown !== undefined) return `${unknown} is not known; write ${listed}`;
  if (!/^(\/|\{path\}|\{prefix\})/.test(written)) return 'must begin with "/" or "{path}"';
  // oxlint-disable-next-line no-control-regex
  return /[\s\u0000-\u001f\u007f]/.test(written) ? 'holds white space' : undefined;
}

export const httpPurge = {
  id: 'http-purge',
  settings: z.object({
    method: methodName.default('PURGE'),
    path: path.default('{path}').describe("Template; {path} is the target's path and query"),
    headers: headers(new Set(['connection', 'content-length', 'transfer-encoding']))
      .default({})
      .describe('Values may hold ${ENV_NAME} and {path}, {host}, {url}, {tags}'),
    body: z.string().optional().describe('Template, for a method that carries one'),
  }),
  scopes: ['url', 'tag', 'prefix', 'host', 'all'],
  modes: 'either',
  reach: 'node',
  variants: 'dialect',
  source: 'https://www.rfc-editor.org/rfc/rfc9110#section-9',
} satisfies PurgeKind;
