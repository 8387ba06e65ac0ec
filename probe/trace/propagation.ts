// How does a change or a purge arrive, node by node, until it is everywhere or time is out?
import type { TraceDocument } from '../../shared/api.ts';
import { traceDocument, type TraceFacts } from '../../shared/documents.ts';
import { chanceFrom } from '../../shared/model/chance.ts';
import { versionOf, type Change } from '../../shared/model/change.ts';
import { interval, type Instant } from '../../shared/model/interval.ts';
import { observerEffect } from '../../shared/model/observer.ts';
import { changeIn, keyOf, type Reading } from '../../shared/model/reading.ts';
import { isSettled } from '../../shared/model/settled.ts';
import { propagated, type Propagated } from '../../shared/propagation.ts';
import type { TraceEvent } from '../../shared/trace.ts';
import { planPurge, type PlanOptions } from '../purgers/plan.ts';
import { requireSecrets } from '../purgers/run.ts';
import { StoreFull } from '../store/store-error.ts';
import { pagesOf, withOrigins, type Wanted } from './answers.ts';
import { nextMessage } from './next-message.ts';
import { placeKey, placesOf, type Place } from './places.ts';
import { answerPurge } from './purge.ts';
import { Reporter, type TraceProgress } from './reporter.ts';
import type { Session } from './session.ts';
import { watch, type Watch, type WatchOptions } from './watch.ts';

export type { TraceProgress } from './reporter.ts';

export interface TraceWanted extends Wanted, PlanOptions {
  /** Seconds until it gives up. */
  readonly budget: number;
  /** Run the purge plan. */
  readonly purge?: boolean | undefined;
  /** Purge only once every origin serves the change. Default true: before, caches would fetch the old page again. */
  readonly hold?: boolean | undefined;
  /** When the change was deployed, as the user tells. */
  readonly deployedAt?: Instant | undefined;
  /** When the change went live, as somebody has already told the session. */
  readonly since?: Instant | undefined;
  /** Without `expect`: how long before the start the origins may have shown the change, in seconds. Default 0. */
  readonly lookBack?: number;
  /** Seconds for one purge message. */
  readonly timeout?: number;
  /** Whoever already watches all these places; absent: they are watched for as long as the trace runs. */
  readonly watching?: Watch;
}

type Ended = NonNullable<TraceFacts['ended']>;

/** Seconds between two looks at what has come of it, and how much longer than such a look takes it is left alone. */
const LOOK_AGAIN = 0.02;
const REST = 4;

/**
 * Watches the chosen places, and the origins, until all the chosen ones show the change, the budget is spent, or `signal` ends
 * it. Rejects with ConfigError, before anything is asked, where a purge lacks a variable of the environment.
 */
export async function answerTrace(
  session: Session,
  wanted: TraceWanted,
  progress: TraceProgress,
  signal: AbortSignal,
): Promise<TraceDocument> {
  const trace = new Propagation(session, wanted, signal);
  const reporter = new Reporter(progress);
  const stopListening = session.subscribe((_, message) => {
    if (message.type === 'event') progress.onEvent?.(message.data);
    if (message.type === 'receipt') progress.onReceipt?.(message.data);
  });
  const watching = wanted.watching ?? trace.watch();
  let ended: Ended = 'budget';
  try {
    await trace.announce();
    while (!signal.aborted && session.now() < trace.startedAt + wanted.budget) {
      await nextMessage(session, signal, 0.25);
      const from = session.now();
      await trace.advance(watching);
      trace.throwFailure();
      const seen = trace.flips();
      reporter.tell(seen, session.now());
      if (trace.isOver(seen)) {
        ended = 'visible';
        break;
      }
      await nextMessage(undefined, signal, Math.max(LOOK_AGAIN, REST * (session.now() - from)));
    }
  } finally {
    await trace.purgeEnded();
    if (wanted.watching === undefined) await watching.stop();
    stopListening();
  }
  trace.throwFailure();
  const seen = trace.flips(chanceFrom(1));
  reporter.tell(seen, session.now());
  return trace.document(signal.aborted ? 'interrupted' : ended, seen);
}

