// From which event does a propagation count, and until when does it go on?
import type { Instant, Interval } from '../../shared/model/interval.ts';
import type { Trace, TraceEvent } from '../../shared/trace.ts';

export interface Start {
  /** What happened then; `look`: nothing was told, counted from the first look. */
  readonly kind: 'deploy' | 'purge' | 'origin-ready' | 'look';
  /** Seconds since the epoch; its later end where it was inferred. */
  readonly at: Instant;
  /** The content that counts as new, where it was told. */
  readonly expect?: string;
  /** When the next change began: what came after belongs to that one. */
  readonly until?: Instant;
}

/** Two events of one change are seldom further apart; a purge that follows a deploy later than this is its own start. */
const TOGETHER = 600;

type Told = Extract<TraceEvent, { type: 'deploy' | 'origin-ready' }>;

const toldIn = (events: readonly TraceEvent[], type: Told['type']): Told[] =>
  events.filter((e): e is Told => e.type === type);

/** The first of each run of purges that belong to no deploy. */
function purgesAlone(events: readonly TraceEvent[], deploys: readonly Interval[]): Instant[] {
  const sent = events.filter((e) => e.type === 'purge-sent').map((e) => e.at.earliest);
  const starts: Instant[] = [];
  let last = -Infinity;
  for (const at of sent.toSorted((a, b) => a - b)) {
    const belongs = deploys.some((d) => at >= d.earliest && at - d.latest < TOGETHER);
    if (!belongs && at - last > 60) starts.push(at);
    last = at;
  }
  return starts;
}

/** Every start that the events tell of, oldest first. An origin that turned without a told deploy is a start as well. */
export function startsIn(events: readonly TraceEvent[]): Start[] {
  const deploys = toldIn(events, 'deploy');
  const ready = toldIn(events, 'origin-ready').filter(
    (r) => !deploys.some((d) => d.at.earliest <= r.at.latest && (d.marker === undefined || d.marker === r.marker)),
  );
  const told: Start[] = [
    ...deploys.map((e) => started('deploy', e.at, e.marker ?? readyMarker(events, e))),
    ...ready.map((e) => started('origin-ready', e.at, e.marker)),
  ];
  const bounds = [...deploys, ...ready].map((e) => e.at);
  const all = [...told, ...purgesAlone(events, bounds).map((at): Start => ({ kind: 'purge', at }))];
  const sorted = all.toSorted((a, b) => a.at - b.at);
  return sorted.map((s, i) => {
    const next = sorted[i + 1];
    return next === undefined ? s : { ...s, until: next.at };
  });
}

function started(kind: Start['kind'], at: Interval, expect: string | undefined): Start {
  const end = Number.isFinite(at.earliest) ? at.earliest : at.latest;
  return { kind, at: kind === 'deploy' ? at.latest : end, ...(expect === undefined ? {} : { expect }) };
}

/** A deploy that did not say its marker is told apart by the first one that the origins showed after it. */
function readyMarker(events: readonly TraceEvent[], deploy: Told): string | undefined {
  const after = toldIn(events, 'origin-ready').find((e) => e.at.latest >= deploy.at.earliest);
  const next = toldIn(events, 'deploy').find((e) => e.at.earliest > deploy.at.latest);
  return after === undefined || (next !== undefined && next.at.earliest <= after.at.latest) ? undefined : after.marker;
}

/** What a recorded run counts from: what its document says, else its own first event, else its beginning. */
export function startOf(trace: Pick<Trace, 'startedAt' | 'run' | 'summary' | 'events'>): Start {
  const expect = trace.summary?.expect ?? trace.run?.expect;
  const told = expect === undefined ? {} : { expect };
  const starts = startsIn(trace.events);
  const matching = starts.findLast((s) => expect === undefined || s.expect === undefined || s.expect === expect);
  const said = Date.parse(trace.summary?.startedAt ?? '') / 1000;
  if (Number.isFinite(said)) {
    // a document's instants have milliseconds
    const event = starts.find((s) => Math.abs(s.at - said) < 0.002);
    const by = trace.summary?.startedBy;
    return { kind: by === undefined ? (event?.kind ?? 'look') : by === 'now' ? 'look' : by, at: said, ...told };
  }
  if (matching === undefined) return { kind: 'look', at: trace.startedAt, ...told };
  return { ...matching, ...told };
}
