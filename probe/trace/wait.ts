// Is the change visible everywhere, and if not, where and why? What a pipeline asks: it wants one answer.
import type { Standing, WaitDocument } from '../../shared/api-wait.ts';
import { spokenDuration } from '../../shared/duration.ts';
import { changeIn, type Reading } from '../../shared/model/reading.ts';
import { versionOf } from '../../shared/model/change.ts';
import { planPurge } from '../purgers/plan.ts';
import { StoreFull } from '../store/store-error.ts';
import { withOrigins } from './answers.ts';
import { look } from './look.ts';
import { placeKey, placesOf, type Place } from './places.ts';
import { answerTrace, type TraceProgress, type TraceWanted } from './propagation.ts';
import type { Session } from './session.ts';
import { layersOf, standingsOf, type WaitedFor } from './standing.ts';

export interface WaitWanted extends TraceWanted {
  /** The marker that tells the change from what was there before. */
  readonly expect: string;
  /** That everything shows it at the first look is no reason to doubt the check. */
  readonly alreadyOk?: boolean | undefined;
}

const LOOK_AGAIN_MS = 1000;

/** What cannot be kept is not taken into account; the trace goes on as soon as there is room. */
function unlessFull(error: unknown): void {
  if (!(error instanceof StoreFull)) throw error;
}

type Verdict = Pick<WaitDocument, 'verdict' | 'sentence'>;

/**
 * Looks once at every place, refuses a check that can show nothing, then traces until every chosen place shows the change, the
 * budget is spent, or `signal` ends it. Nothing is purged for a check that is refused.
 */
export async function answerWait(
  session: Session,
  wanted: WaitWanted,
  progress: TraceProgress,
  signal: AbortSignal,
): Promise<WaitDocument> {
  const { expect, budget } = wanted;
  const from = session.now();
  const before = requestsOf(session);
  const places = withOrigins(session, wanted);
  await look(session, places, AbortSignal.any([signal, AbortSignal.timeout(budget * 1000)])).catch(unlessFull);
  const bad = badCheck(session, places, wanted);
  const doubts = doubtsIn(session.reading, placesOf(session.topology, wanted), wanted);
  const left = Math.max(0, budget - (session.now() - from));
  const enough = enoughSeen(session, wanted, places);
  const ending = AbortSignal.any([signal, bad ? AbortSignal.abort() : enough.signal]);
  const trace = await answerTrace(session, { ...wanted, budget: left }, progress, ending).finally(enough.stop);
  const told = { start: Date.parse(trace.startedAt) / 1000, causes: trace.causes };
  const standings = standingsNow(session, placesOf(session.topology, wanted), expect, told);
  const origins = standingsNow(session, places, expect, told).filter((s) => s.origin === true);
  const waited = session.now() - from;
  const until = signal.aborted ? { stopped: waited } : { budget };
  return {
    ...trace,
    verb: 'wait',
    ...(bad ?? verdictOf(standings, origins, expect, until)),
    requests: requestsOf(session) - before,
    waited: Math.round(waited * 1000) / 1000,
    ...(enough.signal.aborted && !signal.aborted ? { ended: 'visible' as const } : {}),
    warnings: [...doubts, ...purgeWarnings(session, wanted), ...(trace.stopped === undefined ? [] : [trace.stopped])],
    places: standings,
  };
}

const standingsNow = (
  session: Session,
  places: readonly Place[],
  expect: string,
  told: Pick<WaitedFor, 'start' | 'causes'> = { start: session.now(), causes: [] },
): Standing[] => standingsOf(session.reading, places, { expect, observations: session.observations(), ...told });

const purgeWarnings = ({ topology }: Session, wanted: WaitWanted): readonly string[] =>
  wanted.purge === true ? planPurge(topology, wanted).warnings : [];

/** Aborted once all that was chosen shows the change although no origin answers, as where these are out of reach. */
function enoughSeen(session: Session, wanted: WaitWanted, places: readonly Place[]) {
  const ending = new AbortController();
  const timer = setInterval(() => {
    const all = standingsNow(session, places, wanted.expect);
    const chosen = new Set(placesOf(session.topology, wanted).map((p) => p.node.id));
    const seen = all.filter((s) => chosen.has(s.node)).every((s) => s.shows === 'new');
    if (seen && all.every((s) => s.origin !== true || s.shows === 'unknown')) ending.abort();
  }, LOOK_AGAIN_MS);
  return { signal: ending.signal, stop: () => clearInterval(timer) };
}

/** How far each layer has come, by what its places answered last. */
export const layersNow = (session: Session, wanted: WaitWanted): ReturnType<typeof layersOf> =>
  layersOf(standingsNow(session, placesOf(session.topology, wanted), wanted.expect));

