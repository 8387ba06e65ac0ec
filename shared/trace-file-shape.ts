// What must stand in a trace file? The shape of shared/trace.ts and of what it is made of, as checks that run anywhere.
import type { TraceDocument } from './api.ts';
import type { Forecast, Term } from './model/forecast.ts';
import type { Interval } from './model/interval.ts';
import type { PurgeEffect } from './model/purge/effect.ts';
import type { Answer, Failure, Observation, ProbeRequest, Timings } from './observation.ts';
import {
  anything,
  flag,
  list,
  number,
  oneOf,
  optional,
  record,
  shaped,
  text,
  tuple,
  when,
  type Check,
} from './shape.ts';
import type { Layer, Node, Policy, Target, Topology, Variant } from './topology.ts';
import type { PurgeReceipt, RecordedForecast, Run, Score, Trace, TraceEvent } from './trace.ts';

const maybeText = optional(text);
const maybeNumber = optional(number);
const texts = list(text);

/** JSON has no infinity: an end that nothing bounds is null. */
const end: Check = (raw) => (raw === null ? undefined : number(raw));
const interval = shaped<Interval>({ earliest: end, latest: end });

const node = shaped<Node>({ id: text, address: text });
const policy = shaped<Policy>({
  cap: maybeNumber,
  grace: maybeNumber,
  keep: maybeNumber,
  defaultTtl: maybeNumber,
  honoursAge: optional(flag),
  staleOnError: maybeNumber,
  ignores: optional(texts),
});
const layer = shaped<Layer>({
  id: text,
  role: oneOf('cache', 'origin'),
  dialect: maybeText,
  nodes: list(node),
  parents: texts,
  placement: oneOf('any', 'hash'),
  policy,
  // how one purges it is for whoever sends, and no trace sends anything
  purge: optional(shaped<{ by: string }>({ by: text })),
  budget: number,
});
const variant = shaped<Variant>({ id: text, headers: record(text) });
const target = shaped<Target>({
  id: text,
  url: text,
  marker: record(anything),
  ignore: texts,
  assets: flag,
  sameAs: maybeText,
  alsoPurge: optional(texts),
  variants: list(variant),
});
const topology = shaped<Topology>({ title: maybeText, layers: list(layer), targets: list(target) });

const fields = list(tuple(text, text));
const request = shaped<ProbeRequest>({ method: text, url: text, address: text, fields });
const timings = shaped<Timings>({
  dns: maybeNumber,
  connect: maybeNumber,
  tls: maybeNumber,
  ttfb: maybeNumber,
  total: number,
});
const answer = shaped<Answer>({
  kind: oneOf('answer'),
  httpVersion: text,
  status: number,
  reason: text,
  fields,
  bytes: number,
  decodedBytes: number,
  digest: maybeText,
  marker: maybeText,
  assets: optional(texts),
  problems: optional(texts),
});
const failure = shaped<Failure>({
  kind: oneOf('failure'),
  source: oneOf('target', 'network', 'probe'),
  phase: text,
  code: text,
  message: text,
});
const where = { layer: text, node: text, target: text, variant: text };
const observation = shaped<Observation>({
  id: number,
  ...where,
  request,
  requestTime: number,
  responseTime: number,
  timings,
  result: when('kind', 'failure', failure, answer),
});

const event = shaped<TraceEvent>({
  id: number,
  type: oneOf('deploy', 'origin-ready', 'purge-sent', 'purge-accepted'),
  at: interval,
  marker: maybeText,
  layer: maybeText,
  node: maybeText,
});
const page = shaped<{ target: string; variant: string }>({ target: text, variant: text });
const receipt = shaped<PurgeReceipt>({
  id: number,
  layer: text,
  node: maybeText,
  target: maybeText,
  variant: maybeText,
  pages: optional(list(page)),
  effect: optional(
    shaped<PurgeEffect>({ scope: text, soft: flag, variants: oneOf('all', 'one'), settles: maybeNumber }),
  ),
  rebound: optional(oneOf(true)),
  method: text,
  url: text,
  outcome: oneOf('unknown', 'accepted', 'was-not-there', 'refused', 'failed'),
  sentAt: number,
  answeredAt: maybeNumber,
  status: maybeNumber,
  vendorId: maybeText,
  retryAfter: maybeNumber,
  claimedDoneAt: maybeNumber,
  summary: text,
});

const term = shaped<Term>({
  layer: text,
  node: maybeText,
  seconds: number,
  because: shaped<{ code: string }>({ code: text }),
});
const forecast = shaped<Forecast>({
  audience: oneOf('new-visitor', 'browser-copy', 'next-layer'),
  ...where,
  madeAt: number,
  traffic: oneOf('busy', 'quiet'),
  earliest: number,
  latest: maybeNumber,
  median: maybeNumber,
  band90: optional(tuple(number, number)),
  visible: flag,
  terms: list(term),
});
const score = shaped<Score>({
  flippedAt: interval,
  boundsHeld: flag,
  bandHeld: flag,
  absoluteError: number,
  naiveError: maybeNumber,
});

const run = shaped<Run>({
  kind: oneOf('trace', 'purge', 'wait'),
  expect: maybeText,
  layer: maybeText,
  node: maybeText,
  target: maybeText,
  variant: maybeText,
  since: maybeNumber,
});

/** A document may say more than is named here; what is read of an older one is this. */
type Said = Pick<
  TraceDocument,
  'startedAt' | 'endedAt' | 'expect' | 'flips' | 'percentiles' | 'notSeen' | 'causes' | 'requests'
>;
const place = { layer: text, node: text, target: maybeText, variant: text };
const iso = shaped<{ earliest?: string; latest?: string }>({ earliest: maybeText, latest: maybeText });
const summary = shaped<Said>({
  startedAt: text,
  endedAt: text,
  expect: maybeText,
  flips: list(
    shaped<Pick<Said['flips'][number], keyof typeof place | 'flippedAt' | 'back'>>({
      ...place,
      flippedAt: iso,
      back: flag,
    }),
  ),
  percentiles: record(interval),
  notSeen: list(
    shaped<Pick<Said['notSeen'][number], keyof typeof place | 'withinSeconds'>>({ ...place, withinSeconds: number }),
  ),
  causes: list(
    shaped<{ id: string; layer?: string; node?: string; summary: string }>({
      id: text,
      layer: maybeText,
      node: maybeText,
      summary: text,
    }),
  ),
  requests: number,
});

/** A whole trace file. */
export const trace = shaped<Trace>({
  strata: oneOf(1),
  kind: oneOf('trace'),
  id: text,
  startedAt: number,
  endedAt: maybeNumber,
  interruptedAt: maybeNumber,
  run: optional(run),
  topology,
  observations: list(observation),
  events: list(event),
  receipts: list(receipt),
  forecasts: list(shaped<RecordedForecast>({ id: number, forecast, score: optional(score) })),
  omitted: maybeNumber,
  summary: optional(summary),
});
