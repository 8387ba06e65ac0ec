// What was captured from real caches, and what the origin behind them knows of each exchange? One record a line in test/fixtures/captured.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldLine } from '../../../shared/http/fields.ts';

const folder = join(import.meta.dirname, '../../fixtures/captured');

export type Served =
  | 'fetched'
  | 'hit'
  | 'revalidated'
  | 'validated-and-replaced'
  | 'stale'
  | 'stale-on-error'
  | 'stale-while-background-refresh'
  | 'cache-generated-error'
  | 'cache-command'
  | 'forwarded-to-origin';

/** What README.md beside the records explains. */
export interface Truth {
  readonly served: Served;
  readonly originStatuses: readonly (number | 'reset')[];
  readonly background: number;
  readonly conditional: boolean;
  /** Seconds since the origin made these bytes, or confirmed them; null where there are none. */
  readonly trueAge: number | null;
  readonly lifetime: number | null;
}

export interface Captured {
  /** The product, or `nearest>farther`. */
  readonly cache: string;
  readonly version: string;
  readonly profile: string;
  readonly scenario: string;
  readonly request: { readonly method: string; readonly fields?: readonly FieldLine[] };
  readonly status: number;
  readonly fields: readonly FieldLine[];
  readonly at: string;
  readonly truth: Truth;
  /** Of a chain: what the farther cache was asked meanwhile. */
  readonly midSaw?: readonly { readonly method: string; readonly conditional: boolean }[];
}

/** Names of the files: a product, or a chain. */
export const capturedNames = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.replace('.jsonl', ''))
    .sort();

export const capturedOf = (name: string): Captured[] =>
  readFileSync(join(folder, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Captured);

export const isChain = (name: string): boolean => name.includes('-over-');

/** One line that finds a record again. */
export const called = ({ cache, profile, scenario, request, status, truth }: Captured): string =>
  `${cache} ${profile} ${scenario} ${request.method} ${status} (${truth.served})`;
