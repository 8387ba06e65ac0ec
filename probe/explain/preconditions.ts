// Does the page answer its own validators with 304, and wrong ones not?
import { formatDate, parseDate } from '../../shared/http/date.ts';
import { first, type FieldLine } from '../../shared/http/fields.ts';
import type { Answered } from '../../shared/notes/answered.ts';
import { conditional } from '../../shared/notes/conditional.ts';
import type { Note } from '../../shared/notes/note.ts';
import type { Inquiry } from './inquiry.ts';

/** Four requests at most: what there is no validator for is not asked. */
export async function preconditions(inquiry: Inquiry, plain: Answered): Promise<Note[]> {
  const { fields, receivedAt = 0 } = plain.response;
  const tag = first(fields, 'etag');
  const date = parseDate(first(fields, 'last-modified') ?? '', receivedAt);
  const by = async (header: FieldLine): Promise<Answered | undefined> => inquiry.ask({ headers: [header] });
  const ownTag = tag === undefined ? undefined : await by(['if-none-match', tag]);
  const wrongTag = tag === undefined ? undefined : await by(['if-none-match', '"strata-asks-by-a-tag-that-never-was"']);
  const ownDate = date === undefined ? undefined : await by(['if-modified-since', formatDate(date)]);
  const earlyDate = date === undefined ? undefined : await by(['if-modified-since', formatDate(date - YEAR)]);
  return conditional.read({
    plain,
    ...(ownTag !== undefined && { ownTag }),
    ...(wrongTag !== undefined && { wrongTag }),
    ...(ownDate !== undefined && { ownDate }),
    ...(earlyDate !== undefined && { earlyDate }),
  });
}

const YEAR = 365 * 86_400;
