// Which SQLite runs here? node:sqlite where Node has it (22.13 and newer), else libsql; one small face for both.
import { createRequire } from 'node:module';

export type Value = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, unknown>>;

export interface Database {
  readonly engine: 'node:sqlite' | 'libsql';
  /** Runs one prepared statement and returns all its rows. Throws SqliteFailure. */
  all(sql: string, ...values: Value[]): Row[];
  /** Runs one prepared statement that has no rows. Throws SqliteFailure. */
  run(sql: string, ...values: Value[]): void;
  /** Runs statements without values or rows. Throws SqliteFailure. */
  exec(sql: string): void;
  close(): void;
}

/** What SQLite answered; `result` is its primary result code. */
export class SqliteFailure extends Error {
  readonly result: number;
  constructor(message: string, result: number, cause: unknown) {
    super(message, { cause });
    this.name = 'SqliteFailure';
    this.result = result;
  }
}

/** SQLite's primary result codes that somebody here acts upon. */
export const BUSY = 5;
export const CORRUPT = 11;
export const FULL = 13;
export const CANNOT_OPEN = 14;
export const NOT_A_DATABASE = 26;

interface Statement {
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): unknown;
}
interface Connection {
  prepare(sql: string): Statement;
  exec(sql: string): unknown;
  close(): unknown;
}
type Connect = new (file: string) => Connection;

/** Opens the file, creating it where it does not exist. Throws SqliteFailure. */
export function openDatabase(file: string): Database {
  const builtIn = nodeSqlite();
  const engine = builtIn === undefined ? 'libsql' : 'node:sqlite';
  const Connection = builtIn ?? libsql();
  const connection = attempt(() => new Connection(file));
  const prepared = new Map<string, Statement>();

  function statement(sql: string): Statement {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = connection.prepare(sql);
    prepared.set(sql, made);
    return made;
  }

  // libsql takes a single null for a missing list of named values, unless it comes in an array
  const bound = (values: Value[]): unknown[] => (engine === 'libsql' ? [values] : values);

  return {
    engine,
    all: (sql, ...values) => attempt(() => statement(sql).all(...bound(values)) as Row[]),
    run: (sql, ...values) => void attempt(() => statement(sql).run(...bound(values))),
    exec: (sql) => void attempt(() => connection.exec(sql)),
    close: () => void attempt(() => connection.close()),
  };
}

function attempt<T>(job: () => T): T {
  try {
    return job();
  } catch (error) {
    throw failureOf(error);
  }
}

function failureOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { rawCode, errcode } = error as { rawCode?: unknown; errcode?: unknown };
  const extended = typeof errcode === 'number' ? errcode : rawCode;
  // extended result codes keep the primary one in their low byte
  return typeof extended === 'number' ? new SqliteFailure(error.message, extended & 0xff, error) : error;
}

function nodeSqlite(): Connect | undefined {
  const emit = process.emitWarning.bind(process);
  // Node 22 says once that its SQLite is experimental; every other warning still passes
  process.emitWarning = (warning: string | Error, ...rest: never[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emit(warning, ...rest);
  };
  try {
    const found = process.getBuiltinModule('node:sqlite') as { DatabaseSync: Connect } | undefined;
    return found?.DatabaseSync;
  } finally {
    process.emitWarning = emit;
  }
}

function libsql(): Connect {
  return createRequire(import.meta.url)('libsql') as Connect;
}
