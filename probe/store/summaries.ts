// What is worth a line in a list of traces? What was asked for, how it ended, and how fast it was; nothing is recomputed.
import type { TraceDocument, TracesDocument } from '../../shared/api.ts';
import type { Topology } from '../../shared/topology.ts';
import type { Run } from '../../shared/trace.ts';
import type { Database, Row } from './driver.ts';
import { times } from './recorded.ts';

/** One line of the list; instants in seconds. */
export type TraceSummary = TracesDocument['traces'][number];

/** What a list shows of a document that closed a trace. */
export type Outline = Pick<
  TraceSummary,
  'expect' | 'percentiles' | 'layers' | 'turned' | 'notSeen' | 'causes' | 'requests'
>;

/** The ids by which one looks for a trace. */
export const placesIn = ({ layers, targets }: Topology): Pick<TraceSummary, 'layerIds' | 'targets'> => ({
  layerIds: layers.map((l) => l.id),
  targets: targets.map((t) => t.id),
});

/** What a list shows of it. */
export function outlineOf(document: TraceDocument): Outline {
  const { expect, percentiles, layers, flips, notSeen, causes, requests } = document;
  return {
    ...(expect !== undefined && { expect }),
    percentiles,
    ...(layers !== undefined && { layers }),
    turned: flips.filter((flip) => !flip.back).length,
    notSeen: notSeen.length,
    causes: [...new Set(causes.map((c) => c.id))],
    requests,
  };
}

/** Every trace, newest first. */
export function summaries(db: Database): TraceSummary[] {
  const rows = db.all(
    `SELECT t.id, t.started_at, t.ended_at, t.interrupted_at, t.title, t.run, t.outline, t.places,
       CASE WHEN t.places IS NULL THEN t.topology END AS topology,
       (SELECT coalesce(sum(count), 0) FROM batches b WHERE b.trace = t.id) AS observations,
       (SELECT count(*) FROM messages m WHERE m.trace = t.id AND m.type = 'event') AS events
     FROM traces t ORDER BY t.started_at DESC, t.rowid DESC`,
  );
  return rows.map((row) => summaryIn(db, row));
}

function summaryIn(db: Database, row: Row): TraceSummary {
  const id = String(row['id']);
  const run = parsed(row['run']) as Run | undefined;
  const when = times(row);
  return {
    id,
    kind: run?.kind ?? 'serve',
    state: when.endedAt !== undefined ? 'finished' : when.interruptedAt !== undefined ? 'interrupted' : 'running',
    ...when,
    ...(typeof row['title'] === 'string' && { title: row['title'] }),
    ...(run?.expect !== undefined && { expect: run.expect }),
    ...((parsed(row['places']) as ReturnType<typeof placesIn> | undefined) ??
      placesIn(parsed(row['topology']) as Topology)),
    observations: Number(row['observations']),
    events: Number(row['events']),
    ...eventsIn(db, id),
    ...purgesIn(db, id),
    ...(parsed(row['outline']) as Outline | undefined),
  };
}

const parsed = (text: unknown): unknown => (typeof text === 'string' ? JSON.parse(text) : undefined);

/** The last deploy, and the last purge. */
function eventsIn(db: Database, trace: string): Pick<TraceSummary, 'deployedAt' | 'purgedAt'> {
  const rows = db.all(
    `SELECT json ->> '$.type' AS type, max(at) AS at FROM messages WHERE trace = ? AND type = 'event' GROUP BY 1`,
    trace,
  );
  const at = new Map(rows.map((row) => [row['type'], Number(row['at'])]));
  const [deployedAt, purgedAt] = [at.get('deploy'), at.get('purge-sent')];
  return { ...(deployedAt !== undefined && { deployedAt }), ...(purgedAt !== undefined && { purgedAt }) };
}

/** How many purges were answered how; those that nobody answered are `unknown`. */
function purgesIn(db: Database, trace: string): Pick<TraceSummary, 'purges'> {
  const rows = db.all(
    `SELECT json ->> '$.outcome' AS outcome, count(*) AS n FROM messages
     WHERE trace = ? AND type = 'receipt' GROUP BY 1 ORDER BY 1`,
    trace,
  );
  if (rows.length === 0) return {};
  return { purges: Object.fromEntries(rows.map((row) => [String(row['outcome']), Number(row['n'])])) };
}
