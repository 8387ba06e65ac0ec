// What has one node been holding, exchange after exchange, for one target and variant?
import { retryAfterIn, turnsAway } from '../http/retry-after.ts';
import type { Answer, Observation } from '../observation.ts';
import type { Layer } from '../topology.ts';
import { offsetFromDate } from './clocks.ts';
import { copyAfter, softened, type Copy, type Segment } from './copy.ts';
import type { Draft } from './draft.ts';
import { contentOf, saidIn, unlessPassed, type Evidence } from './evidence.ts';
import { interval, type Interval } from './interval.ts';
import type { LayerState } from './layer-state.ts';

export interface Track {
  readonly state: LayerState;
  /** Oldest first, the last one is held now; bounded. */
  readonly history: readonly Segment[];
  /** The bracket of the last exchange that was answered; one that failed shows nothing of what is held. */
  readonly answered?: Interval;
  /** When the last purge of this copy was accepted, until the next exchange. */
  readonly purged?: Interval;
}

/** How many copies are remembered for each node. */
const REMEMBERED = 200;

/** Takes one more exchange into account. `offset` is the node's clock minus ours, where its Date has told. */
export function observe(track: Track | undefined, observation: Observation, layer: Layer, offset?: Interval): Track {
  const bracket = interval(observation.requestTime, observation.responseTime);
  if (observation.result.kind === 'failure') return failed(track, observation, bracket);
  const answer = observation.result;
  if (turnsAway(answer.status, answer.fields)) return turnedAway(track, observation, answer, bracket);
  if (layer.role === 'origin') return atOrigin(track, observation, answer, bracket);
  const wasKept = () => track?.history.some((s) => s.storeId !== undefined) === true;
  const said = unlessPassed(saidIn(answer, layer, bracket.latest), observation.request, wasKept);
  return atCache(track, { observation, answer, layer, said, bracket, offset });
}

/** The node's clock minus ours as its own Date tells, for products that write Date themselves. */
export function offsetSeen({ result, requestTime, responseTime }: Observation, layer: Layer): Interval | undefined {
  if (result.kind === 'failure' || layer.role === 'origin') return undefined;
  const { ownDate } = saidIn(result, layer, responseTime);
  return ownDate === undefined ? undefined : offsetFromDate(ownDate, interval(requestTime, responseTime));
}

/** A purge was accepted: what was held is expected to be gone until an exchange shows what came instead. */
export function purge(track: Track, accepted: Interval): Track {
  const { layer, node, target, variant, observedAt, observation, outcome, dialect } = track.state;
  const place = { layer, node, target, variant, observedAt, observation, outcome };
  const state = { ...place, ...(dialect === undefined ? {} : { dialect }), because: [{ code: 'purged' } as const] };
  return { ...track, purged: accepted, state };
}

/** A purge was accepted that only ends freshness: what is held may be served once more while it is fetched anew. */
export function softPurge(track: Track, accepted: Interval): Track {
  const held = track.history.at(-1);
  const history =
    held === undefined
      ? track.history
      : track.history.with(track.history.length - 1, { ...softened(held, accepted), softened: accepted });
  return { ...track, history, state: { ...softened(track.state, accepted), because: [{ code: 'softly-purged' }] } };
}

function stateFrom(observation: Observation, observedAt: Interval, state: Pick<LayerState, 'outcome' | 'because'>) {
  const { layer, node, target, variant, id } = observation;
  const { outcome, because } = state;
  const made: Draft<LayerState> = { layer, node, target, variant, observedAt, observation: id, outcome, because };
  return made;
}

function showContent(state: Draft<LayerState>, answer: Answer): void {
  const content = contentOf(answer);
  state.status = answer.status;
  if (content !== undefined) state.content = content;
  if (answer.marker !== undefined) state.marker = answer.marker;
  if (answer.digest !== undefined) state.digest = answer.digest;
  if (answer.problems !== undefined) state.problems = answer.problems;
}

function failed(track: Track | undefined, observation: Observation, bracket: Interval): Track {
  const failure = observation.result.kind === 'failure' ? observation.result : undefined;
  const because = [{ code: 'failed', message: failure?.message ?? '' } as const];
  const state = stateFrom(observation, bracket, { outcome: 'failed', because });
  if (failure !== undefined) state.failure = failure;
  return { ...track, history: track?.history ?? [], state };
}

/** As little as a failure does it show what is held, though somebody answered. */
function turnedAway(track: Track | undefined, observation: Observation, answer: Answer, bracket: Interval): Track {
  const { status, fields } = answer;
  const seconds = retryAfterIn(fields);
  const because = [{ code: 'turned-away', status, ...(seconds === undefined ? {} : { seconds }) } as const];
  const state = stateFrom(observation, bracket, { outcome: 'failed', because });
  state.status = status;
  return { ...track, history: track?.history ?? [], state };
}

