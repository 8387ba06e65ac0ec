// What does a cell say on its face, and to a screen reader?
import { clockTime, digitsFor, duration } from './clock-text.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Forecast } from '../../shared/model/forecast.ts';
import type { CellView, Version } from '../derive.ts';

export const outcomeWords: Readonly<Record<CellView['outcome'], string>> = {
  hit: 'hit',
  stale: 'stale hit',
  miss: 'miss',
  revalidated: 'revalidated',
  pass: 'pass',
  origin: 'made here',
  unknown: 'says nothing',
  failed: 'no answer',
  unasked: 'not asked yet',
};

export const versionWords: Readonly<Record<Version, string>> = {
  new: 'new',
  old: 'old',
  other: 'another version',
  unknown: 'unknown',
};

/** Stands for the version where there is no room for its name, so that colour is never alone. */
export const versionLetter: Readonly<Record<Version, string>> = { new: 'N', old: 'O', other: 'X', unknown: '?' };

/** The instant that a forecast names best, or undefined where it names none. */
export function due(f: Forecast | undefined): Instant | undefined {
  if (f === undefined || f.visible) return undefined;
  return f.median ?? f.latest;
}

/** `14:32:10.2 ± 8 ms`-like: the instant, and how far off it may be, as two texts. */
export function dueWords(f: Forecast): readonly [string, string] {
  const at = due(f);
  if (at === undefined) return ['not known when', 'nothing bounds it'];
  const [low, high] = f.band90 ?? [f.earliest, f.latest ?? at];
  const half = (high - low) / 2;
  const margin = half < 0.0095 ? `${Math.max(1, Math.round(half * 1000))} ms` : half < 9.95 ? `${half.toFixed(2)} s` : duration(half);
  return [clockTime(at, Math.min(1, digitsFor(half * 2))), `± ${margin}`];
}

const ago = (at: Instant, now: Instant): string => `${duration(now - at)} ago`;

/** The line that matters most: how long the copy stays. Several ways to say it, longest first. */
export function staying(cell: CellView, now: Instant): readonly string[] {
  const s = cell.state;
  if (s === undefined) return ['not asked yet', 'not asked'];
  if (cell.expected) return ['expected to show it', 'expected'];
  if (cell.outcome === 'failed') return ['no answer', 'no answer'];
  if (cell.emptied) return ['emptied by the purge', 'emptied'];
  if (cell.relapse !== undefined) {
    const from = cell.relapse.from;
    return from === undefined ? ['old again'] : [`old again: refilled from ${from}`, `old again, from ${from}`, 'old again'];
  }
  if (cell.role === 'origin') return origin(cell);
  const last = cell.version === 'old' ? due(cell.forecast) : undefined;
  if (last !== undefined && last > now) return [`lets go in ${duration(last - now)}`, duration(last - now)];
  if (s.freshUntil === undefined) return cell.outcome === 'pass' ? ['stores nothing'] : ['lifetime unknown'];
  if (now <= s.freshUntil.latest) return [`fresh for ${duration(s.freshUntil.latest - now)}`, duration(s.freshUntil.latest - now)];
  const stale = s.mayServeUntil === undefined ? 0 : s.mayServeUntil.latest - now;
  return stale > 0 ? [`stale, ${duration(stale)} more at most`, `stale ${duration(stale)}`, 'stale'] : ['no longer fresh', 'expired'];
}

function origin(cell: CellView): readonly string[] {
  const from = cell.segments.at(-1)?.from;
  if (from === undefined || !Number.isFinite(from.earliest)) return ['serves this build', 'serving'];
  return [`since ${clockTime(from.latest, 1)}`, `since ${clockTime(from.latest)}`];
}

/** The last exchange: outcome, Age, hits. Several ways, longest first. */
export function lastExchange(cell: CellView, now: Instant): readonly string[] {
  const s = cell.state;
  if (s === undefined) return [''];
  if (cell.outcome === 'failed') return [`asked ${ago(s.observedAt.latest, now)}`, ''];
  const said = outcomeWords[cell.outcome];
  if (cell.role === 'origin') return [`asked ${ago(s.observedAt.latest, now)}`, ''];
  // Age grows between two looks as the clock does
  const age = s.age === undefined ? undefined : `age ${Math.floor(s.age + Math.max(0, now - s.observedAt.latest))} s`;
  const hits = s.hits === undefined ? undefined : `${s.hits.toLocaleString('en')} ${s.hits === 1 ? 'hit' : 'hits'}`;
  const all = [said, age, hits].filter((w) => w !== undefined);
  return [all.join(' · '), [said, age].filter((w) => w !== undefined).join(' · '), said];
}

/** The whole cell in one sentence that stays true while clocks run. */
export function spoken(cell: CellView): string {
  const build = cell.content === undefined ? 'content unknown' : `build ${cell.content}, ${versionWords[cell.version]}`;
  const at = cell.version === 'old' ? due(cell.forecast) : undefined;
  const end = at === undefined ? '' : `, lets go at ${clockTime(at, 1)}`;
  const relapse = cell.relapse === undefined ? '' : `, old again${cell.relapse.from === undefined ? '' : `, refilled from ${cell.relapse.from}`}`;
  return `${cell.node}: ${build}, ${cell.emptied ? 'emptied by a purge' : outcomeWords[cell.outcome]}${relapse}${end}`;
}
