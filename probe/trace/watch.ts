// How is every place kept in sight? One loop a place, each asking when the schedule says so.
import { setMaxListeners } from 'node:events';
import { changeIn } from '../../shared/model/reading.ts';
import { versionOf } from '../../shared/model/change.ts';
import { contentOf } from '../../shared/model/evidence.ts';
import { interval, type Instant } from '../../shared/model/interval.ts';
import { isSettled } from '../../shared/model/settled.ts';
import type { Observation } from '../../shared/observation.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { StoreFull } from '../store/store-error.ts';
import { Expectations } from './expectations.ts';
import { placeKey, type Place } from './places.ts';
import { isClose, nextQuestion, pace as usual, type Asked, type Pace } from './schedule.ts';
import type { Session } from './session.ts';
import { Shares } from './shares.ts';
import { Sleepers } from './sleepers.ts';
import { turnOf } from './turn.ts';

export interface Watch {
  /** Asks every place at once, whatever was planned: something has just happened. */
  wake(): void;
  /** Ends all loops; resolves when the exchanges under way have ended. */
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly pace?: Pace;
  /** The content that counts as new, where told. */
  readonly expect?: string;
  /** Why exchanges cannot be recorded, where the disk is not full: each reason once. Their places are asked again. */
  readonly onError?: (error: unknown) => void;
}

/** What all loops of one watch share. */
interface Scene {
  readonly session: Session;
  readonly expect: string | undefined;
  readonly shares: Shares;
  readonly expectations: Expectations;
  readonly sleepers: Sleepers;
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
  /** What was answered and is not yet kept, while its place is asked again. */
  readonly keeping: Set<Promise<void>>;
}

/** Watches `places` until stopped. What is purged through the session is looked at closely from the moment it is sent. */
export function watch(session: Session, places: readonly Place[], options: WatchOptions = {}): Watch {
  const stopping = new AbortController();
  // Every exchange under way listens to it: as many as there are places.
  setMaxListeners(0, stopping.signal);
  const failed = onceEach((error) => stopping.signal.aborted || options.onError?.(error));
  const scene: Scene = {
    session,
    expect: options.expect,
    shares: new Shares(places, options.pace ?? usual),
    expectations: new Expectations(places),
    sleepers: new Sleepers(() => session.now()),
    failed,
    signal: stopping.signal,
    keeping: new Set(),
  };
  const stopListening = session.subscribe((_, message) => {
    if (message.type !== 'receipt') return;
    for (const key of scene.expectations.take(message.data)) scene.sleepers.wake(key);
  });
  const stopLooking = session.beforePurge((receipt) => lookedAt(scene, receipt));
  const loops = places.map((place, i) => loop(scene, place, i / Math.max(1, places.length)).catch(failed));
  return {
    wake: () => scene.sleepers.wakeAll(),
    async stop() {
      stopListening();
      stopLooking();
      stopping.abort();
      scene.sleepers.wakeAll();
      await Promise.all(loops);
      await Promise.all(scene.keeping);
    },
  };
}

/** Tells an error only where none was told before in the same words. */
function onceEach(tell: (error: unknown) => void): (error: unknown) => void {
  const told = new Set<string>();
  return (error) => {
    const words = String(error);
    if (told.has(words)) return;
    told.add(words);
    tell(error);
  };
}

/** Resolves when every place for which a purge is meant was asked since it was intended. */
async function lookedAt({ session, expectations, sleepers }: Scene, receipt: PurgeReceipt): Promise<void> {
  const askedSince = (key: string): boolean => {
    const askedAt = session.reading.tracks.get(key)?.answered?.earliest;
    return askedAt !== undefined && askedAt >= receipt.sentAt;
  };
  const due = expectations.meant(receipt).filter((key) => !askedSince(key));
  await Promise.all(due.map((key) => sleepers.next(key)));
}

/** Asked more often than this, a place is not let wait for a timer's whole milliseconds. Seconds. */
const TO_THE_MILLISECOND = 0.01;

