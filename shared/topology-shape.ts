// Where does a topology file depart from its schema, said so that its writer can put it right?
import { z } from 'zod';
import { suggestion } from './nearest.ts';
import { fieldOf, valueAt } from './raw-value.ts';
import { topologyFile } from './topology-schema.ts';

/** What is wrong at one place of a file; `part` says whether the key or its value is at fault. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly part: 'key' | 'value';
  readonly message: string;
}

/** The faults behind zod's issues about `raw`, in the order of the issues. */
export function shapeFaults(issues: readonly z.core.$ZodIssue[], raw: unknown): Fault[] {
  const unknownKeys = issues.flatMap((i) =>
    i.code === 'unrecognized_keys' ? i.keys.map((key) => ({ path: i.path, key })) : [],
  );
  const misspelt = new Set(unknownKeys.map(({ path, key }) => JSON.stringify([...path, meant(key, path, raw)])));
  const faults = issues.flatMap((issue) => faultsOf(issue, raw));
  // a key that is missing only because it is misspelt is one fault, not two
  return faults.filter((f) => !(f.message.startsWith('is missing') && misspelt.has(JSON.stringify(f.path))));
}

function faultsOf(issue: z.core.$ZodIssue, raw: unknown): Fault[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      part: 'key',
      message: `unknown key${suggestion(key, knownKeys(path, raw))}`,
    }));
  }
  const value = valueAt(raw, path);
  if (issue.code === 'invalid_type')
    return [{ path, part: 'value', message: wrongType(issue.expected, value, path, raw) }];
  if (issue.code === 'invalid_value')
    return [{ path, part: 'value', message: wrongValue(issue.values.map(String), value) }];
  if (issue.code === 'invalid_union') return [{ path, part: 'value', message: wrongUnion(path, value, raw) }];
  return [{ path, part: 'value', message: issue.message }];
}

/** A word that chooses among kinds is none of theirs, or a value is of none of several shapes. */
function wrongUnion(path: readonly PropertyKey[], value: unknown, raw: unknown): string {
  const outer = bare(schemaAt(path.slice(0, -1), raw));
  if (outer instanceof z.ZodDiscriminatedUnion) {
    const allowed = outer.options.flatMap((option) => [...discriminatorsOf(option)]);
    return value === undefined ? `is missing; write one of ${allowed.join(', ')}` : wrongValue(allowed, value);
  }
  const hint = schemaAt(path, raw)?.description;
  return `is not of a form that is known${hint === undefined ? '' : `: ${hint.charAt(0).toLowerCase()}${hint.slice(1)}`}`;
}

function wrongType(expected: string, value: unknown, path: readonly PropertyKey[], raw: unknown): string {
  const hint = schemaAt(path, raw)?.description;
  const remedy = hint === undefined ? '' : `: ${hint.charAt(0).toLowerCase()}${hint.slice(1)}`;
  if (value === undefined) return `is missing${remedy}`;
  if (value === null) return `is empty${remedy}`;
  const quoted =
    expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')
      ? `; put it in quotes: "${value}"`
      : '';
  return `must be ${WORDS[expected] ?? expected}, not ${kindOf(value)}${quoted}`;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return WORDS[typeof value] ?? typeof value;
}

function wrongValue(allowed: readonly string[], value: unknown): string {
  const listed = allowed.length === 1 ? allowed[0] : `one of ${allowed.join(', ')}`;
  const near = typeof value === 'string' ? suggestion(value, allowed) : '';
  return `must be ${listed}${near.includes('did you mean') ? near : ''}`;
}

const meant = (key: string, path: readonly PropertyKey[], raw: unknown): string =>
  /"(.*)"/.exec(suggestion(key, knownKeys(path, raw)))?.[1] ?? '';

function knownKeys(path: readonly PropertyKey[], raw: unknown): string[] {
  const schema = chosen(bare(schemaAt(path, raw)), valueAt(raw, path));
  return schema instanceof z.ZodObject ? Object.keys(schema.shape).filter((key) => key !== '$schema') : [];
}

function schemaAt(path: readonly PropertyKey[], raw: unknown): z.ZodType | undefined {
  let schema: unknown = topologyFile;
  for (const [i, step] of path.entries()) {
    const outer = chosen(bare(schema), valueAt(raw, path.slice(0, i)));
    if (outer instanceof z.ZodObject) schema = outer.shape[String(step)];
    else if (outer instanceof z.ZodArray) schema = outer.element;
    else return undefined;
  }
  return schema instanceof z.ZodType ? schema : undefined;
}

/** Of a union of kinds, the one that the written value says it is. */
function chosen(schema: unknown, written: unknown): unknown {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const by = fieldOf(written, 'by');
  return schema.options.find((option) => typeof by === 'string' && discriminatorsOf(option).includes(by));
}

function discriminatorsOf(option: unknown): string[] {
  const by: unknown = option instanceof z.ZodObject ? option.shape['by'] : undefined;
  return by instanceof z.ZodLiteral ? [...by.values].map(String) : [];
}

function bare(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return inner;
}
