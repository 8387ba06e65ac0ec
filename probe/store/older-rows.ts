// How were observations written before they were numbers? Read once, when the file is brought up to date.
import type { FieldLines } from '../../shared/http/fields.ts';
import type { Answer, Failure, Observation, ProbeRequest } from '../../shared/observation.ts';
import { Batch, insertBatch } from './batch.ts';
import type { Database, Row } from './driver.ts';

/** Each an object of its own, at first with nothing in common. */
type Folded = Omit<Observation, 'request' | 'result'> & {
  readonly request: number | ProbeRequest;
  readonly result: Failure | (Omit<Answer, 'fields'> & { readonly fields: number | FieldLines });
};

/** Copies the rows of `older_batches` into `batches`. */
export function rewriteOlderRows(db: Database): void {
  for (const row of db.all('SELECT last, trace, at, common, json FROM older_batches')) {
    const batch = new Batch(String(row['trace']));
    const observations = unfolded(row);
    for (const observation of observations) batch.add(observation);
    insertBatch(db, Number(row['last']), batch.row());
  }
}

function unfolded(row: Row): Observation[] {
  const shared = JSON.parse(`[${String(row['common'])}]`) as unknown[];
  const whole = <T>(value: number | T): T => (typeof value === 'number' ? (shared[value] as T) : value);
  const folded = JSON.parse(`[${String(row['json'])}]`) as Folded[];
  return folded.map((o) => ({
    ...o,
    request: whole(o.request),
    result: o.result.kind === 'answer' ? { ...o.result, fields: whole(o.result.fields) } : o.result,
  }));
}
