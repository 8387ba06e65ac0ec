// Where does a second since the start stand on the axis, and which seconds are written on it?
import { scaleLinear, scaleSymlog } from 'd3';

export interface SecondsSpan {
  readonly from: number;
  readonly until: number;
}

export interface SecondsAxis {
  /** Seconds since the start to user units; what lies outside is held at the ends. */
  readonly x: (seconds: number) => number;
  readonly invert: (x: number) => number;
  readonly ticks: readonly number[];
  readonly left: number;
  readonly right: number;
}

const ROUND = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800];
const LONG = [3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];
const STEPS = [...ROUND, ...LONG];
const DECADES = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 21_600, 86_400, 604_800];

/** The smallest round step (seconds) of which at most `most` fit into `seconds`. */
export const roundStep = (seconds: number, most: number): number =>
  STEPS.find((s) => seconds / s <= most) ?? STEPS.at(-1)!;

/**
 * The span that shows a propagation: a little before the start, and room after what has been seen. It grows by round
 * steps, so that it stands still while a trace runs.
 */
export function spanOf(last: number, running: boolean): SecondsSpan {
  const reach = Math.max(last, 0.05) * (running ? 1.15 : 1.06);
  const step = roundStep(reach, running ? 4 : 12);
  const until = Math.ceil(reach / step) * step;
  return { from: -until * 0.04, until };
}

/** The part of a span that remains after zooming by `factor` (below 1: closer) around one second of it. */
export function zoomed(span: SecondsSpan, around: number, factor: number): SecondsSpan {
  const from = around - (around - span.from) * factor;
  const until = around + (span.until - around) * factor;
  return until - from < 0.002 ? span : { from, until };
}

export const moved = (span: SecondsSpan, share: number): SecondsSpan => {
  const by = (span.until - span.from) * share;
  return { from: span.from + by, until: span.until + by };
};

/** Seconds from which a logarithmic axis is linear: a thousandth of what it shows. */
const straight = (span: SecondsSpan): number => Math.max(0.001, span.until / 1000);

/** The axis over a span, drawn from `left` to `right`; `log` gives the first moments as much room as the last hours. */
export function secondsAxis(span: SecondsSpan, left: number, right: number, log: boolean): SecondsAxis {
  const scale = log
    ? scaleSymlog([Math.max(span.from, -straight(span) / 3), span.until], [left, right])
        .constant(straight(span))
        .clamp(true)
    : scaleLinear([span.from, span.until], [left, right]).clamp(true);
  const x = (seconds: number): number => scale(seconds);
  const most = Math.max(3, Math.floor((right - left) / 72));
  const ticks = log ? decades(span, x) : steps(span, most);
  return { x, invert: (at) => scale.invert(at), ticks, left, right };
}

function steps(span: SecondsSpan, most: number): number[] {
  const step = roundStep(span.until - span.from, most);
  const first = Math.ceil(span.from / step);
  const count = Math.max(0, Math.floor(span.until / step) - first + 1);
  // multiples of the step, not sums of it: 0.30000000000000004 is nobody's tick
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)) + 0);
}

function decades(span: SecondsSpan, x: (s: number) => number): number[] {
  const found = span.from <= 0 ? [0] : [];
  for (const t of DECADES) {
    if (t < span.from || t > span.until) continue;
    const before = found.at(-1);
    if (before === undefined || x(t) - x(before) > 44) found.push(t);
  }
  return found;
}

/** A tick's text: `0`, `0.25 s`, `90 s`, `5 min`, `2 h`. */
export function tickText(seconds: number): string {
  if (seconds === 0) return '0';
  const s = Math.abs(seconds);
  const sign = seconds < 0 ? '−' : '';
  if (s >= 86_400 && s % 86_400 === 0) return `${sign}${s / 86_400} d`;
  if (s >= 3600 && s % 1800 === 0) return `${sign}${s / 3600} h`;
  if (s >= 120 && s % 60 === 0) return `${sign}${s / 60} min`;
  return `${sign}${Number(s.toFixed(3))} s`;
}
