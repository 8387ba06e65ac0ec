// Which traces were recorded, what is known of each, and how is one deleted? Asked of the service; absent stays absent.
import type { TracesDocument } from '../../shared/api.ts';
import type { Percentiles } from '../layout/share-curve.ts';
import type { Start } from './start.ts';

/** One recorded trace, as the service lists it. What an older service does not say is absent. */
export type Recorded = Pick<TracesDocument['traces'][number], 'id' | 'startedAt'> &
  Partial<Omit<TracesDocument['traces'][number], 'id' | 'startedAt'>>;

export type Listed =
  | { readonly kind: 'list'; readonly traces: readonly Recorded[]; readonly elsewhere?: string }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'refused'; readonly problem: string };

const isRecorded = (raw: unknown): raw is Recorded =>
  typeof raw === 'object' &&
  raw !== null &&
  'id' in raw &&
  typeof raw.id === 'string' &&
  'startedAt' in raw &&
  typeof raw.startedAt === 'number';

const isJson = (response: Response): boolean =>
  /^application\/(?:problem\+)?json/i.test(response.headers.get('content-type') ?? '');

/** What a refusal says: its document's detail, else its title, else its status. */
export async function problemOf(response: Response): Promise<string> {
  const said: { detail?: unknown; title?: unknown } = isJson(response) ? await response.json().catch(() => ({})) : {};
  const sentence = [said.detail, said.title].find((s) => typeof s === 'string' && s !== '');
  return typeof sentence === 'string' ? sentence : `The service answered ${response.status}.`;
}

/** Every recorded trace, newest first. Never throws but for `signal`. */
export async function listTraces(signal: AbortSignal): Promise<Listed> {
  let response: Response;
  try {
    response = await fetch('/api/v1/traces', { signal, headers: { accept: 'application/json' } });
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: 'unreachable' };
  }
  // a server that only holds the page's files answers with a page of its own
  if (!isJson(response)) return { kind: 'unreachable' };
  if (!response.ok) return { kind: 'refused', problem: await problemOf(response) };
  const said: { traces?: unknown; elsewhere?: unknown } = await response.json().catch(() => ({}));
  const traces = Array.isArray(said.traces) ? said.traces.filter(isRecorded) : [];
  const elsewhere = typeof said.elsewhere === 'string' ? { elsewhere: said.elsewhere } : {};
  return { kind: 'list', traces: traces.toSorted((a, b) => b.startedAt - a.startedAt), ...elsewhere };
}

/** Deletes one; `undefined` when it was done, else one sentence. The cookie that a token was exchanged for goes along. */
export async function deleteTrace(id: string): Promise<string | undefined> {
  try {
    const response = await fetch(`/api/v1/traces/${encodeURIComponent(id)}`, {
      method: 'DELETE',
      headers: { accept: 'application/json' },
    });
    if (response.ok) return undefined;
    if (response.status === 401)
      return 'Deleting needs the token: open the page once as /?token=… with the token of the service.';
    return await problemOf(response);
  } catch {
    return 'The service cannot be reached.';
  }
}

export type State = 'running' | 'finished' | 'interrupted';

/** One that is still being recorded, and why it was refused. */
export interface Underway {
  readonly id: string;
  readonly listed: Recorded | undefined;
  readonly problem: string;
}

/** Why it was refused, where it is what is recorded, and what the list says of it; asked once. */
export async function underway(id: string, problem: string, signal: AbortSignal): Promise<Underway> {
  const all = await listTraces(signal);
  return { id, listed: all.kind === 'list' ? all.traces.find((t) => t.id === id) : undefined, problem };
}

/** Whether what is recorded is the change that is followed live. `own` is the id under which the service itself watches. */
export function isFollowed({ id, listed }: Underway, own: string, start: Start | undefined): boolean {
  if (id === own) return true;
  if (listed === undefined || start === undefined || stateOf(listed) !== 'running') return false;
  if (listed.expect !== undefined && start.expect !== undefined) return listed.expect === start.expect;
  // of a deploy that did not say its marker, only the time tells; the clocks of recorder and event may differ a little
  return listed.startedAt >= start.at - 2;
}

/** As the service says it, or as the instants tell. */
export const stateOf = (t: Recorded): State =>
  t.state ?? (t.interruptedAt !== undefined ? 'interrupted' : t.endedAt === undefined ? 'running' : 'finished');

/** Those whose id, marker, targets, layers or causes hold all the words, and whose state is the one asked for. */
export function filtered(traces: readonly Recorded[], search: string, state: State | 'any'): Recorded[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return traces.filter((t) => {
    if (state !== 'any' && stateOf(t) !== state) return false;
    const said = [t.id, t.title, t.expect, t.kind, ...(t.targets ?? []), ...(t.layerIds ?? []), ...(t.causes ?? [])];
    const all = said
      .filter((s) => s !== undefined)
      .join('\n')
      .toLowerCase();
    return words.every((w) => all.includes(w));
  });
}

export interface TrendPoint {
  readonly id: string;
  readonly at: number;
  readonly name: string;
  readonly percentiles: Percentiles;
}

/** The percentiles of one layer (undefined: all caches) over the deploys, oldest first; where nothing turned, there was none. */
export function trendOf(traces: readonly Recorded[], layer: string | undefined): TrendPoint[] {
  return traces
    .filter((t) => t.turned !== 0)
    .flatMap((t) => {
      const percentiles = layer === undefined ? t.percentiles : t.layers?.find((l) => l.layer === layer)?.percentiles;
      if (percentiles === undefined || Object.keys(percentiles).length === 0) return [];
      const at = t.deployedAt ?? t.purgedAt ?? t.startedAt;
      return [{ id: t.id, at, name: t.expect ?? t.id, percentiles }];
    })
    .toSorted((a, b) => a.at - b.at);
}

/** Every layer of which percentiles are known, in the order in which the newest trace names them. */
export const layersWithTrend = (traces: readonly Recorded[]): string[] => [
  ...new Set(traces.flatMap((t) => t.layers?.map((l) => l.layer) ?? [])),
];
