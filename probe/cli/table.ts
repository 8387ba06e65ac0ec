// How do rows of text stand in columns?
import { stripVTControlCharacters } from 'node:util';

/** Columns as wide as their widest cell, two spaces apart, nothing trailing. Cells may hold our own colours. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, length(cell));
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - length(cell)))
      .join('  ')
      .trimEnd(),
  );
}

const length = (cell: string): number => Array.from(stripVTControlCharacters(cell)).length;