/** One trace while it runs. */
class Propagation {
  readonly startedAt: Instant;
  private readonly session: Session;
  private readonly wanted: TraceWanted;
  private readonly signal: AbortSignal;
  private readonly chosen: readonly Place[];
  private readonly places: readonly Place[];
  private readonly before: Reading;
  private readonly firstEvent: number;
  private ready = false;
  private purging: Promise<void> | undefined;
  private purged: boolean;
  private stopped: string | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(session: Session, wanted: TraceWanted, signal: AbortSignal) {
    this.session = session;
    this.wanted = wanted;
    this.signal = signal;
    this.startedAt = session.now();
    this.chosen = placesOf(session.topology, wanted);
    this.places = withOrigins(session, wanted);
    this.before = session.reading;
    this.firstEvent = session.takeId();
    this.purged = wanted.purge !== true;
    if (wanted.purge === true) requireSecrets(planPurge(session.topology, wanted, wanted).steps);
  }

  watch(): Watch {
    const { expect } = this.wanted;
    const options: WatchOptions = expect === undefined ? {} : { expect };
    return watch(this.session, this.places, options);
  }

  /** Says when the change was deployed, where somebody told. */
  async announce(): Promise<void> {
    const { deployedAt: at, expect: marker } = this.wanted;
    if (at === undefined) return;
    const told = marker === undefined ? {} : { marker };
    await this.session.event({ id: this.session.takeId(), type: 'deploy', at: interval(at, at), ...told });
  }

  /** Takes what was seen since into account: origins that are ready, and a purge that waited for them. */
  async advance(watching: Watch): Promise<void> {
    const { session } = this;
    if (!this.ready && this.originsReady()) {
      this.ready = true;
      await announceReady(session, this.mainPages(), this.wanted.expect);
    }
    if (this.purged || this.purging !== undefined) return;
    const seenByAll = () => this.places.every((p) => session.reading.tracks.has(placeKey(p)));
    if (!(this.wanted.hold === false ? seenByAll() : this.ready)) return;
    this.purging = this.purge(watching);
  }

  /** What had been sent is answered or given up; nothing more is sent. */
  purgeEnded(): Promise<void> {
    return this.purging ?? Promise.resolve();
  }

  isOver(seen: Propagated): boolean {
    return this.ready && this.purged && this.visibleEverywhere(seen);
  }

  flips(chance?: () => number): Propagated {
    const { session, wanted } = this;
    const { reading } = session;
    const counted = new Set(this.counted().map(placeKey));
    const watched = {
      reading,
      start: this.start().at,
      isChosen: (place: Parameters<typeof keyOf>[0]) => counted.has(keyOf(place)),
      ...(wanted.expect === undefined ? {} : { expect: wanted.expect }),
    };
    return propagated(watched, session.now(), chance);
  }

  document(ended: Ended, seen: Propagated): TraceDocument {
    const { session, stopped } = this;
    const expect = this.wanted.expect ?? this.expectedNow();
    const { type: startedBy, at: startedAt } = this.start();
    return traceDocument({
      startedAt,
      startedBy,
      ended: ended === 'budget' && this.isOver(seen) ? 'visible' : ended,
      endedAt: session.now(),
      events: this.events(expect),
      receipts: this.receipts(),
      flips: seen,
      asked: observerEffect(session.reading, this.before),
      ...(expect === undefined ? {} : { expect }),
      ...(stopped === undefined ? {} : { stopped }),
    });
  }

  /** What everything is counted from: the deploy that was told, else the purge, else the beginning of the trace. */
  private start(): { type: 'deploy' | 'purge' | 'now'; at: Instant } {
    const told = this.told();
    if (told !== undefined) return { type: 'deploy', at: told };
    const sent = this.receipts().map((r) => r.sentAt);
    // those of one wave are not sent in the order in which they were written down
    return sent.length === 0 ? { type: 'now', at: this.startedAt } : { type: 'purge', at: Math.min(...sent) };
  }

