// What did each cache add to a list, and what does the nearest one say?
import { listMembers, type FieldLines } from '../http/fields.ts';
import type { Decoded } from './dialect.ts';
import { ageOf, indicesOf, lastOf } from './read.ts';

/** One member of a list, and the line that it came in. */
export interface Member {
  readonly text: string;
  readonly line: number;
}

/** No chain of caches is longer; what a stranger lists beyond it is not looked at. */
const MOST_MEMBERS = 32;

/** The members of all lines named `name` (lower case), the last one sent first: that is the nearest cache's. */
export function membersFromEnd(fields: FieldLines, name: string): Member[] {
  const found: Member[] = [];
  for (const line of indicesOf(fields, name)) {
    for (const text of listMembers(fields[line]![1]).toReversed()) {
      if (found.length === MOST_MEMBERS) return found;
      found.push({ text, line });
    }
  }
  return found;
}

/** The last member of this form under `name` (lower case): others may have added theirs below it. */
export function lastOfForm(fields: FieldLines, name: string, form: RegExp): RegExpExecArray | undefined {
  for (const { text } of membersFromEnd(fields, name)) {
    const match = form.exec(text);
    if (match !== null) return match;
  }
  return undefined;
}

/** What stands behind the last comma. */
export const lastMember = (value: string): string => value.slice(value.lastIndexOf(',') + 1).trim();

/** The last line named `name` (lower case), trimmed; undefined when absent. */
export const lastNamed = (fields: FieldLines, name: string): string | undefined => lastOf(fields, name)?.trim();

/** Age as it was sent, in seconds, to be spread into what is decoded; nothing where it is absent or no number. */
export function sentAge(fields: FieldLines): { readonly age?: number } {
  const age = ageOf(fields);
  return age === undefined ? {} : { age };
}

/** The Age beside what came out of a store whose keeper does not count on; to be spread into what is decoded. */
export function frozenAge(
  fields: FieldLines,
  said: Pick<Decoded, 'cacheStatus' | 'revalidated'>,
): Pick<Decoded, 'frozenAge'> {
  const age = ageOf(fields);
  const isStored = said.cacheStatus.hit === true || said.revalidated === true;
  return age !== undefined && isStored ? { frozenAge: age } : {};
}
