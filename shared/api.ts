// What may be asked over HTTP, and what is answered? Schemas for reading requests and for the OpenAPI document; web/
// imports only the types. Documents carry ISO 8601 instants; traces carry seconds, as their files do.
import { z } from 'zod';
import { cacheStatus, percentiles, seconds } from './api-parts.ts';
import type { Trace } from './trace.ts';

export { explainDocument, explainRequest } from './api-explain.ts';
export type { ExplainDocument, ExplainRequest } from './api-explain.ts';

export { discoverDocument, discoverRequest } from './api-discover.ts';
export type { DiscoverDocument, DiscoverRequest } from './api-discover.ts';

export { forgottenDocument, tracesDocument, tracesQuery } from './api-traces.ts';
export type { ForgottenDocument, TracesDocument, TracesQuery } from './api-traces.ts';

const instant = z.iso.datetime().meta({ id: 'Instant', description: 'ISO 8601, UTC, milliseconds.' });
const interval = z.object({ earliest: instant.optional(), latest: instant.optional() }).meta({
  id: 'Interval',
  description: 'The true instant lies between the two; an end that nothing bounds is absent.',
});
const epoch = z.number().meta({ description: 'Seconds since the Unix epoch; fractions are kept.' });
/** An instant that a caller tells: any offset, never in the form of a bare number. */
const told = z.iso.datetime({ offset: true });
const name = z.string().min(1).max(200);

/** A node as every document names it. */
const where = { layer: z.string(), node: z.string(), target: z.string().optional(), variant: z.string() };

// requests: an unknown key is refused, so that a misspelt one is not silently ignored

const scope = { target: name.optional(), variant: name.optional(), layer: name.optional(), node: name.optional() };
const change = {
  expect: z.string().min(1).max(500).optional().meta({ description: 'The marker that the change brings.' }),
  deployed: z.array(told).max(100).optional(),
  purged: z
    .array(z.strictObject({ at: told, layer: name.optional() }))
    .max(100)
    .optional(),
};

const everything = z.boolean().optional().meta({ description: 'Also purge what names more than single URLs or tags.' });

export const lookRequest = z.strictObject(scope).meta({ id: 'LookRequest' });
export const whenRequest = z
  .strictObject({ ...scope, ...change, traffic: z.enum(['busy', 'quiet']).optional() })
  .meta({ id: 'WhenRequest' });
export const traceRequest = z
  .strictObject({
    ...scope,
    ...change,
    purge: z.boolean().optional().meta({ description: 'Also run the purge plan; needs the token.' }),
    everything,
    budget: z.number().positive().max(86_400).optional().meta({ description: 'The longest it may take, in seconds.' }),
  })
  .meta({ id: 'TraceRequest' });
export const purgeRequest = z
  .strictObject({
    ...scope,
    expect: change.expect.meta({ description: 'Hold the purge until every origin shows this marker.' }),
    dryRun: z.boolean().optional().meta({ description: 'Answer the plan and send nothing.' }),
    everything,
  })
  .meta({ id: 'PurgeRequest' });
export const deployRequest = z
  .strictObject({
    marker: z.string().min(1).max(500).optional(),
    at: told.optional().meta({ description: 'When the change went live; left out: now.' }),
  })
  .meta({ id: 'DeployRequest' });
export const labDeployRequest = z
  .strictObject({
    rollSeconds: z
      .number()
      .min(0)
      .max(3600)
      .optional()
      .meta({ description: 'Over which the origins change, in turn.' }),
  })
  .meta({ id: 'LabDeployRequest' });
export const labSettings = z
  .strictObject({ maxAge: z.number().int().min(0).max(31_536_000).meta({ description: 'Seconds.' }) })
  .meta({ id: 'LabSettings' });

// documents

const timings = z
  .object({
    dns: seconds.optional(),
    connect: seconds.optional(),
    tls: seconds.optional(),
    ttfb: seconds.optional(),
    total: seconds,
  })
  .meta({ id: 'Timings' });

