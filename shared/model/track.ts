// What has one node been holding, exchange after exchange, for one target and variant?
import { last } from '../http/fields.ts';
import { parseDate } from '../http/date.ts';
import { cacheControlOf, seconds } from '../http/cache-control.ts';
import { lifetimeOf, staleWindow } from '../http/freshness.ts';
import { dialectOf, dialects, recognise } from '../dialects/index.ts';
import type { Decoded, Dialect } from '../dialects/dialect.ts';
import type { Answer, Observation } from '../observation.ts';
import type { Layer } from '../topology.ts';
import { freshUntil, generatedFromAge, offsetFromDate, storedNoEarlierThan } from './clocks.ts';
import { hull, interval, intersect, shift, type Interval } from './interval.ts';
import type { LayerState, Outcome } from './layer-state.ts';
import type { Reason } from './reason.ts';

/** What the node that the copy was fetched from said in it, by its own dialect. */
export interface Heard {
  readonly dialect: string;
  /** It went forward for the copy and may keep it: it stored it then. */
  readonly stored: boolean;
}

/** One stored response at one node, as far as its exchanges tell. */
export interface Copy {
  readonly content?: string;
  readonly storeId?: string;
  readonly age?: number;
  readonly generatedAt?: Interval;
  readonly storedAt: Interval;
  readonly lifetime?: number;
  readonly freshUntil?: Interval;
  readonly mayServeUntil?: Interval;
  readonly heard?: Heard;
}

/** A stretch of time during which one node held one copy. */
export interface Segment extends Copy {
  /** Between the last exchange without this copy and the first one with it. */
  readonly from: Interval;
  readonly lastSeen: number;
  /** The copy came back after a purge had been accepted. */
  readonly oldAgain?: true;
}

export interface Track {
  readonly state: LayerState;
  /** Oldest first, the last one is held now; bounded. */
  readonly history: readonly Segment[];
  /** When the last purge of this copy was accepted, until the next exchange. */
  readonly purged?: Interval;
  /** Seconds from sending to the first byte, of the slowest exchange that went forward. */
  readonly refillTook?: number;
}

/** How many copies are remembered for each node. */
const REMEMBERED = 200;

/** What every reading of one exchange needs beside the exchange itself. */
interface Context {
  readonly observation: Observation;
  readonly answer: Answer;
  readonly layer: Layer;
  readonly dialect: Dialect;
  readonly bracket: Interval;
  readonly offset?: Interval;
  readonly decoded?: Decoded;
  readonly lifetime?: number;
  readonly lifetimeFrom?: string;
  readonly window: number;
}

/** Takes one more exchange into account. `offset` is the node's clock minus ours, where its Date has told. */
export function observe(track: Track | undefined, observation: Observation, layer: Layer, offset?: Interval): Track {
  const bracket = interval(observation.requestTime, observation.responseTime);
  if (observation.result.kind === 'failure') return failed(track, observation, bracket);
  const answer = observation.result;
  if (layer.role === 'origin') return atOrigin(track, observation, answer, bracket);
  const dialect = (layer.dialect === undefined ? undefined : dialectOf(layer.dialect)) ?? recognise(answer.fields);
  const decoded = dialect.decode(answer.fields, answer.status);
  const lifetime = lifetimeOf(answer.status, answer.fields, dialect.behaviour, layer.policy, bracket.latest);
  const context: Context = {
    observation,
    answer,
    layer,
    dialect,
    bracket,
    window: staleWindow(answer.fields, dialect.behaviour, layer.policy),
    ...(offset === undefined ? {} : { offset }),
    ...(decoded === undefined ? {} : { decoded }),
    ...(lifetime === undefined ? {} : { lifetime: lifetime.seconds, lifetimeFrom: lifetime.from }),
  };
  return atCache(track, context);
}

