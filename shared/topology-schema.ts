// What may stand in a topology file? One schema for reading it, and for editors that complete and check it while it is written.
import { z } from 'zod';
import { DURATION, DURATION_FORM, parseDuration } from './duration.ts';
import { envNames, hasBrokenReference, namesSecret } from './env-reference.ts';
import { RATE } from './rate.ts';
import { urlParts } from './url-parts.ts';

/** Every value of `purge.by`; each has its sender in probe/purgers and its effect in shared/model. */
export const PURGERS = ['http-purge'] as const;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Fields that belong to the connection or to the target; a variant that set them would ask for something else. */
const NOT_A_VARIANTS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);

type Fault = (written: string) => string | undefined;

const text = (fault: Fault) =>
  z.string().superRefine((value, ctx) => {
    const message = fault(value);
    if (message !== undefined) ctx.addIssue({ code: 'custom', message });
  });

const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 60);

const id = z
  .string()
  .regex(
    /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,99}$/u,
    'must be 1 to 100 letters, digits, ".", "_" or "-", and start with a letter or digit',
  );

const durationError = (issue: { readonly input?: unknown }) =>
  `${shown(issue.input)} is not a duration; ${DURATION_FORM}`;

const duration = z.union(
  [z.number().nonnegative({ error: durationError }), z.string().regex(DURATION, { error: durationError })],
  { error: durationError },
);

const budgetError = (issue: { readonly input?: unknown }) =>
  `${shown(issue.input)} is not a budget; write requests in a time, above zero, such as "20/s"`;

const budget = z.union([z.number().positive({ error: budgetError }), z.string().regex(RATE, { error: budgetError })], {
  error: budgetError,
});

function urlFault(written: string, what: string, example: string): string | undefined {
  if (/\/\/[^/?#]*@|^[^/?#]*:[^/?#]*@/.test(written)) {
    return 'holds credentials; take them out and send them as a header whose value is ${ENV_NAME}';
  }
  if (written.includes('${')) return `may not refer to the environment; only header values may`;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(written))
    return `has no scheme; write "http://${written.replace(/^\/+/, '').slice(0, 60)}" or https://`;
  const parts = urlParts(written);
  if (parts === undefined) return `is not a URL; write ${what} such as "${example}"`;
  if (parts.scheme !== 'http' && parts.scheme !== 'https') return `must be http:// or https://, not ${parts.scheme}://`;
  return undefined;
}

const addressFault: Fault = (written) => {
  const fault = urlFault(written, 'scheme, host and port', 'http://127.0.0.1:6081');
  if (fault !== undefined) return fault;
  const tail = urlParts(written)?.path;
  return tail === '/' ? undefined : 'is where to connect: scheme, host and port only; the path comes from the target';
};

const targetFault: Fault = (written) => urlFault(written, 'what a visitor types', 'https://shop.example/');

function headerFault(name: string, value: string): string | undefined {
  if (!TOKEN.test(name)) return 'is not a header name';
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return 'holds a control character or a line break';
  if (hasBrokenReference(value)) return 'refers to the environment wrongly; write ${NAME} with letters, digits and "_"';
  if (namesSecret(name) && envNames(value).length === 0) {
    return 'is a credential; it never stands in the file: write ${ENV_NAME} and set that variable where strata runs';
  }
  return undefined;
}

const headers = (refused: ReadonlySet<string>) =>
  z.record(z.string(), z.string()).superRefine((record, ctx) => {
    for (const [name, value] of Object.entries(record)) {
      const message = refused.has(name.toLowerCase())
        ? 'belongs to the connection and stays the target’s; leave it out'
        : headerFault(name, value);
      if (message !== undefined) ctx.addIssue({ code: 'custom', path: [name], message });
    }
  });

const regexFault: Fault = (written) => {
  try {
    RegExp(written);
    return undefined;
  } catch {
    return 'is not a regular expression';
  }
};

const MARKERS = ['css', 'header', 'regex', 'json', 'digest'] as const;

const marker = z
  .strictObject({
    css: z
      .string()
      .min(1, 'is empty')
      .optional()
      .describe('A CSS selector: the text of what it finds, or its attribute'),
    attribute: z.string().min(1, 'is empty').optional().describe('The attribute to read, with css'),
    header: text((v) => (TOKEN.test(v) ? undefined : 'is not a header name'))
      .optional()
      .describe('A response header'),
    regex: text(regexFault).optional().describe('A regular expression: its first group, or all of it'),
    json: z.string().min(1, 'is empty').optional().describe('A dotted path into a JSON body: a.b.0'),
    digest: z.literal(true).optional().describe('Versions are told apart by the digest of the body'),
  })
  .superRefine((value, ctx) => {
    const kinds = MARKERS.filter((kind) => value[kind] !== undefined);
    const listed = kinds.length === 0 ? 'names none' : `names ${kinds.join(' and ')}`;
    if (kinds.length !== 1)
      ctx.addIssue({ code: 'custom', message: `${listed}; write exactly one of ${MARKERS.join(', ')}` });
    if (value.attribute !== undefined && value.css === undefined) {
      ctx.addIssue({ code: 'custom', path: ['attribute'], message: 'goes only with css' });
    }
  });

