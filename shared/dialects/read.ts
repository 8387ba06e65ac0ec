// How are the small things in a field value read that several dialects share?
import type { FieldLines } from '../http/fields.ts';

/** Index of the last line named `name` (lower case) whose value passes, or undefined. */
export function lastIndex(fields: FieldLines, name: string, passes: (value: string) => boolean): number | undefined {
  const index = fields.findLastIndex(([n, value]) => n.toLowerCase() === name && passes(value));
  return index < 0 ? undefined : index;
}

/** A non-negative whole number of at most ten digits, or undefined. */
export function wholeNumber(value: string | undefined): number | undefined {
  const text = value?.trim();
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
