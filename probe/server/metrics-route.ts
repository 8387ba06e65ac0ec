// How does Prometheus ask?
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Store } from '../store/store.ts';
import type { Engine } from './engine.ts';
import { Metrics } from './metrics.ts';
import { refusals } from './route-parts.ts';
import type { Env } from './session.ts';

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Figures for Prometheus',
  description:
    'Text format 0.0.4. Counted since the service started. Labels are ids of the topology (at most 100 layers and 100 ' +
    'targets, others are `other`; at most 200 nodes) and fixed words, never a URL or what a server sent.',
  responses: {
    200: { description: 'The figures.', content: { 'text/plain': { schema: z.string() } } },
    ...refusals(401),
  },
});

/** Counts from now on; the returned function ends that. */
export function addMetrics(
  app: OpenAPIHono<Env>,
  { engine, store, version }: { readonly engine: Engine; readonly store: Store; readonly version: string },
): () => void {
  const metrics = new Metrics(
    engine.topology,
    () => engine.reading(),
    () => store.status() === 'ok',
    version,
  );
  const stop = engine.subscribe((_, message) => metrics.take(message, engine.reading()));
  app.openapi(metricsRoute, async (c) =>
    c.text(await metrics.registry.metrics(), 200, { 'Content-Type': metrics.registry.contentType }),
  );
  return stop;
}