const fieldNameFault: Fault = (written) =>
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(written) ? undefined : 'is no field name';

/** What an operator sets, in the file's own words. */
export const policy = z.strictObject({
  cap: duration.optional().describe('The longest freshness lifetime this layer grants'),
  grace: duration.optional().describe('How long after freshness it may serve the old copy while it fetches'),
  keep: duration.optional().describe('How long after grace it keeps the copy for validation'),
  defaultTtl: duration.optional().describe('The lifetime where the response says nothing'),
  honoursAge: z.boolean().optional().describe('Whether Age from its parent shortens the lifetime here'),
  staleOnError: duration
    .optional()
    .describe('How long after freshness it may serve the old copy when its parent fails'),
  ignores: z
    .array(text(fieldNameFault))
    .optional()
    .describe('Response fields that decide nothing here, such as Cache-Control or Vary'),
});

const purgePathFault: Fault = (written) => {
  const unknown = [...written.matchAll(/\{[^}]*\}?/g)].map((m) => m[0]).find((m) => m !== '{path}');
  if (unknown !== undefined) return `${unknown} is not known; {path} stands for the target's path and query`;
  if (!/^(\/|\{path\})/.test(written)) return 'must begin with "/" or "{path}"';
  // oxlint-disable-next-line no-control-regex
  return /[\s\u0000-\u001f\u007f]/.test(written) ? 'holds white space' : undefined;
};

const purge = z.strictObject({
  by: z.enum(PURGERS).describe(`How to ask it to forget: ${PURGERS.join(', ')}`),
  method: text((v) => (TOKEN.test(v) ? undefined : 'is not a method')).default('PURGE'),
  path: text(purgePathFault).default('{path}').describe("Template; {path} is the target's path and query"),
  headers: headers(new Set(['connection', 'content-length', 'transfer-encoding']))
    .default({})
    .describe('Values may hold ${ENV_NAME}'),
});

const node = z.strictObject({
  id: id.describe('A name of its own in the whole file'),
  address: text(addressFault).describe(
    'Where to connect, such as "http://127.0.0.1:6081"; Host and SNI stay the target’s',
  ),
});

const layer = z.strictObject({
  id: id.describe('A name of its own'),
  role: z.enum(['cache', 'origin']).default('cache'),
  dialect: z.string().optional().describe('How it speaks and behaves; left out: recognised from its headers'),
  nodes: z.array(node).min(1, 'is empty; name at least one node').describe('A list of { id, address }'),
  parents: z.array(z.string()).optional().describe('Ids of the layers it asks; left out: the next layer'),
  placement: z.enum(['any', 'hash']).default('any'),
  policy: policy.default({}).describe('Only what differs from the dialect’s own'),
  purge: purge.optional(),
  budget: budget.default('10/s').describe('The most requests a second that Strata may send to one node'),
});

const variant = z.strictObject({
  id: id.describe('A name of its own within the target'),
  headers: headers(NOT_A_VARIANTS).default({}).describe('Values may hold ${ENV_NAME}'),
});

const target = z.strictObject({
  id: id.describe('A name of its own'),
  url: text(targetFault).describe('What a visitor types, such as "https://shop.example/"'),
  marker: marker.optional().describe('What tells versions apart; left out: the digest of the body'),
  ignore: z.array(z.string().min(1, 'is empty')).default([]).describe('CSS selectors of parts left out of the digest'),
  assets: z.boolean().default(false).describe('Also follow the page’s scripts and stylesheets'),
  variants: z.array(variant).default([]).describe('The ways in which visitors ask for it'),
});

/** The whole file, as written: durations and budgets still in the writer's words. */
export const topologyFile = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().optional(),
  layers: z.array(layer).min(1, 'is empty; name at least an origin').describe('A list of layers, outermost first'),
  targets: z.array(target).min(1, 'is empty; name at least one page').describe('A list of { id, url }'),
});

export type TopologyFile = z.output<typeof topologyFile>;

/** Seconds of a duration that the schema has let through. */
export const secondsOf = (written: number | string): number => parseDuration(written) ?? 0;

/** JSON Schema (2020-12) of the file for editors; the copy in strata.schema.json is this. */
export function topologyJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(topologyFile, { io: 'input' });
  return { ...schema, title: 'Strata topology' };
}