function atOrigin(track: Track | undefined, observation: Observation, answer: Answer, bracket: Interval): Track {
  const state = stateFrom(observation, bracket, { outcome: 'origin', because: [{ code: 'made-here' }] });
  showContent(state, answer);
  const before = track?.history.at(-1);
  const content = state.content;
  const same = before !== undefined && before.content === content;
  const segment: Segment = same
    ? { ...before, lastSeen: bracket.latest, ...askedAgain(before, bracket) }
    : {
        ...(content === undefined ? {} : { content }),
        storedAt: bracket,
        from: interval(before === undefined ? -Infinity : (track?.answered?.earliest ?? -Infinity), bracket.latest),
        lastSeen: bracket.latest,
        lastAsked: bracket.earliest,
        answers: 1,
      };
  state.since = segment.from;
  return { state, history: remember(track?.history ?? [], segment, same), answered: bracket };
}

function atCache(track: Track | undefined, evidence: Evidence): Track {
  const { observation, answer, bracket, said } = evidence;
  const history = track?.history ?? [];
  const askedAt = track?.answered?.earliest ?? -Infinity;
  // A question sent before the purge was accepted may have been answered before it, too: it proves nothing of it.
  const crossed = track?.purged !== undefined && bracket.earliest < track.purged.latest;
  const purged = track?.purged !== undefined && !crossed;
  const [copy, becauseCopy] = copyAfter(track && { history, askedAt, purged }, evidence);
  const before = history.at(-1);
  const content = contentOf(answer);
  const same = copy === undefined ? before !== undefined && before.content === content : copy.same;
  // The same store id after a purge is the same copy: it did not come back, it never went.
  const kept = same && said.decoded?.storeId !== undefined;
  const refilled = purged && !kept && content !== undefined;
  const afterPurge = refilled || (same && before?.afterPurge === true);
  const because = [...said.because, ...becauseCopy];
  if (afterPurge) because.push({ code: 'refilled-after-purge' });
  const state = stateFrom(observation, bracket, { outcome: said.outcome, because });
  showContent(state, answer);
  showWords(state, evidence);
  if (copy !== undefined) showClocks(state, copy.copy);

  const held = copy?.copy ?? (content === undefined ? { storedAt: bracket } : { content, storedAt: bracket });
  const from = same && before !== undefined ? before.from : interval(askedAt, bracket.latest);
  const segment: Draft<Segment> = { ...held, from, lastSeen: bracket.latest, lastAsked: bracket.earliest, answers: 1 };
  if (afterPurge) segment.afterPurge = true;
  if (copy === undefined) segment.notKept = true;
  if (same && before !== undefined) Object.assign(segment, askedAgain(before, bracket));
  if (same && before?.softened !== undefined) segment.softened = before.softened;
  if (said.outcome === 'stale') segment.servedStale = bracket;
  state.since = heldSince(history, segment, same);

  const after: Draft<Track> = { state, history: remember(history, segment, same), answered: bracket };
  if (crossed) after.purged = track.purged;
  return after;
}

/** What goes on from one exchange that showed a copy to the next. */
function askedAgain({ answers, lastAsked, servedStale }: Segment, bracket: Interval) {
  return {
    answers: answers + 1,
    lastAsked: bracket.earliest,
    ...(lastAsked === undefined ? {} : { askedBefore: lastAsked }),
    ...(servedStale === undefined ? {} : { servedStale }),
  };
}

function showWords(state: Draft<LayerState>, { said }: Evidence): void {
  const { dialect, decoded, cacheStatus, privateLifetime, carriesAge } = said;
  state.dialect = dialect.id;
  if (cacheStatus !== undefined) state.cacheStatus = cacheStatus;
  if (decoded?.age !== undefined) state.age = decoded.age;
  if (decoded?.hits !== undefined) state.hits = decoded.hits;
  if (privateLifetime !== undefined) state.privateLifetime = privateLifetime;
  state.carriesAge = carriesAge;
}

function showClocks(state: Draft<LayerState>, copy: Copy): void {
  state.storedAt = copy.storedAt;
  if (copy.generatedAt !== undefined) state.generatedAt = copy.generatedAt;
  if (copy.lifetime !== undefined) state.lifetime = copy.lifetime;
  if (copy.freshUntil !== undefined) state.freshUntil = copy.freshUntil;
  if (copy.mayServeUntil !== undefined) state.mayServeUntil = copy.mayServeUntil;
}

/** Copies follow each other with the same content: what counts is since when the content is there. */
function heldSince(history: readonly Segment[], { content, from }: Segment, same: boolean): Interval {
  let since = from;
  for (let i = history.length - (same ? 2 : 1); i >= 0; i--) {
    const earlier = history[i];
    if (earlier?.content !== content) break;
    since = earlier?.from ?? since;
  }
  return since;
}

function remember(history: readonly Segment[], segment: Segment, same: boolean): readonly Segment[] {
  if (same && history.length > 0) return history.with(history.length - 1, segment);
  return [...history.slice(1 - REMEMBERED), segment];
}
