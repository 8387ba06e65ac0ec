// What does a recorded trace say by today's dialects, and where is that other than what was said when it was recorded?
import type { TraceDocument } from './api.ts';
import { traceDocument, type IsoInterval } from './documents.ts';
import { spokenDuration } from './duration.ts';
import { chanceFrom } from './model/chance.ts';
import type { Instant } from './model/interval.ts';
import { observerEffect } from './model/observer.ts';
import { changeIn, readTrace, type Reading } from './model/reading.ts';
import { propagated, type Propagated } from './propagation.ts';
import type { Run, Trace } from './trace.ts';

export interface Replayed {
  readonly document: TraceDocument;
  /** One sentence each; empty where it says the same, or where nothing was said then. */
  readonly differences: readonly string[];
}

/** States, flips, percentiles and causes, from the observations, events and receipts alone. */
export function replayed(trace: Trace): Replayed {
  const { run, summary, events, receipts } = trace;
  const reading = readTrace(trace);
  const [startedAt, endedAt] = [startOf(trace), summary === undefined ? endOf(trace) : instantOf(summary.endedAt)];
  const expect = run?.expect ?? summary?.expect ?? expectedIn(reading);
  const document = traceDocument({
    startedAt,
    ...(summary?.startedBy === undefined ? {} : { startedBy: summary.startedBy }),
    endedAt,
    events,
    ...(receipts.length > 0 && { receipts }),
    flips: flipsAt(reading, run, startedAt, endedAt),
    asked: observerEffect(reading),
    ...(expect === undefined ? {} : { expect }),
  });
  return {
    document: { ...document, trace: trace.id },
    differences: summary === undefined ? [] : differences(summary, document),
  };
}

/**
 * The instant that was said to be the start, as exactly as it was recorded; where nothing was said, the deploy, else the
 * first purge, else the beginning. A service watches from deploy to deploy: there the last one counts.
 */
function startOf({ run, summary, startedAt, events, receipts }: Trace): Instant {
  if (run?.since !== undefined) return run.since;
  const deploys = events.flatMap((e) => (e.type === 'deploy' ? [e.at.earliest] : []));
  const sent = receipts.map((r) => r.sentAt);
  if (summary === undefined) return deploys.at(-1) ?? (sent.length > 0 ? Math.min(...sent) : startedAt);
  const said = instantOf(summary.startedAt);
  return [...deploys, ...sent.toSorted((a, b) => a - b), startedAt].find((at) => Math.abs(at - said) < SAME) ?? said;
}

const instantOf = (text: string): Instant => Date.parse(text) / 1000;

/** The last instant that is certain. */
export function endOf({ endedAt, interruptedAt, startedAt, observations }: Trace): Instant {
  return endedAt ?? interruptedAt ?? observations.reduce((last, o) => Math.max(last, o.responseTime), startedAt);
}

/** Where nobody told what to wait for: the first page whose origins were seen to change. */
function expectedIn(reading: Reading): string | undefined {
  for (const { state } of reading.tracks.values()) {
    const change = changeIn(reading, state.target, state.variant);
    if (change.previous.length > 0) return change.expect;
  }
  return undefined;
}

/** How it went where it was watched for its own sake; the origins beside that only tell what is new. */
function flipsAt(reading: Reading, run: Run | undefined, start: Instant, end: Instant): Propagated {
  const only = (['layer', 'node', 'target', 'variant'] as const).filter((key) => run?.[key] !== undefined);
  const another = new Set(reading.topology.targets.flatMap((t) => (t.sameAs === undefined ? [] : [t.id])));
  const isChosen = (place: Place): boolean =>
    only.every((key) => place[key] === run?.[key]) &&
    // another form of the URL counts only where the origins serve the page under it
    (!another.has(place.target) || changeIn(reading, place.target, place.variant, run?.expect).ready);
  const told = run?.expect === undefined ? {} : { expect: run.expect };
  return propagated({ reading, start, isChosen, ...told }, end, chanceFrom(1));
}

