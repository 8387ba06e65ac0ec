// What has just happened in a trace, and how did it end?
import { pc } from './colours.ts';
import type { TraceDocument } from '../../shared/api.ts';
import { spokenDuration } from '../../shared/duration.ts';
import type { Flip } from '../../shared/model/flips.ts';
import { middle, width, type Interval } from '../../shared/model/interval.ts';
import type { TraceEvent } from '../../shared/trace.ts';
import { clock } from './instants.ts';
import { clean } from './terminal.ts';

const at = (i: Interval): string => `${clock(middle(i), i.latest)} ± ${spokenDuration(width(i) / 2)}`;

/** One line for a terminal. */
export function eventText(event: TraceEvent): string {
  switch (event.type) {
    case 'deploy':
      return `${at(event.at)}  deployed${event.marker === undefined ? '' : ` ${clean(event.marker)}`}`;
    case 'origin-ready':
      return `${at(event.at)}  every origin serves ${event.marker === undefined ? 'it' : clean(event.marker)}`;
    case 'purge-sent':
      return `${at(event.at)}  purge sent to ${event.node}`;
    case 'purge-accepted':
      return `${at(event.at)}  purge accepted by ${event.node}`;
  }
}

/** One line for a terminal. */
export function flipText(flip: Flip): string {
  const place = `${flip.node} ${flip.target}/${flip.variant}`;
  const turned = flip.back ? pc.red('shows the old version again') : pc.green('shows the new version');
  return `${at(flip.flippedAt)}  ${place} ${turned}`;
}

/** The lines that close a trace. */
export function summaryText(document: TraceDocument): string[] {
  const { percentiles, notSeen, causes } = document;
  const shares = Object.entries(percentiles).flatMap(([name, within]) =>
    within === undefined ? [] : [`${name} within ${spokenDuration(within.latest)}`],
  );
  const visible =
    notSeen.length === 0
      ? pc.green('Visible everywhere.')
      : pc.yellow(`Not seen on ${notSeen.length} of the places watched.`);
  return [
    pc.bold(visible),
    ...(shares.length === 0 ? [] : [`Since the start: ${shares.join(', ')}.`]),
    ...notSeen.map((n) => `${n.node} ${n.target}/${n.variant}: not seen within ${spokenDuration(n.withinSeconds)}.`),
    ...causes.map((c) => `${c.node ?? c.layer ?? ''}: ${clean(c.summary)}`),
    pc.dim(`${document.requests} requests.`),
  ];
}