/** A marker that everything shows from the start tells nothing, unless somebody says that the deploy is over. */
function badCheck(session: Session, places: readonly Place[], wanted: WaitWanted): Verdict | undefined {
  if (wanted.alreadyOk === true || wanted.deployedAt !== undefined) return undefined;
  const standings = standingsNow(session, places, wanted.expect);
  if (!standings.every((s) => s.shows === 'new')) return undefined;
  return {
    verdict: 'bad-check',
    sentence:
      `Everything shows ${wanted.expect} at the first look already, so this check shows nothing: it may have been there before ` +
      'the deploy. Say when the deploy began (--deployed TIME), or that this is as it should be (--already-ok).',
  };
}

/** Copies with the marker that are older than the deploy that was told. */
function doubtsIn(reading: Reading, places: readonly Place[], { deployedAt, expect }: WaitWanted): string[] {
  if (deployedAt === undefined) return [];
  const older = places.filter((place) => {
    const held = reading.tracks.get(placeKey(place))?.history.at(-1);
    const made = Math.min(held?.generatedAt?.latest ?? Infinity, held?.storedAt.latest ?? Infinity);
    const change = changeIn(reading, place.target.id, place.variant.id, expect);
    return held !== undefined && made < deployedAt && versionOf(held, change) === 'new';
  });
  const [first] = older;
  if (first === undefined) return [];
  const more = older.length === 1 ? '' : ` (and ${older.length - 1} more)`;
  return [
    `${first.node.id}${more} holds a copy with ${expect} from before the deploy that was told: unless this build was deployed ` +
      'before, the marker does not tell it from the one before it.',
  ];
}

function verdictOf(
  standings: readonly Standing[],
  origins: readonly Standing[],
  expect: string,
  until: { readonly stopped: number } | { readonly budget: number },
): Verdict {
  const stopped = 'stopped' in until;
  const within = stopped ? `stopped after ${spokenDuration(until.stopped)}` : `within ${spokenDuration(until.budget)}`;
  const late = (s: Standing) => s.shows !== 'new' && s.shows !== 'unknown';
  if (standings.length > 0 && standings.every((s) => s.shows === 'new') && !origins.some(late))
    return { verdict: 'visible', sentence: `${expect} is visible everywhere.` };
  const asked = [...standings.filter((s) => s.origin !== true), ...origins];
  if (asked.every((s) => s.shows === 'unknown'))
    return { verdict: 'cannot-tell', sentence: `No node told what it holds (${within}): ${listed(asked)}` };
  if (origins.every((s) => s.shows === 'unknown'))
    return { verdict: 'cannot-tell', sentence: `No origin told what it serves (${within}): ${listed(origins)}` };
  const behind = origins.filter(late);
  if (behind.length > 0 && stopped) {
    return { verdict: 'cannot-tell', sentence: `${within}, before every origin showed ${expect}: ${listed(behind)}` };
  }
  if (behind.length > 0) return notDeployed(behind, origins, expect, within);
  const old = standings.filter(late);
  if (old.length > 0) return { verdict: 'not-visible', sentence: notVisible(old, standings.length, expect, within) };
  const silent = standings.filter((s) => s.shows === 'unknown');
  const others = silent.length < standings.length ? 'All others show it.' : '';
  return { verdict: 'cannot-tell', sentence: `${listed(silent)} ${others}`.trim() };
}

function notDeployed(
  behind: readonly Standing[],
  origins: readonly Standing[],
  expect: string,
  within: string,
): Verdict {
  const none = origins.every((s) => s.shows !== 'new');
  const sentence = none
    ? `nothing was deployed: no origin showed ${expect} ${within}: ${listed(behind)}`
    : `not every origin shows ${expect} (${within}): ${listed(behind)}`;
  return { verdict: 'origin-not-ready', sentence };
}

function notVisible(old: readonly Standing[], all: number, expect: string, within: string): string {
  const head = `${expect} is not visible at ${old.length} of ${all} ${all === 1 ? 'place' : 'places'} (${within}).`;
  return `${head} ${listed(old)}`;
}

const MOST_NAMED = 5;

/** `edge: edge-nyc still shows 9a01. shield: …` */
function listed(standings: readonly Standing[]): string {
  const named = standings.slice(0, MOST_NAMED).map((s) => `${s.layer}: ${s.because}`);
  const more = standings.length - named.length;
  return [...named, ...(more > 0 ? [`And ${more} more.`] : [])].join(' ');
}

const requestsOf = ({ reading }: Session): number => [...reading.requests.values()].reduce((sum, n) => sum + n, 0);
