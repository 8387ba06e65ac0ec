// What does a cell say on its face, and to a screen reader?
import { clockTime, digitsFor, duration, resolution } from './clock-text.ts';
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

/** The span in which a forecast expects the turn: its 90 % band, else its hard bounds. */
export function dueSpan(f: Forecast): readonly [Instant, Instant] | undefined {
  const at = due(f);
  return at === undefined ? undefined : (f.band90 ?? [f.earliest, f.latest ?? at]);
}

/** `14:32:10.2` and `± 8 ms`; or, where a second or more lies between, `by 14:32:19` and `from 14:32:10 on`. */
export function dueWords(f: Forecast): readonly [string, string] {
  const span = dueSpan(f);
  if (span === undefined) return ['not known when', 'nothing bounds it'];
  const [low, high] = span;
  if (high - low >= 1) return [`by ${clockTime(high)}`, `from ${clockTime(low)} on`];
  return [clockTime(due(f) ?? high, Math.min(1, digitsFor(high - low))), `± ${resolution((high - low) / 2)}`];
}

/** `just now`, then whole seconds: a text that is read must not flicker. */
export const ago = (at: Instant, now: Instant): string =>
  now - at < 1.5 ? 'just now' : `${duration(Math.floor(now - at))} ago`;

/** The line that matters most: how long the copy stays. Several ways to say it, longest first. */
export function staying(cell: CellView, now: Instant): readonly string[] {
  const s = cell.state;
  if (s === undefined) return ['not asked yet', 'not asked'];
  if (cell.expected) return ['expected to show it', 'expected'];
  if (cell.outcome === 'failed') return ['no answer', 'no answer'];
  if (cell.emptied) return ['emptied by the purge', 'emptied'];
  if (cell.relapse !== undefined) return ['old again', 'again'];
  if (cell.role === 'origin') return origin(cell);
  const span = cell.version === 'old' && cell.forecast !== undefined ? dueSpan(cell.forecast) : undefined;
  if (span !== undefined && span[1] > now) {
    const left = duration((span[1] - span[0] < 1 ? (span[0] + span[1]) / 2 : span[1]) - now);
    return [`lets go ${span[1] - span[0] < 1 ? 'in' : 'within'} ${left}`, `goes in ${left}`, left];
  }
  if (s.freshUntil === undefined) return cell.outcome === 'pass' ? ['stores nothing'] : ['lifetime unknown'];
  if (now <= s.freshUntil.latest)
    return [`fresh for ${duration(s.freshUntil.latest - now)}`, duration(s.freshUntil.latest - now)];
  const stale = s.mayServeUntil === undefined ? 0 : s.mayServeUntil.latest - now;
  return stale > 0
    ? [`stale, ${duration(stale)} more at most`, `stale ${duration(stale)}`, 'stale']
    : ['no longer fresh', 'expired'];
}

function origin(cell: CellView): readonly string[] {
  const from = cell.segments.at(-1)?.from;
  if (from === undefined || !Number.isFinite(from.earliest)) return ['serves this build', 'serving'];
  return [`since ${clockTime(from.latest, 1)}`, `since ${clockTime(from.latest)}`, clockTime(from.latest)];
}

/** The last exchange: outcome, Age, hits. Several ways, longest first. */
export function lastExchange(cell: CellView, now: Instant): readonly string[] {
  const s = cell.state;
  if (s === undefined) return [''];
  if (cell.outcome === 'failed') return [`asked ${ago(s.observedAt.latest, now)}`, ''];
  if (cell.expected) return cell.forecast === undefined ? [''] : [dueWords(cell.forecast)[0]];
  const said = outcomeWords[cell.outcome];
  if (cell.relapse?.from !== undefined)
    return [`refilled from ${cell.relapse.from}`, `from ${cell.relapse.from}`, said];
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
  const relapse =
    cell.relapse === undefined
      ? ''
      : `, old again${cell.relapse.from === undefined ? '' : `, refilled from ${cell.relapse.from}`}`;
  return `${cell.node}: ${build}, ${cell.emptied ? 'emptied by a purge' : outcomeWords[cell.outcome]}${relapse}${end}`;
}