/** The node's clock minus ours as its own Date tells, for products that write Date themselves. */
export function offsetSeen(observation: Observation, layer: Layer): Interval | undefined {
  if (observation.result.kind === 'failure' || layer.role === 'origin') return undefined;
  const dialect = layer.dialect === undefined ? recognise(observation.result.fields) : dialectOf(layer.dialect);
  if (dialect === undefined || dialect.assumed === true || dialect.behaviour.keepsDate) return undefined;
  const date = parseDate(last(observation.result.fields, 'date') ?? '', observation.responseTime);
  if (date === undefined) return undefined;
  return offsetFromDate(date, interval(observation.requestTime, observation.responseTime));
}

/** A purge was accepted: what was held is expected to be gone until an exchange shows what came instead. */
export function purge(track: Track, accepted: Interval): Track {
  const { layer, node, target, variant, observedAt, observation, outcome, dialect } = track.state;
  const place = { layer, node, target, variant, observedAt, observation, outcome };
  const state = { ...place, ...(dialect === undefined ? {} : { dialect }), because: [{ code: 'purged' } as const] };
  return { ...track, purged: accepted, state };
}

function identity(observation: Observation, bracket: Interval) {
  const { layer, node, target, variant } = observation;
  return { layer, node, target, variant, observedAt: bracket, observation: observation.id };
}

function contentOf(answer: Answer): Pick<LayerState, 'content' | 'marker' | 'digest'> {
  const content = answer.marker ?? answer.digest;
  return {
    ...(content === undefined ? {} : { content }),
    ...(answer.marker === undefined ? {} : { marker: answer.marker }),
    ...(answer.digest === undefined ? {} : { digest: answer.digest }),
  };
}

/** A browser is a private cache: s-maxage is not for it (RFC 9111 section 5.2.2.10). */
function browserLifetime(answer: Answer): Pick<LayerState, 'privateLifetime'> {
  const lifetime = seconds(cacheControlOf(answer.fields), 'max-age');
  return typeof lifetime === 'number' ? { privateLifetime: lifetime } : {};
}

function failed(track: Track | undefined, observation: Observation, bracket: Interval): Track {
  const failure = observation.result.kind === 'failure' ? observation.result : undefined;
  const state: LayerState = {
    ...identity(observation, bracket),
    outcome: 'failed',
    because: [{ code: 'failed', message: failure?.message ?? '' }],
    ...(failure === undefined ? {} : { failure }),
  };
  return { ...track, history: track?.history ?? [], state };
}

function atOrigin(track: Track | undefined, observation: Observation, answer: Answer, bracket: Interval): Track {
  const state: LayerState = {
    ...identity(observation, bracket),
    ...contentOf(answer),
    outcome: 'origin',
    status: answer.status,
    because: [{ code: 'made-here' }],
  };
  const before = track?.history.at(-1);
  const content = state.content;
  const same = before !== undefined && before.content === content;
  const segment: Segment = same
    ? { ...before, lastSeen: bracket.latest }
    : {
        ...(content === undefined ? {} : { content }),
        storedAt: bracket,
        from: interval(
          before === undefined ? -Infinity : (track?.state.observedAt.earliest ?? -Infinity),
          bracket.latest,
        ),
        lastSeen: bracket.latest,
      };
  return { state: { ...state, since: segment.from }, history: remember(track?.history ?? [], segment, same) };
}