async function loop(scene: Scene, place: Place, phase: number): Promise<void> {
  const { session, shares, expectations, sleepers, signal } = scene;
  const key = placeKey(place);
  // Not all at the same instant: the first questions are spread, over longer where they are many.
  await sleepers.until(session.now() + phase * Math.min(0.1 * shares.pace.calm, 0.1), key);
  const unkept: Unkept = {};
  let failures = 0;
  let close = false;
  while (!signal.aborted) {
    await turnOf(session, place, signal);
    if (signal.aborted) return;
    const seen = await recorded(scene, place, close, unkept);
    if (signal.aborted) return;
    const asked = seen && askedOf(scene, place, failures, seen);
    failures = asked?.failures ?? 0;
    close = asked !== undefined && isClose(asked, shares.pace, session.now());
    shares.mark(place, close);
    const next = nextFor(scene, place, asked);
    await sleepers.until(next, key, close && shares.spacing(place) < TO_THE_MILLISECOND);
    const now = session.now();
    if (now >= next) shares.late(now - next, now);
    const purged = expectations.of(key);
    close ||= purged !== undefined && purged.answeredAt === undefined;
  }
}

/** How long a place is left alone when its exchange could not be kept, in seconds. */
const UNKEPT_PAUSE = 1;

function nextFor({ session, shares }: Scene, place: Place, asked: Asked | undefined): Instant {
  const now = session.now();
  if (asked === undefined) return now + UNKEPT_PAUSE;
  const { pace } = shares;
  const own = place.layer.role === 'origin' ? { ...pace, calm: pace.calm / 4 } : pace;
  return nextQuestion({ ...asked, spacing: shares.spacing(place) }, own, now);
}

/** Why an earlier answer of a place could not be kept. */
interface Unkept {
  error?: unknown;
}

/** So many at most wait to be kept while their places are asked again. */
const MOST_PENDING = 256;

/**
 * Undefined when it could not be kept: the place is asked again later, and nothing is claimed that was not kept. A connection
 * is used again only while a flip is expected: it may lead to one of several workers only. Then, as long as the answers are
 * the same, the next question does not wait until the last answer is kept, for that would widen the interval.
 */
async function recorded(scene: Scene, place: Place, close: boolean, unkept: Unkept): Promise<Observation | undefined> {
  const { session, sleepers, signal, keeping } = scene;
  const key = placeKey(place);
  const asked = sleepers.begins(key);
  try {
    const observation = await session.exchange(place, signal, close ? 'reuse' : undefined);
    asked();
    // What we broke off ourselves says nothing about the node.
    if (signal.aborted) return observation;
    const kept = session.add({ type: 'observation', data: observation });
    if (!close || keeping.size >= MOST_PENDING || !showsTheSame(session, key, observation)) await kept;
    else keepLater(keeping, kept, unkept);
    const { error } = unkept;
    delete unkept.error;
    if (error !== undefined) throw error;
    return observation;
  } catch (error) {
    if (!(error instanceof StoreFull)) scene.failed(error);
    return undefined;
  }
}

function keepLater(keeping: Set<Promise<void>>, kept: Promise<void>, unkept: Unkept): void {
  const ended = kept
    .catch((error: unknown) => {
      unkept.error = error;
    })
    .finally(() => keeping.delete(ended));
  keeping.add(ended);
}

function showsTheSame({ reading }: Session, key: string, { result }: Observation): boolean {
  const held = reading.tracks.get(key)?.history.at(-1)?.content;
  return result.kind === 'answer' && held !== undefined && contentOf(result) === held;
}

/** What is known of a place after an exchange; undefined where it is of no layer. */
function askedOf(
  { session, expect, expectations }: Scene,
  place: Place,
  failures: number,
  { requestTime, responseTime }: Observation,
): Asked | undefined {
  const { reading } = session;
  const key = placeKey(place);
  const track = reading.tracks.get(key);
  if (track === undefined) return undefined;
  // what was answered last may not be kept yet
  const state = { ...track.state, observedAt: interval(requestTime, responseTime) };
  const change = changeIn(reading, place.target.id, place.variant.id, expect);
  const version = versionOf(state, change);
  const offset = reading.offsets.get(place.node.id);
  const purged = expectations.of(key);
  return {
    state,
    unsettled: version === 'new' && !isSettled(track.history, change),
    lead: responseTime - requestTime,
    spacing: 0,
    failures: state.outcome === 'failed' ? failures + 1 : 0,
    ...(version === undefined ? {} : { version }),
    ...(offset === undefined ? {} : { offset }),
    ...(purged === undefined ? {} : { purged }),
    ...(change.readyAt === undefined ? {} : { readyAt: change.readyAt.latest }),
  };
}
