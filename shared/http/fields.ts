// How does one read the field lines of a message without losing what was sent? (RFC 9110 section 5)

/** One field line as it stood on the wire: name in its own case, value without surrounding white space. */
export type FieldLine = readonly [name: string, value: string];

/** The field lines of one message, in wire order, duplicates kept. */
export type FieldLines = readonly FieldLine[];

/** Every value sent under `name` (case-insensitive, RFC 9110 section 5.1), in wire order; empty when absent. */
export function valuesOf(fields: FieldLines, name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter(([n]) => n.toLowerCase() === wanted).map(([, v]) => v);
}

/** The values joined as RFC 9110 section 5.2 combines them, or undefined when the field is absent. */
export function combined(fields: FieldLines, name: string): string | undefined {
  const values = valuesOf(fields, name);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The last line sent under `name`, or undefined when absent. The last is the nearest cache's for appended fields. */
export function last(fields: FieldLines, name: string): string | undefined {
  return valuesOf(fields, name).at(-1);
}

/** The fields without any line named in `names` (case-insensitive). */
export function without(fields: FieldLines, ...names: string[]): FieldLine[] {
  const dropped = new Set(names.map((n) => n.toLowerCase()));
  return fields.filter(([n]) => !dropped.has(n.toLowerCase()));
}

/** The fields with every line named `name` replaced by one line at the end. */
export function withField(fields: FieldLines, name: string, value: string): FieldLine[] {
  return [...without(fields, name), [name, value]];
}
