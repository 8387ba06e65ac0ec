// Which cases stand in the case files, and is each of them well formed?
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYaml } from '../../shared/yaml-source.ts';
import { scenarios } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export interface CaseFile {
  /** Without folder and extension. */
  readonly name: string;
  readonly cases: readonly Scenario[];
}

const FOLDER = join(import.meta.dirname, 'cases');

/**
 * Every case file, by name.
 * @throws Error with file, line and the id of the case that is not well formed
 */
export function caseFiles(folder = FOLDER): CaseFile[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const read = files.sort().map((file) => ({
    name: file.replace(/\.yaml$/, ''),
    cases: parseCases(readFileSync(join(folder, file), 'utf8'), file),
  }));
  const seen = new Map<string, string>();
  for (const { name, cases } of read) {
    for (const { id } of cases) {
      const before = seen.get(id);
      if (before !== undefined) throw new Error(`${name}.yaml: the case '${id}' stands in ${before}.yaml too`);
      seen.set(id, name);
    }
  }
  return read;
}

/** The cases of one file; `file` is its name in errors. */
export function parseCases(text: string, file: string): Scenario[] {
  const source = readYaml(text);
  if ('problems' in source) {
    throw new Error(source.problems.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'));
  }
  const read = scenarios.safeParse(source.value);
  if (read.success) return read.data;
  const written = source.value as readonly { readonly id?: string }[];
  const faults = read.error.issues.map(({ path, message }) => {
    const { line } = source.position(path, 'value');
    const id = typeof path[0] === 'number' ? (written[path[0]]?.id ?? `case ${path[0] + 1}`) : '';
    return `${file}:${line}: ${id}: ${path.slice(1).join('.')}: ${message}`;
  });
  throw new Error(faults.join('\n'));
}
