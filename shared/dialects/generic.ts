// What can be said of a cache that is not recognised? What RFC 9111 makes certain of Age, and the plain words that operators have theirs say.
import type { FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect } from './dialect.ts';
import { ageOf, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/** Under these names operators of any product have it say what its cache did. */
export const wordNames = [
  'x-cache',
  'x-cache-status',
  'x-proxy-cache',
  'x-cache-result',
  'x-haproxy-cache',
  'x-cached',
];

/** Named after a product that is not known here: X-LiteSpeed-Cache, X-77-Cache, X-Drupal-Cache. */
const productsName = /^x-[a-z0-9-]{1,40}-cache(?:-status)?$/i;

/** The lines that are named after some product, and by none of `wordNames`; the last first. */
export function productsLines(fields: FieldLines): number[] {
  const found: number[] = [];
  for (let i = fields.length - 1; i >= 0; i--) {
    const name = fields[i]![0];
    if (productsName.test(name) && !wordNames.includes(name.toLowerCase())) found.push(i);
  }
  return found;
}

/** HIT or MISS and the like, with or without the node's name behind it; words with other text in them are somebody's own. */
const word = /^(?:TCP_)?(HIT|MISS|STALE|EXPIRED|BYPASS|PASS|REVALIDATED|UPDATING)(?: from (\S+))?$/i;

const verdicts: Readonly<Record<string, Pick<Decoded, 'cacheStatus' | 'stale' | 'revalidated'>>> = {
  HIT: { cacheStatus: { hit: true } },
  MISS: { cacheStatus: { fwd: 'miss' } },
  STALE: { cacheStatus: { hit: true }, stale: true },
  UPDATING: { cacheStatus: { hit: true }, stale: true },
  EXPIRED: { cacheStatus: { fwd: 'stale' } },
  REVALIDATED: { cacheStatus: { fwd: 'stale', fwdStatus: 304 }, revalidated: true },
  BYPASS: { cacheStatus: { fwd: 'bypass' } },
  PASS: { cacheStatus: { fwd: 'bypass' } },
};

/** What the line with this index says, where it is one word that is understood; Age is its own where it answered from its store. */
export function wordAt(fields: FieldLines, line: number): Decoded | undefined {
  const [name, value] = fields[line]!;
  const [, said, node] = word.exec(value.trim()) ?? [];
  const verdict = said === undefined ? undefined : verdicts[said.toUpperCase()];
  if (verdict === undefined) return undefined;
  const age = verdict.cacheStatus.hit === true ? ageOf(fields) : undefined;
  const cacheStatus = { ...(node !== undefined && { cache: node }), ...verdict.cacheStatus };
  return { ...verdict, cacheStatus, by: name, line, ...(age !== undefined && { age }) };
}

/**
 * Of a node that is known to be a cache: an Age above zero implies a stored response somewhere on the way (RFC 9111
 * section 5.1). Whether it was this node's, and whether a response without Age came from a store, the fields do not tell: then
 * nothing is claimed.
 */
function decode(fields: FieldLines): Decoded | undefined {
  const age = ageOf(fields);
  if (age === undefined) return undefined;
  return { cacheStatus: age > 0 ? { hit: true } : {}, by: 'Age', age };
}

const SOME_CACHE =
  'Age tells that a cache on the way kept this response; not which one, nor whether it asked its parent once more before it sent it.';
const JUST_MADE =
  'With Age 0 this is a copy that a cache has had for less than a second, or one that it has just fetched.';

/** Where nobody is recognised it is not known either whether the Age is from a cache that does as the RFC asks. */
function hint(fields: FieldLines): Decoded | undefined {
  const age = ageOf(fields);
  const line = lastIndex(fields, 'age');
  if (age === undefined || line === undefined) return undefined;
  return { cacheStatus: {}, by: 'Age', line, age, notSeparable: age > 0 ? SOME_CACHE : JUST_MADE };
}

export const generic: Dialect = {
  id: 'generic',
  title: 'an unrecognised cache',
  reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.1',
  reads: ['age'],
  signature: () => undefined,
  decode,
  hint,
  questions: [
    {
      fields: [['Cache-Control', 'only-if-cached']],
      tells: 'a stored response, or 504 where there is none; a cache that does not know the directive fetches',
      reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7',
    },
  ],
  speak: () => [],
  behaviour: rfcBehaviour,
  grounds: { usual: 'assumed' },
};
