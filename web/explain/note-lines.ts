// Which field lines does a note speak of?
import type { FieldLines } from '../../shared/http/fields.ts';
import type { Note } from './explained.ts';

const DIRECTIVE =
  /(?<![\w-])(?:max-age|s-maxage|no-store|no-cache|private|public|must-revalidate|proxy-revalidate|must-understand|stale-while-revalidate|stale-if-error|immutable|no-transform)(?![\w-])/i;

/** Indexes of the lines whose names stand in the note's summary, and of Cache-Control where it names a directive. */
export function linesOf({ id, summary }: Pick<Note, 'id' | 'summary'>, fields: FieldLines): number[] {
  return fields.flatMap(([name], line) => (speaksOf(name, id, summary) ? [line] : []));
}

function speaksOf(name: string, id: string, summary: string): boolean {
  if (isNamed(name, summary)) return true;
  return name.toLowerCase() === 'cache-control' && (id.startsWith('cc-') || DIRECTIVE.test(summary));
}

/** As a word of its own. `Date` speaks of the field, `date` of a date; with a hyphen in it no word is meant. */
function isNamed(name: string, summary: string): boolean {
  const found = summary.matchAll(new RegExp(`(?<![\\w-])${name.replaceAll(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'gi'));
  return [...found].some(([as]) => as.includes('-') || /^[A-Z]/.test(as));
}
