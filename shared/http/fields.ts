// How does one read the field lines of a message without losing what was sent? (RFC 9110 section 5)
import { HOP_BY_HOP, indexOf, placeOf } from './field-index.ts';

/** One field line as it stood on the wire: name in its own case, value without surrounding white space. */
export type FieldLine = readonly [name: string, value: string];

/** The field lines of one message, in wire order, duplicates kept. Never changed once they are made. */
export type FieldLines = readonly FieldLine[];

/** Every value sent under `name` (case-insensitive, RFC 9110 section 5.1), in wire order; empty when absent. */
export function valuesOf(fields: FieldLines, name: string): string[] {
  const once = sentOnce(fields, name);
  if (once !== MANY) return once === undefined ? [] : [once];
  const wanted = name.toLowerCase();
  return fields.filter((line) => line[0].toLowerCase() === wanted).map((line) => line[1]);
}

/** The values joined as RFC 9110 section 5.2 combines them, or undefined when the field is absent. */
export function combined(fields: FieldLines, name: string): string | undefined {
  const once = sentOnce(fields, name);
  if (once !== MANY) return once;
  const values = valuesOf(fields, name);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The first line sent under `name`, or undefined when absent. */
export function first(fields: FieldLines, name: string): string | undefined {
  const once = sentOnce(fields, name);
  return once === MANY ? valuesOf(fields, name)[0] : once;
}

/** The last line sent under `name`, or undefined when absent. The last is the nearest cache's for appended fields. */
export function last(fields: FieldLines, name: string): string | undefined {
  const once = sentOnce(fields, name);
  return once === MANY ? valuesOf(fields, name).at(-1) : once;
}

/** One must look at every line. */
const MANY = Symbol('many');

/** The value where the index knows the name, and it is sent once or not at all. */
function sentOnce(fields: FieldLines, name: string): string | undefined | typeof MANY {
  const place = placeOf(name);
  if (place === undefined) return MANY;
  const { values, repeated } = indexOf(fields);
  return repeated?.has(place) === true ? MANY : values[place];
}

/** The fields without any line named in `names` (case-insensitive). */
export function without(fields: FieldLines, ...names: readonly string[]): FieldLines {
  if (!hasSome(fields, names)) return fields;
  const dropped = names.map((name) => name.toLowerCase());
  return fields.filter((line) => !dropped.includes(line[0].toLowerCase()));
}

function hasSome(fields: FieldLines, names: readonly string[]): boolean {
  for (const name of names) if (sentOnce(fields, name) !== undefined) return true;
  return false;
}

/** The fields with every line named `name` replaced by one line at the end. */
export function withField(fields: FieldLines, name: string, value: string): FieldLine[] {
  return [...without(fields, name), [name, value]];
}

/** The members of a comma-separated list, trimmed, empty ones left out (RFC 9110 section 5.6.1). */
export const listMembers = (value: string): string[] => dividedAt(',', value);

/**
 * The parts between the separators, trimmed, empty ones left out. A separator inside a quoted string divides nothing;
 * a quote that is never closed is an ordinary character.
 */
export function dividedAt(separator: ',' | ';', value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let mayClose = true;
  for (let i = 0; i < value.length; i++) {
    if (value[i] === separator) {
      parts.push(value.slice(start, i).trim());
      start = i + 1;
    } else if (value[i] === '"' && mayClose) {
      const end = closingQuote(value, i);
      // once one quote stays open, no later one is closed either
      if (end === undefined) mayClose = false;
      else i = end;
    }
  }
  parts.push(value.slice(start).trim());
  return parts.filter((part) => part !== '');
}

function closingQuote(value: string, open: number): number | undefined {
  for (let i = open + 1; i < value.length; i++) {
    if (value[i] === '\\') i += 1;
    else if (value[i] === '"') return i;
  }
  return undefined;
}

/** The fields that an intermediary passes on or stores (RFC 9110 section 7.6.1, RFC 9111 section 3.1). */
export function endToEnd(fields: FieldLines): FieldLines {
  if (!indexOf(fields).hopByHop) return fields;
  const nominated = valuesOf(fields, 'connection').flatMap((value) => listMembers(value));
  return without(fields, ...HOP_BY_HOP, ...nominated);
}