type Place = Pick<Propagated['flips'][number], 'layer' | 'node' | 'target' | 'variant'>;

/** Instants of documents are whole milliseconds, and a second reading of the same numbers rounds the same. */
const SAME = 0.0015;

function differences(then: TraceDocument, now: TraceDocument): string[] {
  return [...flipDifferences(then, now), ...percentileDifferences(then, now), ...causeDifferences(then, now)];
}

type Flip = TraceDocument['flips'][number];

function flipDifferences(then: TraceDocument, now: TraceDocument): string[] {
  const [before, after] = [byPlace(then.flips), byPlace(now.flips)];
  const gone = [...before].flatMap(([place, flip]) => {
    const again = after.get(place);
    if (again === undefined) return [`${place}: it was said to turn ${between(flip.flippedAt)}; now it is not.`];
    if (isSame(flip.flippedAt, again.flippedAt)) return [];
    return [`${place}: it was said to turn ${between(flip.flippedAt)}; now ${between(again.flippedAt)}.`];
  });
  const come = [...after].flatMap(([place, flip]) =>
    before.has(place) ? [] : [`${place}: it turns ${between(flip.flippedAt)}; that was not said then.`],
  );
  return [...gone, ...come];
}

/** The n-th turn of each place, to the new version or back. */
function byPlace(flips: readonly Flip[]): Map<string, Flip> {
  const seen = new Map<string, number>();
  return new Map(
    flips.map((flip) => {
      const { layer, node, target = '', variant, back } = flip;
      const place = `${layer}/${node} ${target}/${variant}${back ? ' (back to the old version)' : ''}`;
      const nth = (seen.get(place) ?? 0) + 1;
      seen.set(place, nth);
      return [nth === 1 ? place : `${place}, for the ${nth}. time`, flip];
    }),
  );
}

const seconds = (at: string | undefined): number => (at === undefined ? Number.NaN : Date.parse(at) / 1000);

function isSame(a: IsoInterval, b: IsoInterval): boolean {
  return (['earliest', 'latest'] as const).every(
    (end) => a[end] === b[end] || Math.abs(seconds(a[end]) - seconds(b[end])) < SAME,
  );
}

const between = ({ earliest, latest }: IsoInterval): string =>
  earliest === undefined ? `before ${latest ?? 'the end'}` : `between ${earliest} and ${latest ?? 'the end'}`;

function percentileDifferences(then: TraceDocument, now: TraceDocument): string[] {
  return (['p50', 'p90', 'p99'] as const).flatMap((name) => {
    const [before, after] = [then.percentiles[name], now.percentiles[name]];
    if (before === undefined && after === undefined) return [];
    if (before === undefined) return [`${name} is within ${spokenDuration(after?.latest ?? 0)}; it was not told then.`];
    if (after === undefined)
      return [`${name} was said to be within ${spokenDuration(before.latest)}; now it is not known.`];
    const same = Math.abs(before.latest - after.latest) < SAME && Math.abs(before.earliest - after.earliest) < SAME;
    const text = `${name} was said to be within ${spokenDuration(before.latest)}; now within ${spokenDuration(after.latest)}.`;
    return same ? [] : [text];
  });
}

function causeDifferences(then: TraceDocument, now: TraceDocument): string[] {
  const named = ({ id, layer, node }: TraceDocument['causes'][number]): string =>
    [id, [layer, node].filter((part) => part !== undefined).join('/')].join(' at ').replace(/ at $/, '');
  const [before, after] = [new Set(then.causes.map(named)), new Set(now.causes.map(named))];
  return [
    ...[...before].filter((name) => !after.has(name)).map((name) => `${name} was found then, and is not found now.`),
    ...[...after].filter((name) => !before.has(name)).map((name) => `${name} is found now, and was not found then.`),
  ];
}