  private told(): Instant | undefined {
    return this.wanted.deployedAt ?? this.wanted.since;
  }

  private receipts() {
    return this.session.reading.receipts.filter((r) => r.id > this.firstEvent);
  }

  /** A session that has been going on for long also knows of the changes before this one. */
  private events(expect: string | undefined): readonly TraceEvent[] {
    const { events } = this.session.reading;
    const another = (e: TraceEvent) => 'marker' in e && e.marker !== undefined && e.marker !== expect;
    return events.slice(events.findLastIndex(another) + 1);
  }

  private async purge(watching: Watch): Promise<void> {
    try {
      const { stopped } = await answerPurge(this.session, { ...this.wanted, signal: this.signal });
      this.stopped = stopped;
      watching.wake();
    } catch (error) {
      // what is not written down is not sent; what is held can be watched all the same
      if (error instanceof StoreFull) this.stopped = `${error.message} What was not yet purged was left alone.`;
      else this.failure = { error };
    } finally {
      this.purged = true;
    }
  }

  /** Why it cannot go on, where that is so. */
  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** The pages themselves; their other forms of URL may be redirects at the origin. */
  private mainPages(): { target: string; variant: string }[] {
    return pagesOf(this.places.filter((p) => p.target.sameAs === undefined));
  }

  private originsReady(): boolean {
    const { reading } = this.session;
    const { expect } = this.wanted;
    const changes = this.mainPages().map((p) => changeIn(reading, p.target, p.variant, expect));
    return changes.every((c) => c.ready) && (expect !== undefined || changes.some((c) => this.isFresh(c)));
  }

  /** Without a marker to wait for, the change is the first new content that an origin shows while we watch. */
  private isFresh({ previous, readyAt }: Change): boolean {
    const since = (this.told() ?? this.startedAt) - (this.wanted.lookBack ?? 0);
    return previous.length > 0 && readyAt !== undefined && readyAt.latest >= since;
  }

  private expectedNow(): string | undefined {
    const changes = this.mainPages().map((p) => changeIn(this.session.reading, p.target, p.variant));
    return changes.find((c) => this.isFresh(c))?.expect;
  }

  /** The chosen places, without forms of URL under which no origin serves the page. */
  private counted(): readonly Place[] {
    const { reading } = this.session;
    return this.chosen.filter(
      ({ target, variant }) =>
        target.sameAs === undefined || changeIn(reading, target.id, variant.id, this.wanted.expect).ready,
    );
  }

  private visibleEverywhere({ notSeen }: Propagated): boolean {
    const counted = this.counted();
    return counted.length > 0 && notSeen.length === 0 && counted.every((p) => this.showsNew(p));
  }

  private showsNew(place: Place): boolean {
    const { reading } = this.session;
    const track = reading.tracks.get(placeKey(place));
    if (track === undefined) return false;
    const change = changeIn(reading, place.target.id, place.variant.id, this.wanted.expect);
    return versionOf(track.state, change) === 'new' && isSettled(track.history, change);
  }
}

async function announceReady(
  session: Session,
  pages: readonly { target: string; variant: string }[],
  expect: string | undefined,
): Promise<void> {
  const [first] = pages;
  const change = first && changeIn(session.reading, first.target, first.variant, expect);
  const latest = change?.readyAt?.latest ?? session.now();
  // Since when an origin serves what it already served at the first look, only a told deploy bounds; else it is then that it was seen.
  const earliest = Math.max(change?.readyAt?.earliest ?? -Infinity, change?.deployedAt?.earliest ?? -Infinity);
  const at = interval(Number.isFinite(earliest) ? Math.min(earliest, latest) : latest, latest);
  await session.originsReady(expect ?? change?.expect ?? '', at);
}
