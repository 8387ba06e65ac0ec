// What may stand in a topology file? One schema for reading it, and for editors that complete and check it while it is written.
import { z } from 'zod';
import { RATE } from './rate.ts';
import { purge } from './purge/index.ts';
import { duration, headers, shown, text, TOKEN, type Fault } from './topology-values.ts';
import { urlParts } from './url-parts.ts';

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

const id = z
  .string()
  .regex(
    /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,99}$/u,
    'must be 1 to 100 letters, digits, ".", "_" or "-", and start with a letter or digit',
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

const URL_FORMS = ['slash', 'query-order', 'head', 'encodings'] as const;

const form = z.union([
  z.enum(URL_FORMS),
  z.strictObject({ id: id.describe('A name of its own'), url: text(targetFault).describe('The other URL') }),
]);

const target = z.strictObject({
  id: id.describe('A name of its own'),
  url: text(targetFault).describe('What a visitor types, such as "https://shop.example/"'),
  marker: marker.optional().describe('What tells versions apart; left out: the digest of the body'),
  ignore: z.array(z.string().min(1, 'is empty')).default([]).describe('CSS selectors of parts left out of the digest'),
  assets: z.boolean().default(false).describe('Also follow the page’s scripts and stylesheets'),
  forms: z
    .array(form)
    .default([])
    .describe(`Other ways to ask for the same page, watched and purged too: ${URL_FORMS.join(', ')}, or { id, url }`),
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

/** JSON Schema (2020-12) of the file for editors; the copy in strata.schema.json is this. */
export function topologyJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(topologyFile, { io: 'input' });
  return { ...schema, title: 'Strata topology' };
}
