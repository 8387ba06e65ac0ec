// What has one node been holding, exchange after exchange, for one target and variant?
import { last } from '../http/fields.ts';
import { parseDate } from '../http/date.ts';
import { recognise, dialectOf } from '../dialects/index.ts';
import type { Answer, Observation } from '../observation.ts';
import type { Layer } from '../topology.ts';
import { offsetFromDate } from './clocks.ts';
import { copyAfter, type Copy, type Segment } from './copy.ts';
import {
  becauseOf,
  browserLifetime,
  contentOf,
  evidenceOf,
  isStale,
  outcomeOf,
  statusOf,
  type Evidence,
} from './evidence.ts';
import { interval, type Interval } from './interval.ts';
import type { LayerState } from './layer-state.ts';
import type { Reason } from './reason.ts';

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

/** Takes one more exchange into account. `offset` is the node's clock minus ours, where its Date has told. */
export function observe(track: Track | undefined, observation: Observation, layer: Layer, offset?: Interval): Track {
  const bracket = interval(observation.requestTime, observation.responseTime);
  if (observation.result.kind === 'failure') return failed(track, observation, bracket);
  const answer = observation.result;
  if (layer.role === 'origin') return atOrigin(track, observation, answer, bracket);
  return atCache(track, evidenceOf(observation, answer, layer, bracket, offset));
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

function atCache(track: Track | undefined, context: Evidence): Track {
  const { observation, answer, bracket, decoded, dialect } = context;
  const stale = isStale(context);
  const [copy, becauseCopy] = copyAfter(
    track && { history: track.history, askedAt: track.state.observedAt.earliest },
    context,
    stale,
  );
  const before = track?.history.at(-1);
  const held = contentOf(answer);
  const same = copy === undefined ? before !== undefined && before.content === held.content : copy.same;
  const sameAgain =
    track?.purged !== undefined && held.content !== undefined && held.content === before?.content ? true : undefined;
  const reasons: Reason[] = [...becauseOf(context, stale), ...becauseCopy];
  if (sameAgain) reasons.push({ code: 'same-again-after-purge' });
  const status = statusOf(context);
  const state: LayerState = {
    ...identity(observation, bracket),
    ...held,
    outcome: outcomeOf(context, stale),
    status: answer.status,
    dialect: dialect.id,
    because: reasons,
    ...(status === undefined ? {} : { cacheStatus: status }),
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
    ...(sameAgain || (same && before?.sameAgain) ? { sameAgain: true as const } : {}),
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