export const lookDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('look'),
    at: instant,
    nodes: z.array(
      z.object({
        ...where,
        url: z.string(),
        status: z.number().optional(),
        dialect: z.string().optional(),
        outcome: z.enum(['hit', 'stale', 'miss', 'revalidated', 'pass', 'origin', 'unknown', 'failed']),
        cacheStatus: cacheStatus.optional(),
        age: seconds.optional(),
        hits: z.number().optional(),
        lifetime: seconds.optional().meta({ description: 'Freshness lifetime as this product applies it.' }),
        generatedAt: interval.optional(),
        storedAt: interval.optional(),
        freshUntil: interval.optional(),
        mayServeUntil: interval.optional(),
        marker: z.string().optional(),
        digest: z.string().optional(),
        version: z.enum(['new', 'old', 'other']).optional(),
        timings,
        because: z.array(z.string()).meta({ description: 'Why it is read so, one sentence each.' }),
        problems: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'LookDocument' });

const expected = {
  earliest: instant,
  median: instant.optional(),
  latest: instant.optional().meta({ description: 'Absent where nothing bounds it.' }),
  band90: z.tuple([instant, instant]).optional(),
  visible: z.boolean().optional().meta({ description: 'It showed the change when the forecast was made.' }),
};
const term = z
  .object({
    layer: z.string(),
    node: z.string().optional(),
    seconds,
    because: z.string().meta({ description: 'One sentence.' }),
    code: z.string().meta({ description: 'The same, for programs.' }),
  })
  .meta({ id: 'Term' });

export const whenDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('when'),
    at: instant,
    changes: z.array(
      z.object({
        target: z.string(),
        variant: z.string(),
        expect: z.string().optional(),
        originReady: z.boolean().meta({ description: 'Every origin node that answers serves it.' }),
      }),
    ),
    forecasts: z.array(
      z.object({
        audience: z.enum(['new-visitor', 'browser-copy', 'next-layer']),
        ...where,
        ...expected,
        traffic: z.enum(['busy', 'quiet']),
        terms: z.array(term),
      }),
    ),
    everywhere: z.object(expected).optional(),
  })
  .meta({ id: 'WhenDocument' });

const cause = z
  .object({
    id: z.string(),
    layer: z.string().optional(),
    node: z.string().optional(),
    target: z.string().optional(),
    variant: z.string().optional(),
    confidence: z.number().min(0).max(1),
    summary: z.string(),
    evidence: z.object({ for: z.array(z.string()), against: z.array(z.string()) }),
    refutedBy: z.string().optional(),
    clears: interval.optional(),
    action: z.string().optional(),
  })
  .meta({ id: 'Cause' });
const traceEvent = z
  .object({
    type: z.enum(['deploy', 'origin-ready', 'purge-sent', 'purge-accepted']),
    at: interval,
    marker: z.string().optional(),
    layer: z.string().optional(),
    node: z.string().optional(),
  })
  .meta({ id: 'TraceEvent' });
/** What one purge request was for. */
const purged = {
  layer: z.string(),
  node: z.string().optional().meta({ description: 'Absent: one request for all nodes of the layer.' }),
  target: z.string().optional(),
  variant: z.string().optional(),
  pages: z.array(z.object({ target: z.string(), variant: z.string() })).optional(),
  scope: z.enum(['url', 'tag', 'prefix', 'host', 'all']).optional(),
  soft: z.boolean().optional(),
};

const purgeReceipt = z
  .object({
    ...purged,
    method: z.string().optional(),
    url: z.string().optional(),
    rebound: z.boolean().optional(),
    outcome: z.enum(['unknown', 'accepted', 'was-not-there', 'refused', 'failed']),
    sentAt: instant,
    answeredAt: instant.optional(),
    status: z.number().optional(),
    vendorId: z.string().optional().meta({ description: 'What the vendor calls this purge.' }),
    retryAfterSeconds: seconds.optional(),
    claimedDoneAt: instant.optional().meta({ description: 'When the vendor said it is done: a claim.' }),
    summary: z.string(),
  })
  .meta({ id: 'PurgeReceipt' });

const touched = {
  refreshing: z.number().int().meta({ description: 'Requests for which a cache fetched or validated its copy.' }),
  stale: z
    .number()
    .int()
    .meta({ description: 'Requests answered stale: the copy may have been refreshed behind them.' }),
  untold: z.number().int().meta({ description: 'Requests of which nothing tells whether they changed anything.' }),
};