function atCache(track: Track | undefined, context: Context): Track {
  const { observation, answer, bracket, decoded, dialect } = context;
  const stale = isStale(context);
  const [copy, becauseCopy] = copyAfter(track, context, stale);
  const before = track?.history.at(-1);
  const held = contentOf(answer);
  const same = copy === undefined ? before !== undefined && before.content === held.content : copy.same;
  const oldAgain =
    track?.purged !== undefined && held.content !== undefined && held.content === before?.content ? true : undefined;
  const reasons: Reason[] = [...becauseOf(context, stale), ...becauseCopy];
  if (oldAgain) reasons.push({ code: 'old-again-after-purge' });
  const state: LayerState = {
    ...identity(observation, bracket),
    ...held,
    outcome: outcomeOf(context, stale),
    status: answer.status,
    dialect: dialect.id,
    because: reasons,
    ...(decoded === undefined ? {} : { cacheStatus: decoded.cacheStatus }),
    ...(decoded?.age === undefined ? {} : { age: decoded.age }),
    ...(decoded?.hits === undefined ? {} : { hits: decoded.hits }),
    ...(copy === undefined ? {} : clocksOf(copy.copy)),
    ...browserLifetime(answer),
    carriesAge: last(answer.fields, 'age') !== undefined,
  };
  const segment: Segment = {
    ...(copy?.copy ?? { ...held, storedAt: bracket }),
    from:
      same && before !== undefined
        ? before.from
        : interval(track?.state.observedAt.earliest ?? -Infinity, bracket.latest),
    lastSeen: bracket.latest,
    ...(oldAgain || (same && before?.oldAgain) ? { oldAgain: true as const } : {}),
  };
  const took = decoded?.cacheStatus.fwd === undefined ? undefined : observation.timings.ttfb;
  const refillTook = took === undefined ? track?.refillTook : Math.max(track?.refillTook ?? 0, took);
  return {
    state: { ...state, since: heldSince(track?.history ?? [], segment, same) },
    history: remember(track?.history ?? [], segment, same),
    ...(refillTook === undefined ? {} : { refillTook }),
  };
}

/** Copies follow each other with the same content: what counts is since when the content is there. */
function heldSince(history: readonly Segment[], segment: Segment, same: boolean): Interval {
  const earlier = same ? history.slice(0, -1) : history;
  const different = earlier.findLastIndex((s) => s.content !== segment.content);
  return earlier[different + 1]?.from ?? segment.from;
}

function remember(history: readonly Segment[], segment: Segment, same: boolean): readonly Segment[] {
  return [...(same ? history.slice(0, -1) : history), segment].slice(-REMEMBERED);
}

function clocksOf(copy: Copy): Partial<LayerState> {
  return {
    storedAt: copy.storedAt,
    ...(copy.generatedAt === undefined ? {} : { generatedAt: copy.generatedAt }),
    ...(copy.lifetime === undefined ? {} : { lifetime: copy.lifetime }),
    ...(copy.freshUntil === undefined ? {} : { freshUntil: copy.freshUntil }),
    ...(copy.mayServeUntil === undefined ? {} : { mayServeUntil: copy.mayServeUntil }),
  };
}

/** Said by the node, or shown by an Age that has reached the lifetime on a product that counts its lifetime by Age. */
function isStale({ decoded, dialect, lifetime, layer }: Context): boolean {
  if (decoded?.cacheStatus.hit !== true) return false;
  if (decoded.stale !== undefined) return decoded.stale;
  if (decoded.age === undefined || lifetime === undefined || layer.policy.cap !== undefined) return false;
  const late =
    dialect.behaviour.clock.kind === 'whole-second' && dialect.behaviour.clock.staleWhen === 'age > lifetime';
  return dialect.behaviour.honoursAge && (late ? decoded.age > lifetime : decoded.age >= lifetime);
}

function outcomeOf({ decoded, lifetime, window }: Context, stale: boolean): Outcome {
  const status = decoded?.cacheStatus;
  if (status?.hit === true) return stale ? 'stale' : 'hit';
  if (decoded?.revalidated === true) return 'revalidated';
  if (status?.fwd === undefined) return 'unknown';
  const kept = status.stored ?? ((lifetime ?? 0) > 0 || window > 0);
  return status.fwd === 'bypass' || status.fwd === 'method' || !kept ? 'pass' : 'miss';
}

