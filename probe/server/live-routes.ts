// What is known now, and what has just happened?
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import { health, hello, liveDocument } from '../../shared/api.ts';
import { eventStream } from './events.ts';
import type { Source } from './events.ts';
import { crossSite, isFromElsewhere } from './guard.ts';
import { Refusal } from './problem.ts';
import { answers, refusals } from './route-parts.ts';
import type { Env, Session } from './session.ts';

const MAX_STREAMS = 50;

export interface LiveParts extends Source {
  readonly session: Session;
  readonly version: string;
  readonly log: Logger;
}

/** Adds the routes that read; the returned function ends every open stream. */
export function addLiveRoutes(app: OpenAPIHono<Env>, parts: LiveParts): () => void {
  addDocuments(app, parts);
  return addEvents(app, parts);
}

const liveRoute = createRoute({
  method: 'get',
  path: '/api/v1/live',
  summary: 'The live trace as it is now',
  responses: { 200: answers(liveDocument, 'The recent live trace.'), ...refusals(401) },
});
const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the service answers and records',
  responses: { 200: answers(health, 'It answers.') },
});

function addDocuments(app: OpenAPIHono<Env>, { engine, store, session, version, lastEventId }: LiveParts): void {
  app.openapi(liveRoute, (c) => {
    const purgeable = engine.topology.layers.some((layer) => layer.purge !== undefined);
    return c.json(
      {
        strata: 1 as const,
        verb: 'live' as const,
        now: engine.now(),
        lab: engine.lab,
        lastEventId: lastEventId(),
        mayPurge: purgeable && session.isKnown(c),
        trace: engine.snapshot(),
      },
      200,
    );
  });
  app.openapi(healthRoute, (c) => c.json({ status: 'ok' as const, version, store: store.status() }, 200));
}

const eventId = z.string().regex(/^\d{1,15}$/, 'must be a number that an event carried as its id');
const eventsRoute = createRoute({
  method: 'get',
  path: '/api/v1/events',
  summary: 'What happens, as server-sent events',
  description:
    'First an event `hello`; then `observation`, `event`, `receipt` and `forecast`, each with the data of shared/trace.ts.',
  request: {
    query: z.object({ lastEventId: eventId.optional() }),
    headers: z.object({ 'last-event-id': eventId.optional() }),
  },
  responses: {
    200: { description: 'The stream.', content: { 'text/event-stream': { schema: hello } } },
    ...refusals(400, 401, 403, 503),
  },
});

function addEvents(app: OpenAPIHono<Env>, source: LiveParts): () => void {
  const streams = new Set<() => void>();
  app.openapi(eventsRoute, (c) => {
    if (isFromElsewhere(c.env.incoming.headers)) throw crossSite();
    if (streams.size >= MAX_STREAMS) {
      throw new Refusal(503, `${MAX_STREAMS} pages are already following.`, {
        kind: 'busy',
        headers: { 'Retry-After': '10' },
      });
    }
    // what a reconnecting browser says is newer than what its URL said at first
    const after = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').lastEventId;
    const { outgoing } = c.env;
    const { body, end } = eventStream(source, after === undefined ? undefined : Number(after), outgoing, (error) => {
      streams.delete(end);
      if (error !== undefined) source.log.error({ path: c.req.path, error: error.message }, 'broke off');
    });
    streams.add(end);
    return c.body(body, 200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  });
  return () => {
    for (const end of streams) end();
  };
}
