// What has been recorded, which of it stands behind the picture, and is the list up to date?
import { readTraceFile } from '../../shared/trace-file.ts';
import type { Arrivals } from '../../shared/model/arrivals.ts';
import { deleteTrace, listTraces } from './history.ts';
import type { Recorded } from './history.ts';
import { cacheLanes, lanesIn } from './lanes.ts';
import { folded } from './propagation.svelte.ts';
import { startOf } from './start.ts';
import { arrivalsIn } from './standing.ts';

/** Traces that can stand behind the picture at once. */
export const MOST_COMPARED = 3;

export class History {
  traces = $state.raw<readonly Recorded[]>([]);
  state = $state<'asking' | 'list' | 'unreachable' | 'refused'>('asking');
  /** Why there is no list, and why the last act was refused or came to nothing; a sentence each. */
  problem = $state('');
  refused = $state('');
  elsewhere = $state('');
  /** Ids of those that are compared. */
  compared = $state.raw<readonly string[]>([]);
  /** Their curves, once they were fetched. */
  curves = $state.raw<ReadonlyMap<string, Arrivals>>(new Map());
  #asking: AbortController | undefined;

  async refresh(): Promise<void> {
    this.#asking?.abort();
    const mine = new AbortController();
    this.#asking = mine;
    const listed = await listTraces(mine.signal).catch(() => undefined);
    if (listed === undefined) return; // another one was asked for meanwhile
    this.state = listed.kind;
    this.problem = listed.kind === 'refused' ? listed.problem : '';
    if (listed.kind !== 'list') return;
    this.traces = listed.traces;
    this.elsewhere = listed.elsewhere ?? '';
  }

  stop(): void {
    this.#asking?.abort();
  }

  async delete(id: string): Promise<void> {
    const problem = await deleteTrace(id);
    this.refused = problem ?? '';
    if (problem !== undefined) return;
    this.traces = this.traces.filter((t) => t.id !== id);
    this.compared = this.compared.filter((c) => c !== id);
  }

  /** Puts one behind the picture, or takes it away; the one chosen longest ago makes room. */
  compare(id: string): void {
    this.refused = '';
    if (this.compared.includes(id)) {
      this.compared = this.compared.filter((c) => c !== id);
      return;
    }
    this.compared = [...this.compared, id].slice(-MOST_COMPARED);
    if (!this.curves.has(id)) void this.#fetchCurve(id);
  }

  /** Its whole curve; until that is there, its percentiles stand for it. */
  async #fetchCurve(id: string): Promise<void> {
    try {
      const response = await fetch(`/api/v1/traces/${encodeURIComponent(id)}`);
      const read = readTraceFile(await response.text());
      if ('problem' in read) return;
      const { trace } = read;
      const fold = await folded(
        trace,
        () => undefined,
        () => this.compared.includes(id),
      );
      if (fold === undefined) return;
      const groups = lanesIn(fold.reading, startOf(trace), trace.run);
      this.curves = new Map(this.curves).set(id, arrivalsIn(cacheLanes(groups)));
    } catch {
      this.refused = `The trace ${id} could not be fetched; only its percentiles are shown.`;
    }
  }
}