function becauseOf({ decoded, dialect, lifetime, lifetimeFrom, window }: Context, stale: boolean): Reason[] {
  const reasons: Reason[] = [];
  const field = decoded?.by ?? '';
  const status = decoded?.cacheStatus;
  if (status?.hit === true)
    reasons.push(stale ? { code: 'served-stale', field } : { code: 'answered-from-store', field });
  else if (decoded?.revalidated === true) reasons.push({ code: 'revalidated', field });
  else if (status?.fwd !== undefined) reasons.push({ code: 'went-forward', field, fwd: status.fwd });
  else reasons.push({ code: 'says-nothing' });
  if (dialect.assumed === true) reasons.push({ code: 'guessed-behaviour' });
  reasons.push(decoded?.age === undefined ? { code: 'age-absent' } : { code: 'age-read', age: decoded.age });
  if (lifetime === undefined || lifetimeFrom === undefined) reasons.push({ code: 'lifetime-unknown' });
  else reasons.push({ code: 'lifetime', from: lifetimeFrom, seconds: lifetime });
  if (window > 0 && (lifetime ?? 0) > 0) reasons.push({ code: 'may-serve-stale', seconds: window });
  return reasons;
}

type CopyNow = { readonly copy: Copy; readonly same: boolean } | undefined;

/** Which stored response does the node hold after this exchange, and why do we think so? */
function copyAfter(track: Track | undefined, context: Context, stale: boolean): [CopyNow, Reason[]] {
  const { decoded, bracket, lifetime, window } = context;
  const status = decoded?.cacheStatus;
  if (status?.fwd !== undefined) {
    if (outcomeOf(context, stale) === 'pass') {
      return [
        undefined,
        [{ code: 'not-storable', because: status.fwd === 'bypass' ? 'the node passes it' : 'no lifetime' }],
      ];
    }
    return [
      { copy: build(context, bracket, generatedByFetch(context)), same: false },
      [{ code: 'stored-in-this-exchange' }],
    ];
  }
  if (lifetime === undefined && window === 0 && decoded === undefined) return [undefined, []];
  const before = track?.history.at(-1);
  const replaced = before === undefined || track === undefined ? 'first' : replacedBy(before, context, stale);
  if (replaced === undefined && before !== undefined)
    return [{ copy: narrowed(before, context, stale), same: true }, []];
  return newlySeen(track, context, stale, replaced === 'first' ? undefined : replaced);
}

/** What shows that the copy is not the one seen before; undefined when nothing does. */
function replacedBy(
  before: Segment,
  context: Context,
  stale: boolean,
): 'store-id' | 'content' | 'age' | 'expiry' | undefined {
  const { decoded, answer, bracket } = context;
  if (decoded?.storeId !== undefined && before.storeId !== undefined) {
    if (decoded.storeId !== before.storeId) return 'store-id';
  }
  const content = contentOf(answer).content;
  if (content !== before.content) return 'content';
  const generated = ageInterval(context);
  if (generated && before.generatedAt && intersect(generated, before.generatedAt) === undefined) return 'age';
  const sameId = decoded?.storeId !== undefined && decoded.storeId === before.storeId;
  if (!sameId && !stale && before.freshUntil !== undefined && bracket.earliest > before.freshUntil.latest)
    return 'expiry';
  return undefined;
}

/**
 * The generation instant of a copy fetched in this exchange, as the node counts it: it shows the parent's Age as it came.
 * A node that corrects Age (RFC 9111 section 4.2.3) may date it by Date, which is cut to a second.
 */
function generatedByFetch({ decoded, bracket, dialect }: Context): Interval | undefined {
  if (dialect.behaviour.correctsAge === true)
    return shift(interval(bracket.earliest - 1, bracket.latest), -(decoded?.age ?? 0));
  return decoded?.age === undefined ? undefined : shift(bracket, -decoded.age);
}

function ageInterval({ decoded, bracket, dialect }: Context): Interval | undefined {
  if (decoded?.age === undefined) return undefined;
  return generatedFromAge(decoded.age, bracket, dialect.behaviour, dialect.assumed === true);
}

