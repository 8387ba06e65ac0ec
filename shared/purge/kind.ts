// What can one way of purging do, and which keys does it take in the topology file? One kind a file, one list (index.ts).
import { z } from 'zod';
import { envNames } from '../env-reference.ts';
import type { PurgeScope } from '../topology.ts';
import { duration } from '../topology-values.ts';

export interface PurgeKind<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The word in `purge.by`. */
  readonly id: string;
  /** The keys that only this kind has, beside `commonKeys`. */
  readonly settings: z.ZodObject<Shape>;
  /** What one request may name; the first is what is meant where the file does not say. */
  readonly scopes: readonly [PurgeScope, ...PurgeScope[]];
  /** Whether it can only mark a copy as stale, only remove it, or either. */
  readonly modes: 'hard' | 'soft' | 'either';
  /** `node`: each node is asked by itself; `layer`: one request to a service that tells its nodes. */
  readonly reach: 'node' | 'layer';
  /** Whether a URL's variants all go, or only the one that the request selects; `dialect`: as the layer's product does. */
  readonly variants: 'all' | 'one' | 'dialect';
  /** The most URLs that one request may name. Default 1. */
  readonly atOnce?: number;
  /** The most bytes that these URLs may take as a JSON list. Absent: no limit that a list of `atOnce` could meet. */
  readonly atOnceBytes?: number;
  /** The most tags that one request may name. Absent: no limit is known. */
  readonly mostTags?: number;
  /** Requests a second that the vendor admits; absent: not limited beyond the layer's budget. */
  readonly rate?: number;
  /** Seconds after acceptance until it holds everywhere, as its vendor tells; absent: at once on the node that answers. */
  readonly settles?: number;
  /** What it cannot do of all that the keys would let one ask for. */
  readonly fault?: (asked: Asked) => { readonly key: string; readonly message: string } | undefined;
  /** The page that says so. */
  readonly source: string;
}

/** What stands in the file: the keys that every kind takes, and the kind's own. */
export interface Asked extends Readonly<Record<string, unknown>> {
  readonly scope: PurgeScope;
  readonly soft: boolean;
  readonly tags: readonly string[];
  readonly prefix?: string;
}

/** A credential: it stands in the environment, and only its name in the file. */
export const secret = (usual: string) =>
  z
    .string()
    .refine((written) => envNames(written).length > 0, {
      error: `is a credential; it never stands in the file: write "\${${usual}}" and set that variable where strata runs`,
    })
    .default(`\${${usual}}`)
    .describe('A credential, as ${ENV_NAME}');

/** Where a vendor's API listens, for a stand-in or a proxy in front of it. */
export const endpoint = (usual: string) =>
  z
    .string()
    .regex(/^https?:\/\/[^/?#\s]+$/, 'must be scheme, host and port only, such as "https://api.example"')
    .default(usual)
    .describe('Where its API listens');

/** A name that goes into a path: nothing that would leave it. */
export const name = (what: string) =>
  z
    .string()
    .regex(/^(?!\.+$)[\w.~:-]+$/, `must be ${what}: letters, digits, "-", "_", "." only`)
    .describe(what);

/** What is shown in plans and receipts holds nothing that only the environment may know. */
export const namesNoVariable = (written: string): boolean => !written.includes('${');
export const NO_VARIABLE = 'may not refer to the environment; only credentials and header values may';

const tag = z
  .string()
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\s\u0000-\u001f\u007f]+$/, 'must be one word without white space')
  .refine(namesNoVariable, NO_VARIABLE);

/** The keys that every kind takes. */
function commonKeys(kind: PurgeKind) {
  const soft = z.boolean().default(kind.modes === 'soft');
  return {
    scope: z.enum(kind.scopes).default(kind.scopes[0]).describe('What a request names'),
    soft: soft
      .refine((asked) => kind.modes === 'either' || asked === (kind.modes === 'soft'), {
        error: `${kind.id} purges ${kind.modes} only; leave it out`,
      })
      .describe('Mark as stale instead of removing'),
    tags: z.array(tag).default([]).describe('With scope: tag, the tags or surrogate keys'),
    prefix: z
      .string()
      .regex(/^\/[!-~]*$/, 'must be a path that begins with "/", in ASCII as browsers ask for it ("/caf%C3%A9")')
      .refine(namesNoVariable, NO_VARIABLE)
      .optional()
      .describe('With scope: prefix, the path that the others begin with'),
    wait: duration.optional().describe('After this layer, before the next one outward'),
    rebound: duration.optional().describe('Purge it once more, so long after everything else'),
  };
}

/** The whole of `purge:` for one kind. */
export function purgeSchema<Shape extends z.ZodRawShape>(kind: PurgeKind<Shape>) {
  return z
    .strictObject({ by: z.literal(kind.id), ...commonKeys(kind as unknown as PurgeKind), ...kind.settings.shape })
    .superRefine((written, ctx) => {
      const asked = written as unknown as Asked;
      const { scope, tags, prefix } = asked;
      const fault = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
      if (scope === 'tag' && tags.length === 0) fault('tags', 'is missing: scope: tag needs the tags');
      if (scope === 'prefix' && prefix === undefined) fault('prefix', 'is missing: scope: prefix needs the path');
      const most = kind.mostTags ?? Infinity;
      if (scope === 'tag' && tags.length > most) fault('tags', `are too many: ${kind.id} takes ${most} in one request`);
      const own = kind.fault?.(asked);
      if (own !== undefined) fault(own.key, own.message);
    });
}
