// How are the small things in a field value read that several dialects share?
import type { FieldLines } from '../http/fields.ts';

/** Index of the last line named `name` (lower case) whose value passes, or undefined. */
export function lastIndex(fields: FieldLines, name: string, passes: (value: string) => boolean): number | undefined {
  const indices = linesNamed(fields, name);
  for (let i = indices.length - 1; i >= 0; i--) if (passes(fields[indices[i]!]![1])) return indices[i];
  return undefined;
}

/** The values of all lines named `name` (lower case), in wire order; empty when absent. */
export const valuesNamed = (fields: FieldLines, name: string): string[] =>
  linesNamed(fields, name).map((index) => fields[index]![1]);

/** Where the lines named `name` (lower case) stand, in wire order. One look finds that most names are absent. */
export const linesNamed = (fields: FieldLines, name: string): readonly number[] =>
  placesIn(fields).get(name) ?? NOWHERE;

const NOWHERE: readonly number[] = [];

// every dialect asks about the same message in turn
let asked: { readonly fields: FieldLines; readonly places: ReadonlyMap<string, readonly number[]> } | undefined;

function placesIn(fields: FieldLines): ReadonlyMap<string, readonly number[]> {
  if (asked?.fields !== fields) asked = { fields, places: placed(fields) };
  return asked.places;
}

function placed(fields: FieldLines): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (let i = 0; i < fields.length; i++) {
    const name = fields[i]![0].toLowerCase();
    const known = places.get(name);
    if (known === undefined) places.set(name, [i]);
    else known.push(i);
  }
  return places;
}

/** A non-negative whole number of at most ten digits, or undefined. */
export function wholeNumber(value: string | undefined): number | undefined {
  const text = value?.trim();
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
