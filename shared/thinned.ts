// Which observations of a long trace tell least? Those between two that show the same copy, answered in the same way.
import { advance, emptyReading, keyOf, messagesOf } from './model/reading.ts';
import type { Track } from './model/track.ts';
import type { Observation } from './observation.ts';
import type { Trace } from './trace.ts';

/** Exchanges that are kept on both sides of a turn: what was found there rests on the last two before and the first two after. */
const BESIDE = 2;

/**
 * The trace with about `most` observations: all around each turn of a place (another copy, another outcome, a purge), the
 * first and the last of each, and as many evenly between them as there is room for. More where turns alone are more.
 */
export function thinned(trace: Trace, most: number): Trace {
  const { observations } = trace;
  if (observations.length <= most) return trace;
  const telling = besides(observations, turnsIn(trace));
  const rest = observations.length - telling.size;
  const step = Math.max(1, Math.ceil(rest / Math.max(1, most - telling.size)));
  const spare = most > telling.size;
  let passed = 0;
  const kept = observations.filter((o) => telling.has(o.id) || (spare && passed++ % step === 0));
  return { ...trace, observations: kept, omitted: (trace.omitted ?? 0) + observations.length - kept.length };
}

/** Ids of the observations with which a place turned. */
function turnsIn(trace: Trace): Set<number> {
  const turns = new Set<number>();
  let reading = emptyReading(trace.topology);
  for (const message of messagesOf(trace)) {
    if (message.type !== 'observation') {
      reading = advance(reading, message);
      continue;
    }
    const key = keyOf(message.data);
    const before = reading.tracks.get(key);
    reading = advance(reading, message);
    if (isTurn(before, reading.tracks.get(key))) turns.add(message.data.id);
  }
  return turns;
}

function isTurn(before: Track | undefined, after: Track | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  const [held, holds] = [before.history.at(-1), after.history.at(-1)];
  return (
    before.state.outcome !== after.state.outcome ||
    held?.from.latest !== holds?.from.latest ||
    held?.content !== holds?.content ||
    before.purged !== after.purged
  );
}

/** The turns, what was seen of the same place just before and after, and the first and last of each place. */
function besides(observations: readonly Observation[], turns: ReadonlySet<number>): Set<number> {
  const places = new Map<string, number[]>();
  for (const observation of observations) {
    const key = keyOf(observation);
    const ids = places.get(key);
    if (ids === undefined) places.set(key, [observation.id]);
    else ids.push(observation.id);
  }
  const kept = new Set<number>();
  for (const ids of places.values()) {
    for (const [i, id] of ids.entries()) {
      if (i !== 0 && i !== ids.length - 1 && !turns.has(id)) continue;
      for (const near of ids.slice(Math.max(0, i - BESIDE), i + BESIDE)) kept.add(near);
    }
  }
  return kept;
}
