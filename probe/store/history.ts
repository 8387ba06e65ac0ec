// What was recorded before, by whichever command? All runs under DATA/runs and the traces of the service, as one list.
import type { Instant } from '../../shared/model/interval.ts';
import type { Trace } from '../../shared/trace.ts';
import type { Keeper, Listing, Refused } from './keeper.ts';
import { keptRuns } from './kept-runs.ts';
import { servedFrom, servedIn } from './served-traces.ts';
import type { Store } from './store.ts';
import type { TraceSummary } from './summaries.ts';

/** All of it must fit. Instants in seconds. */
export interface Filter {
  readonly kind?: string;
  readonly target?: string;
  readonly layer?: string;
  /** Text in its id, title, marker, targets, layers or causes; upper and lower case are one. */
  readonly search?: string;
  /** Still going on, or recorded, at this instant or later. */
  readonly since?: Instant;
  /** Begun at this instant or before. */
  readonly until?: Instant;
  /** The newest so many. */
  readonly limit?: number;
}

export interface History {
  list(filter?: Filter): Promise<Listing>;
  /** The trace with this id, or the only one whose id begins so; `last` is the one that was begun last. */
  find(id: string): Promise<TraceSummary | Refused>;
  /** The whole trace of this very id. */
  read(id: string): Promise<Trace | Refused>;
  /** Drops the trace of this very id, unless it is still being recorded. */
  forget(id: string): Promise<true | Refused>;
}

/**
 * @param data The data folder; absent: there are only the traces of the service.
 * @param service The service's own store, where this process has it open; else it is read from `data` if nobody else has.
 */
export function openHistory(data: string | undefined, service?: Store): History {
  const keepers: Keeper[] = [];
  if (service !== undefined) keepers.push(servedIn(service));
  else if (data !== undefined) keepers.push(servedFrom(data));
  if (data !== undefined) keepers.push(keptRuns(data));

  async function list(filter: Filter = {}): Promise<Listing> {
    const all = await Promise.all(keepers.map((keeper) => keeper.list()));
    const traces = all
      .flatMap((listing) => listing.traces)
      .filter((line) => fits(line, filter))
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, filter.limit);
    const elsewhere = all.find((listing) => listing.elsewhere !== undefined)?.elsewhere;
    return { traces, ...(elsewhere !== undefined && { elsewhere }) };
  }

  async function find(id: string): Promise<TraceSummary | Refused> {
    const { traces } = await list();
    if (id === 'last') return traces[0] ?? { why: 'unknown', problem: 'No trace has been recorded yet.' };
    const found = traces.filter((t) => t.id.startsWith(id));
    const exact = found.find((t) => t.id === id) ?? (found.length === 1 ? found[0] : undefined);
    if (exact !== undefined) return exact;
    if (found.length === 0) return unknown(id);
    const some = found.slice(0, 5).map((t) => t.id);
    return {
      why: 'ambiguous',
      problem: `${found.length} traces begin with ${id}: ${some.join(', ')}; write more of it.`,
    };
  }

  async function first<T>(id: string, ask: (keeper: Keeper) => Promise<T | Refused | undefined>): Promise<T | Refused> {
    for (const keeper of keepers) {
      const answer = await ask(keeper);
      if (answer !== undefined) return answer;
    }
    return unknown(id);
  }

  return {
    list,
    find,
    read: (id) => first<Trace>(id, (keeper) => keeper.read(id)),
    forget: (id) => first<true>(id, (keeper) => keeper.forget(id)),
  };
}

const unknown = (id: string): Refused => ({ why: 'unknown', problem: `There is no trace ${id}.` });

function fits(line: TraceSummary, filter: Filter): boolean {
  const { kind, target, layer, search, since, until } = filter;
  if (kind !== undefined && line.kind !== kind) return false;
  if (target !== undefined && !line.targets.includes(target)) return false;
  if (layer !== undefined && !line.layerIds.includes(layer)) return false;
  if (since !== undefined && (line.endedAt ?? line.interruptedAt ?? Infinity) < since) return false;
  if (until !== undefined && line.startedAt > until) return false;
  return search === undefined || wordsOf(line).some((word) => word.toLowerCase().includes(search.toLowerCase()));
}

const wordsOf = ({ id, title, expect, targets, layerIds, causes }: TraceSummary): string[] => [
  id,
  ...(title === undefined ? [] : [title]),
  ...(expect === undefined ? [] : [expect]),
  ...targets,
  ...layerIds,
  ...(causes ?? []),
];