function newlySeen(
  track: Track | undefined,
  context: Context,
  stale: boolean,
  by: 'store-id' | 'content' | 'age' | 'expiry' | undefined,
): [CopyNow, Reason[]] {
  const { bracket, lifetime, dialect } = context;
  const generatedAt = ageInterval(context);
  const bounds = [generatedAt?.earliest ?? -Infinity];
  if (saysFresh(context, stale) && lifetime !== undefined) {
    bounds.push(storedNoEarlierThan(bracket.earliest, lifetime, dialect.behaviour));
  }
  if (by !== undefined && track !== undefined) {
    const expiry = track.history.at(-1)?.freshUntil;
    bounds.push(track.state.observedAt.earliest);
    if (by === 'expiry' && expiry !== undefined) bounds.push(expiry.earliest);
  }
  const earliest = Math.min(Math.max(...bounds), bracket.latest);
  const copy = build(context, interval(earliest, bracket.latest), generatedAt);
  return [{ copy, same: false }, [by === undefined ? { code: 'first-seen' } : { code: 'copy-changed', by }]];
}

/** The same copy, seen once more: what both exchanges allow. */
function narrowed(before: Segment, context: Context, stale: boolean): Copy {
  const { bracket, lifetime, dialect, decoded } = context;
  const seen = ageInterval(context);
  const generatedAt = seen && before.generatedAt ? intersect(before.generatedAt, seen) : (seen ?? before.generatedAt);
  let storedAt = before.storedAt;
  const mayBeRefilled =
    decoded?.storeId === undefined &&
    !stale &&
    before.freshUntil !== undefined &&
    bracket.latest >= before.freshUntil.earliest;
  if (mayBeRefilled) storedAt = hull(storedAt, bracket);
  if (saysFresh(context, stale) && lifetime !== undefined) {
    const earliest = storedNoEarlierThan(bracket.earliest, lifetime, dialect.behaviour);
    storedAt = intersect(storedAt, interval(earliest, Infinity)) ?? storedAt;
  }
  return build(context, storedAt, generatedAt);
}

/** A hit that is not stale was fresh when it was served; an answer that says nothing may have been anything. */
function saysFresh({ decoded }: Context, stale: boolean): boolean {
  return decoded?.cacheStatus.hit === true && !stale;
}

function build(context: Context, storedAt: Interval, generatedAt: Interval | undefined): Copy {
  const { dialect, layer, lifetime, window, offset, decoded, answer, bracket } = context;
  const clocks = { storedAt, ...(generatedAt === undefined ? {} : { generatedAt }) };
  const raw =
    lifetime === undefined
      ? undefined
      : freshUntil(clocks, lifetime, dialect.behaviour, layer.policy, dialect.assumed === true, offset);
  // Where only the latest storing instant is known, freshness may end (or have ended) at any moment.
  const end = raw && interval(Number.isFinite(raw.earliest) ? raw.earliest : bracket.earliest, raw.latest);
  const heard = heardIn(context);
  return {
    ...contentOf(answer),
    ...clocks,
    ...(heard === undefined ? {} : { heard }),
    ...(decoded?.storeId === undefined ? {} : { storeId: decoded.storeId }),
    ...(decoded?.age === undefined ? {} : { age: decoded.age }),
    ...(lifetime === undefined ? {} : { lifetime }),
    ...(end === undefined ? {} : { freshUntil: end, mayServeUntil: shift(end, window) }),
  };
}

/** A stored response replays its parent's words, where the parent speaks another dialect. */
function heardIn({ answer, dialect }: Context): Heard | undefined {
  for (const other of dialects) {
    const said =
      other.id === dialect.id || other.assumed === true ? undefined : other.decode(answer.fields, answer.status);
    if (said === undefined) continue;
    const { fwd, stored } = said.cacheStatus;
    return { dialect: other.id, stored: fwd !== undefined && fwd !== 'bypass' && fwd !== 'method' && stored !== false };
  }
  return undefined;
}
