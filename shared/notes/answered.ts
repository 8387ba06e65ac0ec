// What do notes on several answers look at, and how do they tell what was asked?
import { ageValue } from '../http/age.ts';
import { first } from '../http/fields.ts';
import type { Hop } from '../hops.ts';
import type { RecordedResponse } from '../recorded-response.ts';

/** One answer among several to much the same question. */
export interface Answered {
  readonly response: RecordedResponse;
  readonly hops: readonly Hop[];
  /** Of the decoded content; absent where it was not read, or is empty. */
  readonly digest?: string;
}

export const etagOf = ({ response }: Answered): string | undefined => first(response.fields, 'etag');

export const ageOf = ({ response }: Answered): number | undefined => ageValue(response.fields);

/** The outermost cache's name of itself. */
export const nodeOf = ({ hops }: Answered): string | undefined => hops[0]?.cacheStatus.cache;

/** One line: what was asked, and what came back. */
export function told(asked: string, { response, hops, digest }: Answered): string {
  const fields = ['ETag', 'Age', 'Content-Encoding', 'Vary'].flatMap((name) => {
    const value = first(response.fields, name);
    return value === undefined ? [] : [`${name}: ${value.length > 60 ? `${value.slice(0, 59)}…` : value}`];
  });
  const node = hops[0]?.cacheStatus.cache;
  const content = digest === undefined ? [] : [`content ${digest.slice(7, 15)}`];
  return [`${asked} → ${response.status}`, ...fields, ...(node === undefined ? [] : [`from ${node}`]), ...content].join(
    ', ',
  );
}
