// Which deploys and purges of the last day concern what somebody looks at now? Those of the same URLs, and of the same nodes.
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { TraceEvent } from '../../shared/trace.ts';
import type { Database } from './driver.ts';
import { peek } from './peek.ts';
import { runFolder, runIds } from './run-folder.ts';

/** An event that another session recorded: its id meant something there only. */
export type PastEvent = TraceEvent extends infer E ? (E extends TraceEvent ? Omit<E, 'id'> : never) : never;

/** Seconds: an older deploy or purge explains nothing that is not explained without it. */
const RECENT = 86_400;

interface Recorded {
  readonly topology: Topology;
  readonly events: readonly PastEvent[];
}

/**
 * Oldest first, of sessions that had a URL in common with `topology`: deploys, and purges of a node that stands there under
 * the same id and address (of the whole layer: of any such node). What others record right now is not among them.
 */
export async function recentEvents(data: string, topology: Topology, now: Instant): Promise<PastEvent[]> {
  const folders = [data, ...(await runIds(data)).map((id) => runFolder(data, id))];
  const recorded = folders.flatMap((folder) => {
    const peeked = peek(folder, (db) => recordedSince(db, now - RECENT));
    return typeof peeked === 'object' && 'value' in peeked ? peeked.value : [];
  });
  const known = placesOf(topology);
  const events = recorded.flatMap((r) => concerning(r, known)).filter((e) => e.at.latest <= now);
  const once = new Map(events.map((event) => [JSON.stringify(event), event]));
  return [...once.values()].sort((a, b) => a.at.latest - b.at.latest);
}

function recordedSince(db: Database, since: Instant): Recorded[] {
  const rows = db.all(
    `SELECT t.topology, json_group_array(m.json) AS events FROM traces t JOIN messages m ON m.trace = t.id
     WHERE m.type = 'event' AND m.at >= ? GROUP BY t.id`,
    since,
  );
  return rows.map((row) => ({
    topology: JSON.parse(String(row['topology'])) as Topology,
    events: (JSON.parse(String(row['events'])) as string[]).map((json) => {
      const { id: _id, ...event } = JSON.parse(json) as TraceEvent;
      return event;
    }),
  }));
}

interface Known {
  readonly urls: ReadonlySet<string>;
  /** `layer/node address` */
  readonly nodes: ReadonlySet<string>;
}

function placesOf({ layers, targets }: Topology): Known {
  const nodes = layers.flatMap((l) => l.nodes.map((n) => `${l.id}/${n.id} ${n.address}`));
  return { urls: new Set(targets.map((t) => t.url)), nodes: new Set(nodes) };
}

function concerning({ topology, events }: Recorded, known: Known): PastEvent[] {
  if (!topology.targets.some((t) => known.urls.has(t.url))) return [];
  return events.filter((event) => {
    switch (event.type) {
      case 'deploy':
        return true;
      case 'origin-ready':
        return false;
      case 'purge-sent':
      case 'purge-accepted': {
        const nodes = topology.layers.find((l) => l.id === event.layer)?.nodes ?? [];
        const meant = nodes.filter((n) => event.node === undefined || n.id === event.node);
        return meant.some((n) => known.nodes.has(`${event.layer}/${n.id} ${n.address}`));
      }
    }
  });
}
