// What has just happened in a trace, and how did it end?
import { pc } from './colours.ts';
import type { TraceDocument } from '../../shared/api.ts';
import { spokenDuration } from '../../shared/duration.ts';
import type { Flip, LayerArrival } from '../../shared/model/flips.ts';
import { middle, width, type Interval } from '../../shared/model/interval.ts';
import type { TraceEvent } from '../../shared/trace.ts';
import { USUAL_DATA } from './data-folder.ts';
import { clock } from './instants.ts';
import { table } from './table.ts';
import { clean } from './terminal.ts';

/** Half its width beside the middle, rounded up to whole milliseconds; an exact instant stands alone. */
const at = (i: Interval): string => {
  const half = Math.ceil((width(i) / 2) * 1000) / 1000;
  return `${clock(middle(i), i.latest)}${half === 0 ? '' : ` ± ${spokenDuration(half)}`}`;
};

/** One line for a terminal. */
export function eventText(event: TraceEvent): string {
  switch (event.type) {
    case 'deploy':
      return `${at(event.at)}  deployed${event.marker === undefined ? '' : ` ${clean(event.marker)}`}`;
    case 'origin-ready':
      return `${at(event.at)}  every origin serves ${event.marker === undefined ? 'it' : clean(event.marker)}`;
    case 'purge-sent':
      return `${at(event.at)}  purge sent to ${event.node ?? event.layer}`;
    case 'purge-accepted':
      return `${at(event.at)}  purge accepted by ${event.node ?? event.layer}`;
  }
}

/** One line for a terminal. */
export function flipText(flip: Flip): string {
  const place = `${flip.node} ${flip.target}/${flip.variant}`;
  const turned = flip.back ? pc.red('shows the old version again') : pc.green('shows the new version');
  return `${at(flip.flippedAt)}  ${place} ${turned}`;
}

/** How far each layer has come: one line for whoever waits. */
export const layersText = (layers: readonly LayerArrival[]): string =>
  layers.map(({ layer, seen, of }) => `${layer} ${seen} of ${of}`).join(' · ');

type Layers = NonNullable<TraceDocument['layers']>;

/** The lines that close a trace. @param data the folder in which it was recorded */
export function summaryText(document: TraceDocument, data = USUAL_DATA): string[] {
  const { notSeen, causes, layers = [], requests, trace, stopped, startedBy } = document;
  const where = data === USUAL_DATA ? '' : ` --data ${clean(data)}`;
  const since = { deploy: 'the deploy', purge: 'the purge', now: 'the start' }[startedBy ?? 'now'];
  return [
    pc.bold(verdictText(document)),
    ...(layers.length === 0
      ? []
      : [pc.dim(`Since ${since}:`), ...table(layers.map(layerRow)).map((row) => `  ${row}`)]),
    ...notSeen.map(notSeenText),
    ...(stopped === undefined ? [] : [clean(stopped)]),
    ...causes.flatMap(causeLines),
    pc.dim(
      `${requests} requests.${trace === undefined ? '' : ` Recorded: strata replay ${trace.slice(0, 8)}${where}`}`,
    ),
  ];
}

function notSeenText({
  node,
  target,
  variant,
  withinSeconds,
  problems = [],
}: TraceDocument['notSeen'][number]): string {
  const said = problems.map((text) => `; ${clean(text).replace(/\.$/, '')}`);
  return `${node} ${target}/${variant}: not seen within ${spokenDuration(withinSeconds)}${said.join('')}.`;
}

function verdictText({ notSeen, ended, flips, events, expect, layers = [] }: TraceDocument): string {
  if (!events.some((e) => e.type === 'origin-ready') && ended !== 'interrupted')
    return pc.yellow(expect === undefined ? 'No change was seen.' : `Not every origin served ${clean(expect)}.`);
  const places = layers.reduce((sum, { of }) => sum + of, 0);
  if (notSeen.length > 0)
    return pc.yellow(`Not seen on ${notSeen.length}${places === 0 ? '' : ` of ${places}`} places.`);
  if (ended === 'visible' && flips.length === 0)
    return pc.green('Visible everywhere, already at the first look: nothing was seen to change.');
  return ended === 'interrupted' ? pc.yellow('Ended before it was known.') : pc.green('Visible everywhere.');
}

function layerRow({ layer, percentiles, seen, of }: Layers[number]): string[] {
  const shares = Object.entries(percentiles).flatMap(([name, within]) =>
    within === undefined ? [] : [`${name} ${withinText(within)}`],
  );
  return [layer, `${seen} of ${of}`, ...shares];
}

/** Whole or as an interval, where the ends differ by what one would read. */
export function withinText({ earliest, latest }: { readonly earliest: number; readonly latest: number }): string {
  const [from, to] = [spokenDuration(earliest), spokenDuration(latest)];
  return from === to ? to : `${from} to ${to}`;
}

/** One line for a terminal, while it may still turn out otherwise. */
export function causeText({ id, layer, node, variant, summary }: Named): string {
  const where = [node ?? layer, variant].filter((part) => part !== undefined).join(' ');
  return `${pc.yellow(id)} ${clean(where)}: ${clean(summary)}`;
}

function causeLines({ evidence, refutedBy, action, ...named }: Cause): string[] {
  const line = (head: string, text: string) => `  ${pc.dim(head)} ${clean(text)}`;
  return [
    causeText(named),
    ...evidence.for.map((text) => line('for', text)),
    ...evidence.against.map((text) => line('against', text)),
    ...(refutedBy === undefined ? [] : [line('refuted by', refutedBy)]),
    ...(action === undefined ? [] : [line('do', action)]),
  ];
}

type Cause = TraceDocument['causes'][number];
type Named = Pick<Cause, 'id' | 'layer' | 'node' | 'variant' | 'summary'>;
