// What can be said of a cache that is not recognised? Only what RFC 9111 makes certain: Age means that a cache answered.
import { last, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect } from './dialect.ts';
import { wholeNumber } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/**
 * An Age above zero implies a stored response somewhere on the way (RFC 9111 section 5.1). Whether it was this node's,
 * and whether a response without Age came from a store, the fields do not tell: then nothing is claimed.
 */
function decode(fields: FieldLines): Decoded | undefined {
  const age = wholeNumber(last(fields, 'age'));
  if (age === undefined) return undefined;
  return { cacheStatus: age > 0 ? { hit: true } : {}, by: 'Age', age };
}

export const generic: Dialect = {
  id: 'generic',
  title: 'an unrecognised cache',
  reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.1',
  reads: ['age'],
  signature: () => undefined,
  decode,
  speak: () => [],
  behaviour: rfcBehaviour,
  grounds: { usual: 'assumed' },
};