export const traceDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('trace'),
    trace: z.string().optional().meta({ description: 'Id of the recorded trace.' }),
    startedAt: instant,
    startedBy: z.enum(['deploy', 'purge', 'now']).optional().meta({
      description: 'What everything is counted from: a deploy that was told, the first purge sent, or the beginning.',
    }),
    ended: z
      .enum(['visible', 'budget', 'interrupted'])
      .optional()
      .meta({ description: 'Why it ended: the change is visible at every place, time was out, or it was stopped.' }),
    stopped: z.string().optional().meta({ description: 'Why a purge was not carried out to its end.' }),
    receipts: z.array(purgeReceipt).optional().meta({ description: 'The purges that were sent while it ran.' }),
    endedAt: instant,
    expect: z.string().optional(),
    events: z.array(traceEvent),
    flips: z.array(
      z.object({
        ...where,
        flippedAt: interval,
        back: z.boolean().meta({ description: 'It showed the old version again.' }),
      }),
    ),
    percentiles,
    layers: z
      .array(z.object({ layer: z.string(), percentiles, seen: z.number().int(), of: z.number().int() }))
      .optional()
      .meta({ description: 'Caches, outermost first: places that were seen to show it, of all that were watched.' }),
    wavered: z
      .array(z.object({ ...where, settledAt: interval.optional() }))
      .optional()
      .meta({ description: 'Showed the old version again after the new; settledAt: since when no more.' }),
    notSeen: z.array(
      z.object({
        ...where,
        withinSeconds: seconds,
        problems: z
          .array(z.string())
          .optional()
          .meta({ description: 'Why its last answer tells nothing, or not all.' }),
      }),
    ),
    causes: z.array(cause),
    requests: z.number(),
    observer: z
      .object({
        ...touched,
        nodes: z.array(z.object({ layer: z.string(), node: z.string(), requests: z.number().int(), ...touched })),
      })
      .optional()
      .meta({ description: 'What asking may itself have changed: of all requests, and of those to each node.' }),
  })
  .meta({ id: 'TraceDocument' });

export const purgeDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('purge'),
    dryRun: z.boolean(),
    steps: z.array(
      z.object({
        ...purged,
        method: z.string(),
        url: z.string(),
        wave: z.number().int().meta({ description: 'Waves are sent one after the other, 0 first.' }),
        afterSeconds: seconds.optional().meta({ description: 'Waited for before this wave.' }),
        rebound: z.boolean().optional().meta({ description: 'The same once more, after everything else.' }),
        because: z.string(),
      }),
    ),
    warnings: z.array(z.string()),
    stopped: z.string().optional().meta({ description: 'Why the outer layers were left alone.' }),
    receipts: z.array(purgeReceipt),
  })
  .meta({ id: 'PurgeDocument' });

export const deployDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('deploy'),
    trace: z.string().meta({ description: 'Id of the trace that records it.' }),
    at: interval,
    marker: z.string().optional(),
  })
  .meta({ id: 'DeployDocument' });

export const labDeployment = z.object({ build: z.string() }).meta({ id: 'LabDeployment' });

export const traceFile = z
  .custom<Trace>()
  .meta({ id: 'Trace', type: 'object', description: 'A trace file: shared/trace.ts; instants in seconds.' });

export const liveDocument = z
  .object({
    strata: z.literal(1),
    verb: z.literal('live'),
    now: epoch,
    lab: z.boolean(),
    lastEventId: z.number().meta({ description: 'Ask /api/v1/events for what follows it.' }),
    mayPurge: z.boolean(),
    trace: traceFile,
  })
  .meta({ id: 'LiveDocument' });

/** The first event of a stream. */
export const hello = z
  .object({
    now: epoch,
    lastEventId: z.number(),
    trace: z.string().meta({ description: 'Another id than before: ask /api/v1/live again.' }),
    gap: z.boolean().meta({ description: 'Some of what was missed is no longer held: ask /api/v1/live again.' }),
  })
  .meta({ id: 'Hello' });

export const health = z
  .object({ status: z.literal('ok'), version: z.string(), store: z.enum(['ok', 'read-only']) })
  .meta({ id: 'Health' });

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(z.object({ place: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong in the request; place is a dotted path.' }),
  })
  .meta({ id: 'Problem' });

export type LookRequest = z.infer<typeof lookRequest>;
export type WhenRequest = z.infer<typeof whenRequest>;
export type TraceRequest = z.infer<typeof traceRequest>;
export type PurgeRequest = z.infer<typeof purgeRequest>;
export type DeployRequest = z.infer<typeof deployRequest>;
export type LabDeployRequest = z.infer<typeof labDeployRequest>;
export type LabSettings = z.infer<typeof labSettings>;
export type LookDocument = z.infer<typeof lookDocument>;
export type WhenDocument = z.infer<typeof whenDocument>;
export type TraceDocument = z.infer<typeof traceDocument>;
export type PurgeDocument = z.infer<typeof purgeDocument>;
export type DeployDocument = z.infer<typeof deployDocument>;
export type LabDeployment = z.infer<typeof labDeployment>;
export type LiveDocument = z.infer<typeof liveDocument>;
export type Hello = z.infer<typeof hello>;
export type Health = z.infer<typeof health>;
export type Problem = z.infer<typeof problem>;
