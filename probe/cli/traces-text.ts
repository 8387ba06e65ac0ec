// Which traces are there, how did they end, and how fast was each layer from deploy to deploy?
import { spokenDuration } from '../../shared/duration.ts';
import type { Instant, Interval } from '../../shared/model/interval.ts';
import type { LayerTrend, TrendPoint } from '../../shared/trend.ts';
import type { TraceSummary } from '../store/summaries.ts';
import { pc } from './colours.ts';
import { clock, fromNow } from './instants.ts';
import { table } from './table.ts';
import { clean } from './terminal.ts';
import { withinText } from './trace-text.ts';

/** Characters of an id that a person needs to type. */
const SHORT = 10;

/** One line a trace, newest first. */
export function tracesText(traces: readonly TraceSummary[], now: Instant): string[] {
  const heads = ['id', 'begun', 'kind', 'ended', 'waited for', 'p50', 'p90', 'p99', 'found'].map((h) => pc.dim(h));
  return table([heads, ...traces.map((trace) => row(trace, now))]);
}

function row(trace: TraceSummary, now: Instant): string[] {
  const { id, kind, startedAt, expect, title, percentiles } = trace;
  return [
    id.slice(0, SHORT),
    clock(startedAt, now).slice(0, -4),
    kind,
    endText(trace, now),
    clean(expect ?? title ?? '-').slice(0, 24),
    ...[percentiles?.p50, percentiles?.p90, percentiles?.p99].map(spanText),
    foundText(trace),
  ];
}

function endText({ state, startedAt, endedAt, interruptedAt }: TraceSummary, now: Instant): string {
  switch (state) {
    case 'running':
      return pc.green('running');
    case 'finished':
      return endedAt === undefined ? 'finished' : `after ${spokenDuration(endedAt - startedAt)}`;
    case 'interrupted':
      return pc.yellow(interruptedAt === undefined ? 'interrupted' : `interrupted ${fromNow(interruptedAt, now)}`);
  }
}

const spanText = (within: Interval | undefined): string => (within === undefined ? '-' : withinText(within));

function foundText({ notSeen, causes, purges }: TraceSummary): string {
  const unanswered = purges?.['unknown'] ?? 0;
  return [
    ...(notSeen === undefined || notSeen === 0 ? [] : [`not seen on ${notSeen}`]),
    ...(unanswered === 0 ? [] : [`${unanswered} purges of unknown outcome`]),
    ...(causes ?? []),
  ].join(', ');
}

/** A table for each layer, oldest deploy first, with the course of its three figures above it. */
export function compareText(trends: readonly LayerTrend[], now: Instant): string[] {
  return trends.flatMap(({ layer, points }, i) => [
    ...(i === 0 ? [] : ['']),
    `${pc.bold(clean(layer))}  ${FIGURES.map((name) => `${pc.dim(name)} ${sparkline(points, name)}`).join('  ')}`,
    ...table([
      ['trace', 'begun', 'waited for', ...FIGURES, 'seen'].map((h) => pc.dim(h)),
      ...points.map(pointRow(now)),
    ]).map((line) => `  ${line}`),
  ]);
}

const FIGURES = ['p50', 'p90', 'p99'] as const;

const pointRow =
  (now: Instant) =>
  ({ trace, startedAt, expect, percentiles, seen, of }: TrendPoint): string[] => [
    trace.slice(0, SHORT),
    clock(startedAt, now).slice(0, -4),
    clean(expect ?? '-').slice(0, 24),
    ...FIGURES.map((name) => spanText(percentiles[name])),
    `${seen} of ${of}`,
  ];

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One character a deploy, from nothing to the slowest of them; a space where it is not known. */
function sparkline(points: readonly TrendPoint[], name: (typeof FIGURES)[number]): string {
  const values = points.map((p) => p.percentiles[name]?.latest);
  const most = Math.max(0, ...values.filter((v) => v !== undefined));
  return values
    .map((value) => {
      if (value === undefined) return ' ';
      return BARS[most === 0 ? 0 : Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))] ?? '';
    })
    .join('');
}
