// Traces that a service would have recorded, for the page's tests: made-up sites, summed up by the real model.
import { traceDocument } from '../../shared/documents.ts';
import { propagated } from '../../shared/propagation.ts';
import { observerEffect } from '../../shared/model/observer.ts';
import { readTrace } from '../../shared/model/reading.ts';
import type { Trace } from '../../shared/trace.ts';
import type { TraceDocument } from '../../shared/api.ts';
import { Site, crowd, recorded, shop } from '../fixtures/site.ts';

/** How a recorded propagation went. */
export interface Story {
  readonly id: string;
  readonly build: string;
  /** Seconds since the epoch. */
  readonly start: number;
  /** Nodes of the edge that the purge reaches; absent: all. */
  readonly reached?: readonly string[];
  /** The shield is purged after the edge: the old page comes back. */
  readonly race?: boolean;
  readonly nodes?: number;
  readonly causes?: TraceDocument['causes'];
  readonly interrupted?: boolean;
  readonly roll?: number;
}

/** Watches ten times a second (crowds: once): a deploy after 5 s, the shield's purge 1 s later, the edge's half a second after that. */
export function propagation(story: Story): Trace {
  const { id, build, start, reached, race = false, nodes, causes, interrupted = false } = story;
  const plan = nodes === undefined ? shop(start, 300) : crowd(start, nodes, 2, 300);
  const site = new Site({ ...plan, every: nodes === undefined ? 0.1 : 1 });
  const [edge, shield] = plan.layers;
  const deployed = start + 5;
  site.deploy(build, deployed, story.roll ?? 0.3);
  const purgeEdge = (at: number): void => {
    if (reached === undefined) site.purge(edge!.id, at);
    else for (const node of reached) site.purge(edge!.id, at, node);
  };
  purgeEdge(deployed + (race ? 1 : 1.5));
  site.purge(shield!.id, deployed + (race ? 1.5 : 1));
  const end = deployed + 8;
  const trace = recorded(site, site.advanceTo(end));
  const reading = readTrace(trace);
  const summary = traceDocument({
    startedAt: deployed,
    endedAt: end,
    expect: build,
    events: trace.events,
    flips: propagated({ reading: readTrace(trace), start: deployed, expect: build }, end),
    asked: observerEffect(reading),
  });
  return {
    ...trace,
    id,
    run: { kind: 'trace', expect: build },
    ...(interrupted
      ? { interruptedAt: end }
      : { endedAt: end, summary: causes === undefined ? summary : { ...summary, causes } }),
  };
}

/** The line that the service's list has for a trace. */
export function listed(trace: Trace): object {
  const { id, startedAt, endedAt, interruptedAt, run, topology, summary } = trace;
  return {
    id,
    kind: run?.kind ?? 'serve',
    state: interruptedAt === undefined ? 'finished' : 'interrupted',
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(interruptedAt === undefined ? {} : { interruptedAt }),
    ...(run?.expect === undefined ? {} : { expect: run.expect }),
    targets: topology.targets.map((t) => t.id),
    layerIds: topology.layers.map((l) => l.id),
    observations: trace.observations.length,
    events: trace.events.length,
    ...(summary === undefined
      ? {}
      : {
          percentiles: summary.percentiles,
          layers: summary.layers,
          notSeen: summary.notSeen.length,
          causes: summary.causes.map((c) => c.id),
          requests: summary.requests,
        }),
  };
}

const LOST: TraceDocument['causes'] = [
  {
    id: 'purge-lost',
    layer: 'edge',
    node: 'edge-nyc',
    confidence: 0.95,
    summary: 'The purge of edge-nyc was accepted, and the copy of before it is still served.',
    evidence: {
      for: ['Two exchanges that began after the acceptance show the same copy.', 'Its Age goes on counting.'],
      against: ['The node was asked for 6 s only.'],
    },
    refutedBy: 'An answer from edge-nyc with an Age that begins after the purge.',
    action: 'Purge edge-nyc once more, and ask it directly.',
  },
];

/** A history of seven, the newest last: one race, one lost purge, one that was cut off. */
export function history(now: number): Trace[] {
  const hour = 3600;
  const all: Story[] = [
    { id: 'trace-0', build: '11aa', start: now - 9 * hour, roll: 0.8 },
    { id: 'trace-1', build: '22bb', start: now - 7 * hour },
    { id: 'trace-2', build: '33cc', start: now - 6 * hour, roll: 0.5 },
    { id: 'trace-3', build: '44dd', start: now - 4 * hour, race: true },
    { id: 'trace-4', build: '55ee', start: now - 3 * hour, interrupted: true },
    { id: 'trace-5', build: '66ff', start: now - 2 * hour, reached: ['edge-ams', 'edge-gru'], causes: LOST },
    { id: 'trace-6', build: '77aa', start: now - hour },
  ];
  return all.map(propagation);
}
