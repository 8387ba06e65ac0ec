// How does a change or a purge arrive, node by node, until it is everywhere or time is out?
import type { TraceDocument } from '../../shared/api.ts';
import { traceDocument } from '../../shared/documents.ts';
import { chanceFrom } from '../../shared/model/chance.ts';
import { versionOf } from '../../shared/model/change.ts';
import { flipsIn, type Flip, type FlipSummary } from '../../shared/model/flips.ts';
import { interval, type Instant } from '../../shared/model/interval.ts';
import { changeIn, keyOf, statesOf } from '../../shared/model/reading.ts';
import { origins } from '../../shared/topology.ts';
import type { TraceEvent } from '../../shared/trace.ts';
import { pagesOf, withOrigins, type Wanted } from './answers.ts';
import { placeKey, placesOf, type Place } from './places.ts';
import { answerPurge } from './purge.ts';
import type { Session } from './session.ts';
import { watch, type WatchOptions } from './watch.ts';

export interface TraceWanted extends Wanted {
  /** Seconds until it gives up. */
  readonly budget: number;
  /** Run the purge plan, once every origin serves the change. */
  readonly purge?: boolean | undefined;
  /** When the change was deployed, as the user tells. */
  readonly deployedAt?: Instant;
}

/** What happens while a trace runs, as it happens. */
export interface TraceProgress {
  readonly onEvent?: (event: TraceEvent) => void;
  readonly onFlip?: (flip: Flip) => void;
}

/** Watches the chosen places, and the origins, until all the chosen ones show the change, the budget is spent, or `signal` ends it. */
export async function answerTrace(
  session: Session,
  wanted: TraceWanted,
  progress: TraceProgress,
  signal: AbortSignal,
): Promise<TraceDocument> {
  const startedAt = session.now();
  const start = wanted.deployedAt ?? startedAt;
  const chosen = placesOf(session.topology, wanted);
  const places = withOrigins(session, wanted);
  const before = requestsOf(session);
  const stopListening = session.subscribe((_, message) => {
    if (message.type === 'event') progress.onEvent?.(message.data);
  });
  if (wanted.deployedAt !== undefined) await announce(session, wanted.deployedAt, wanted.expect);
  const options: WatchOptions = wanted.expect === undefined ? {} : { expect: wanted.expect };
  const watching = watch(session, places, options);
  const seen = new Set<string>();
  let purged = wanted.purge !== true;
  let ready = false;
  let expect = wanted.expect;
  while (!signal.aborted && session.now() < startedAt + wanted.budget) {
    await nextMessage(session, signal, 0.25);
    expect ??= expectAfterChange(session, places);
    if (!ready && expect !== undefined && isReady(session, places, expect)) {
      ready = true;
      await announceReady(session, places, expect);
    }
    if (!purged && ready) {
      purged = true;
      await answerPurge(session, wanted);
      watching.wake();
    }
    for (const flip of flipsOf(session, chosen, start, expect).flips) {
      const key = `${flip.node}/${flip.target}/${flip.variant}/${flip.flippedAt.latest}`;
      if (!seen.has(key)) progress.onFlip?.(flip);
      seen.add(key);
    }
    if (ready && purged && everywhereNew(session, chosen, expect)) break;
  }
  await watching.stop();
  stopListening();
  const endedAt = session.now();
  return traceDocument({
    startedAt: start,
    endedAt,
    events: eventsOf(session, expect),
    flips: flipsOf(session, chosen, start, expect, chanceFrom(chosen.length)),
    requests: requestsOf(session) - before,
    ...(expect === undefined ? {} : { expect }),
  });
}

/** The flips of the chosen places; the origins beside them only tell what is new. */
function flipsOf(
  session: Session,
  chosen: readonly Place[],
  start: Instant,
  expect: string | undefined,
  chance?: () => number,
): FlipSummary {
  const { reading, topology } = session;
  const wanted = new Set(chosen.map(placeKey));
  const origin = new Set(origins(topology).map((l) => l.id));
  const tracks = [...reading.tracks].filter(([key, { state }]) => wanted.has(key) || origin.has(state.layer));
  const all = flipsIn({ ...reading, tracks: new Map(tracks) }, start, expect, session.now(), chance);
  return { ...all, flips: all.flips.filter((flip) => wanted.has(keyOf(flip))) };
}

/** A session that has been going on for long also knows of the changes before this one. */
function eventsOf(session: Session, expect: string | undefined): readonly TraceEvent[] {
  const { events } = session.reading;
  const another = (e: TraceEvent) => 'marker' in e && e.marker !== undefined && e.marker !== expect;
  return events.slice(events.findLastIndex(another) + 1);
}

/** Without a marker to wait for, the change is the first new content that an origin shows while we watch. */
function expectAfterChange(session: Session, places: readonly Place[]): string | undefined {
  for (const { target, variant } of pagesOf(places)) {
    const change = changeIn(session.reading, target, variant);
    if (change.previous.length > 0) return change.expect;
  }
  return undefined;
}

const isReady = (session: Session, places: readonly Place[], expect: string): boolean =>
  pagesOf(places).every(({ target, variant }) => changeIn(session.reading, target, variant, expect).ready);

function everywhereNew(session: Session, places: readonly Place[], expect: string | undefined): boolean {
  const wanted = new Set(places.map((p) => p.node.id));
  return pagesOf(places).every(({ target, variant }) => {
    const change = changeIn(session.reading, target, variant, expect);
    const states = statesOf(session.reading, target, variant).filter((s) => wanted.has(s.node));
    return states.length > 0 && states.every((s) => versionOf(s, change) === 'new');
  });
}

async function announce(session: Session, at: Instant, marker: string | undefined): Promise<void> {
  const told = marker === undefined ? {} : { marker };
  await session.event({ id: session.takeId(), type: 'deploy', at: interval(at, at), ...told });
}

async function announceReady(session: Session, places: readonly Place[], expect: string): Promise<void> {
  const first = pagesOf(places)[0];
  const change = first && changeIn(session.reading, first.target, first.variant, expect);
  const latest = change?.readyAt?.latest ?? session.now();
  // Since when an origin serves what it already served at the first look, only a told deploy bounds; else it is then that it was seen.
  const earliest = Math.max(change?.readyAt?.earliest ?? -Infinity, change?.deployedAt?.earliest ?? -Infinity);
  await session.originsReady(expect, interval(Number.isFinite(earliest) ? Math.min(earliest, latest) : latest, latest));
}

const requestsOf = (session: Session): number => [...session.reading.requests.values()].reduce((a, b) => a + b, 0);

/** Resolves with the next message, after `seconds`, or when aborted. */
function nextMessage(session: Session, signal: AbortSignal, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    const unsubscribe = session.subscribe(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
