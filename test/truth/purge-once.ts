// One purge through a watched stack: what is reported of each node, and what went through the gate in front of it?
import { setTimeout as sleep } from 'node:timers/promises';
import { flipsIn } from '../../shared/model/flips.ts';
import { contains, interval, type Instant, type Interval } from '../../shared/model/interval.ts';
import { changeIn } from '../../shared/model/reading.ts';
import { versionOf } from '../../shared/model/change.ts';
import type { Observation } from '../../shared/observation.ts';
import type { LabOrigin } from '../../probe/lab/origin.ts';
import { answerPurge } from '../../probe/trace/purge.ts';
import type { Session } from '../../probe/trace/session.ts';
import type { Gates } from './open-gates.ts';
import type { Passed } from './gates.ts';
import { trueFlip } from './true-flip.ts';

export interface Stack {
  readonly origin: LabOrigin;
  readonly session: Session;
  readonly gates: Gates;
  readonly site: string;
  /** The caches' ids, outermost first. */
  readonly nodes: readonly string[];
  /** Everything asked so far; emptied by whoever reads it. */
  readonly asked: Observation[];
}

/** What came of one purge at one node. */
export interface Turned {
  readonly purge: number;
  readonly node: string;
  readonly build: string;
  /** Absent where no flip was reported. */
  readonly reported?: Interval;
  /** Absent where the node never turned. */
  readonly truth?: Interval;
  /** The questions around the turn; absent where none was answered with the new build. */
  readonly bounds?: Bounds;
  /** For whoever wants to know why. */
  readonly asked: readonly Observation[];
  readonly passed: readonly Passed[];
}

/** Between which questions did the node turn? Seconds. */
export interface Bounds {
  /** From the last question before it to the one that the new build answered. */
  readonly spacing: number;
  /** Of that one: the node may have had to fetch the page. */
  readonly roundTrip: number;
}

export const isContained = ({ reported, truth }: Turned): boolean =>
  reported !== undefined &&
  truth !== undefined &&
  contains(reported, truth.earliest) &&
  contains(reported, truth.latest);

/** How long one change may take to be everywhere before it counts as never seen. Seconds. */
const PATIENCE = 15;

/** Deploys, purges inside out once the origins are ready, and waits until every cache shows it. */
export async function purgeOnce(stack: Stack, purge: number): Promise<Turned[]> {
  const { session, gates, origin, site, asked } = stack;
  const { build } = await origin.deploy({ site });
  await until(() => changeIn(session.reading, 'page', 'default', build).ready);
  // so that each was last asked a moment ago, and what is noted begins before the purge
  asked.length = 0;
  await gates.notes();
  await sleep(300);
  const start = session.now();
  await answerPurge(session, { betweenWaves: 0.05 });
  await until(() => stack.nodes.every((node) => shows(session, node, build)));
  const passed = await gates.notes();
  const { flips } = flipsIn(session.reading, start, build, session.now());
  return stack.nodes.map((node): Turned => {
    const reported = flips.find((f) => f.node === node && !f.back && f.flippedAt.latest >= start)?.flippedAt;
    const truth = trueFlip(passed, node, build);
    const own = asked.filter((o) => o.node === node);
    return {
      purge,
      node,
      build,
      ...(reported === undefined ? {} : { reported }),
      ...(truth === undefined ? {} : { truth }),
      ...boundsIn(own, build),
      asked: own,
      passed: passed.filter((p) => p.node === node),
    };
  });
}

function boundsIn(asked: readonly Observation[], build: string): Pick<Turned, 'bounds'> {
  const inOrder = asked.toSorted((a, b) => a.requestTime - b.requestTime);
  const first = inOrder.findIndex(({ result }) => result.kind === 'answer' && result.marker === build);
  const [before, after] = [inOrder[first - 1], inOrder[first]];
  if (before === undefined || after === undefined) return {};
  const spacing = after.requestTime - before.requestTime;
  return { bounds: { spacing, roundTrip: after.responseTime - after.requestTime } };
}

function shows(session: Session, node: string, build: string): boolean {
  const change = changeIn(session.reading, 'page', 'default', build);
  const track = [...session.reading.tracks.values()].find((t) => t.state.node === node);
  return track !== undefined && versionOf(track.state, change) === 'new';
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + PATIENCE * 1000; !isSo() && performance.now() < end;) await sleep(5);
}

/** What somebody needs to look at it: both intervals, and what was asked and passed around them, in milliseconds. */
export function story({ purge, node, build, reported, truth, asked, passed }: Turned): string {
  const from = Math.min(reported?.earliest ?? Infinity, truth?.earliest ?? Infinity) - 0.02;
  const to = Math.max(reported?.latest ?? -Infinity, truth?.latest ?? -Infinity) + 0.02;
  const near = (a: Instant, b: Instant) => !Number.isFinite(from) || (b >= from && a <= to);
  const at = (i: Interval | undefined) =>
    i === undefined ? 'never' : `${ms(i.earliest, from)} to ${ms(i.latest, from)}`;
  const own = asked.filter((o) => near(o.requestTime, o.responseTime));
  return [
    `purge ${purge}, ${node}, build ${build}: reported ${at(reported)}, true ${at(truth)} (ms)`,
    ...own.map((o) => `  asked  ${at(interval(o.requestTime, o.responseTime))} ${answerText(o)}`),
    ...passed
      .filter((p) => near(p.sentAt, p.answeredAt))
      .map((p) => `  passed ${at(interval(p.sentAt, p.answeredAt))} ${p.method} ${p.status} ${p.etag}`),
  ].join('\n');
}

const ms = (at: Instant, from: Instant): string => ((at - (Number.isFinite(from) ? from : 0)) * 1000).toFixed(3);

const answerText = ({ result }: Observation): string =>
  result.kind === 'failure' ? result.message : `${result.status} ${result.marker ?? ''}`;
