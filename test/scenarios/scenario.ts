// What is one case of caching behaviour, so that the model, the lab's proxy and a real daemon can all play it?
import { z } from 'zod';

/**
 * Field lines in wire order. In values, `{now}`, `{now-60}`, `{now+3600}` become HTTP dates by the origin's clock, `{origin}`
 * the scheme and authority that the client asks for, and `{root}` that and the scenario's own folder.
 */
const fields = z.array(z.tuple([z.string(), z.string()]));

/** What the origin does when it is asked. */
const originAnswer = z.strictObject({
  status: z.int().min(100).max(999).default(200),
  /** Besides Date (now, unless given here or switched off) and the framing. */
  fields: fields.default([]),
  date: z.boolean().default(true),
  /** Default: a text that names the step, so that every answer is recognised. */
  body: z.string().optional(),
  /** `first-last/length`: 206 with these bytes of `body`, and a Content-Range that says so. Then the body is 0123456789 by default. */
  part: z
    .string()
    .regex(/^\d+-\d+\/(\d+|\*)$/)
    .optional(),
  /** Seconds between the request and the head. */
  delay: z.number().min(0).default(0),
  /** `refuse`: the connection is reset before any byte; `cut`: after half the body. */
  fail: z.enum(['refuse', 'cut']).optional(),
  trailers: fields.optional(),
  /** Where the request names the validator that stands in `fields`: 304 without a body instead. */
  validates: z.boolean().default(false),
});

const request = z.strictObject({
  method: z.string().default('GET'),
  /** Within the scenario's own folder: `` is its page. */
  path: z.string().default(''),
  fields: fields.default([]),
  body: z.string().optional(),
});

/** What must be seen. What is not named may be anything. */
const expectation = z.strictObject({
  /** Whether the origin is asked before the client has its answer, and with a precondition of the cache's own or not. */
  origin: z.enum(['not-asked', 'asked', 'conditional', 'unconditional']).optional(),
  /** Whether the origin is asked by the time the scenario goes on, though the client was answered without it. */
  background: z.enum(['not-asked', 'asked', 'conditional']).optional(),
  status: z.int().optional(),
  /** The number of the step, from 1, whose origin answer the body is; or the text itself. */
  body: z.union([z.int(), z.string()]).optional(),
  /** The parts of multipart/byteranges, in order: the Content-Range and the bytes of each. */
  parts: z.array(z.tuple([z.string(), z.string()])).optional(),
  /** Whether all of the content came. */
  whole: z.boolean().optional(),
  /** Value of the response field as RFC 9110 section 5.2 combines it; null: absent; `/…/`: a pattern. */
  fields: z.record(z.string(), z.string().nullable()).default({}),
  /** Seconds of Age, least and most. */
  age: z.tuple([z.number(), z.number()]).optional(),
  /** Fields of the request that the origin got last in this step. */
  sent: z.record(z.string(), z.string().nullable()).default({}),
});

const step = z.strictObject({
  /** Seconds between the start of the step before and the start of this one, besides what schedule.ts adds. */
  wait: z.number().min(0).default(0),
  /** Clients that send the same request at the same time. */
  clients: z.int().min(1).default(1),
  request: request.prefault({}),
  /** The origin's answers in this step, in order; the last is repeated. */
  answers: z.array(originAnswer).min(1).prefault([{}]),
  expect: expectation.optional(),
});

export const scenario = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** RFC and section, or the vendor's page. */
  reference: z.string().min(1),
  /** `required`: the standard demands it. `optional`: it permits it and a good cache does it. */
  kind: z.enum(['required', 'optional']),
  steps: z.array(step).min(1),
});

/** A file of cases. */
export const scenarios = z.array(scenario).min(1);

export type Scenario = z.infer<typeof scenario>;
export type ScenarioStep = Scenario['steps'][number];
export type ScenarioRequest = ScenarioStep['request'];
export type OriginAnswer = z.infer<typeof originAnswer>;
export type Expectation = z.infer<typeof expectation>;
