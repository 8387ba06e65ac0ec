// Reads a response as curl printed it; the first line says where and when.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldLine } from '../../../shared/http/fields.ts';

const folder = join(import.meta.dirname, '../../fixtures/dialects');

export interface Fixture {
  readonly name: string;
  readonly status: number;
  readonly fields: readonly FieldLine[];
}

export function fixture(name: string): Fixture {
  const [, statusLine = '', ...lines] = readFileSync(join(folder, `${name}.http`), 'utf8').split('\n');
  const fields = lines
    .filter((line) => line.includes(':'))
    .map((line): FieldLine => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
  return { name, status: Number(statusLine.split(' ')[1]), fields };
}

export const fixtures = (): Fixture[] =>
  readdirSync(folder)
    .filter((f) => f.endsWith('.http'))
    .sort()
    .map((f) => fixture(f.replace('.http', '')));
