// What was recorded before, and may it go? The history over HTTP: a list, one trace as its file or as a HAR, and its end.
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { forgottenDocument, traceFile, tracesDocument, tracesQuery, type TracesQuery } from '../../shared/api.ts';
import { fittingTrace } from '../../shared/trace-file.ts';
import { harOfTrace } from '../explain/har.ts';
import type { Filter, History } from '../store/history.ts';
import type { Refused } from '../store/keeper.ts';
import { Refusal } from './problem.ts';
import { answers, refusals, withToken } from './route-parts.ts';
import type { Env, Session } from './session.ts';

export interface TraceParts {
  readonly history: History;
  readonly session: Session;
}

const tracesRoute = createRoute({
  method: 'get',
  path: '/api/v1/traces',
  summary: 'Every recorded trace, newest first',
  request: { query: tracesQuery },
  responses: { 200: answers(tracesDocument, 'One line for each trace.'), ...refusals(400, 401) },
});

const id = z.object({ id: z.string().max(100) });
const traceRoute = createRoute({
  method: 'get',
  path: '/api/v1/traces/{id}',
  summary: 'One recorded trace, as its file holds it, or as a HAR 1.2 of its exchanges',
  request: { params: id, query: z.strictObject({ format: z.enum(['trace', 'har']).optional() }) },
  responses: { 200: answers(traceFile, 'The trace file.'), ...refusals(400, 401, 404, 409) },
});
const forgetRoute = createRoute({
  method: 'delete',
  path: '/api/v1/traces/{id}',
  summary: 'Drops a recorded trace for good',
  ...withToken,
  request: { params: id },
  responses: { 200: answers(forgottenDocument, 'It is gone.'), ...refusals(401, 403, 404, 409) },
});

export function addTraceRoutes(app: OpenAPIHono<Env>, { history, session }: TraceParts): void {
  app.openapi(tracesRoute, async (c) => {
    const { traces, elsewhere } = await history.list(filterFrom(c.req.valid('query')));
    const more = elsewhere === undefined ? {} : { elsewhere };
    return c.json({ strata: 1 as const, verb: 'traces' as const, traces: [...traces], ...more }, 200);
  });
  app.openapi(traceRoute, async (c) => {
    const trace = await history.read(c.req.valid('param').id);
    if ('problem' in trace) throw refusal(trace);
    const { format } = c.req.valid('query');
    if (format !== undefined) {
      const name = `strata-${trace.id}.${format === 'har' ? 'har' : 'json'}`;
      c.header('Content-Disposition', `attachment; filename="${name}"`);
    }
    // a HAR is no document of ours, and its own page describes it
    if (format === 'har') return c.json(harOfTrace(trace) as never, 200);
    return c.json(fittingTrace(trace), 200);
  });
  app.openapi(forgetRoute, async (c) => {
    session.demand(c);
    const { id: trace } = c.req.valid('param');
    const gone = await history.forget(trace);
    if (gone !== true) throw refusal(gone);
    return c.json({ strata: 1 as const, verb: 'forgotten' as const, trace }, 200);
  });
}

function filterFrom({ kind, target, layer, search, since, until, limit }: TracesQuery): Filter {
  return {
    ...(kind !== undefined && { kind }),
    ...(target !== undefined && { target }),
    ...(layer !== undefined && { layer }),
    ...(search !== undefined && { search }),
    ...(since !== undefined && { since: Date.parse(since) / 1000 }),
    ...(until !== undefined && { until: Date.parse(until) / 1000 }),
    ...(limit !== undefined && { limit: Number(limit) }),
  };
}

function refusal({ why, problem }: Refused): Refusal {
  switch (why) {
    case 'unknown':
    case 'ambiguous':
      return new Refusal(404, 'There is no trace of this id.');
    case 'running':
      return new Refusal(409, problem);
    case 'unreadable':
      return new Refusal(500, problem);
  }
}
