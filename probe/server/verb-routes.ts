// What can be asked for, and what can be done? The verbs of the command line, over HTTP.
import { createRoute } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import {
  deployDocument,
  deployRequest,
  discoverDocument,
  discoverRequest,
  explainDocument,
  explainRequest,
  labDeployment,
  labDeployRequest,
  labSettings,
  lookDocument,
  lookRequest,
  purgeDocument,
  purgeRequest,
  traceDocument,
  traceRequest,
  whenDocument,
  whenRequest,
} from '../../shared/api.ts';
import type { Store } from '../store/store.ts';
import { StoreFull } from '../store/store-error.ts';
import type { Engine } from './engine.ts';
import { Refusal } from './problem.ts';
import { answers, asks, refusals, withToken } from './route-parts.ts';
import type { Env, Session } from './session.ts';

const MAX_AT_ONCE = 8;

export interface VerbParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly session: Session;
}

export function addVerbRoutes(app: OpenAPIHono<Env>, parts: VerbParts): void {
  addQuestions(app, parts);
  addChanges(app, parts);
  addLab(app, parts);
}

const asked = refusals(400, 401, 403, 409, 413, 415, 429);
const changed = refusals(400, 401, 403, 409, 413, 415, 507);

const lookRoute = createRoute({
  method: 'post',
  path: '/api/v1/look',
  summary: 'What does every node hold now?',
  request: asks(lookRequest),
  responses: { 200: answers(lookDocument, 'What each node answered.'), ...asked },
});
const whenRoute = createRoute({
  method: 'post',
  path: '/api/v1/when',
  summary: 'When will the change appear, for whom?',
  request: asks(whenRequest),
  responses: { 200: answers(whenDocument, 'Forecasts and their terms.'), ...asked },
});
const traceRoute = createRoute({
  method: 'post',
  path: '/api/v1/trace',
  summary: 'How did it propagate, node by node?',
  request: asks(traceRequest),
  responses: { 200: answers(traceDocument, 'Events, flips and percentiles.'), ...asked, ...refusals(507) },
});
const explainRoute = createRoute({
  method: 'post',
  path: '/api/v1/explain',
  summary: 'What does this response say about every cache it crossed?',
  request: asks(explainRequest),
  responses: { 200: answers(explainDocument, 'Each response, explained.'), ...asked },
});

const discoverRoute = createRoute({
  method: 'post',
  path: '/api/v1/discover',
  summary: 'What stands in front of this page?',
  request: asks(discoverRequest),
  responses: { 200: answers(discoverDocument, 'A first topology, and what each claim rests on.'), ...asked },
});

function addQuestions(app: OpenAPIHono<Env>, { engine, store, session }: VerbParts): void {
  const bounded = limit(MAX_AT_ONCE);
  app.openapi(lookRoute, async (c) => {
    const request = c.req.valid('json');
    return c.json(await bounded(() => engine.look(request, c.req.raw.signal)), 200);
  });
  app.openapi(whenRoute, async (c) => {
    const request = c.req.valid('json');
    return c.json(await bounded(() => engine.when(request, c.req.raw.signal)), 200);
  });
  app.openapi(traceRoute, async (c) => {
    const request = c.req.valid('json');
    if (request.purge === true) {
      session.demand(c);
      await demandRoom(store);
    }
    return c.json(await bounded(() => engine.trace(request, c.req.raw.signal)), 200);
  });
  app.openapi(explainRoute, async (c) => {
    const request = c.req.valid('json');
    return c.json(await bounded(() => engine.explain(request, c.req.raw.signal)), 200);
  });
  app.openapi(discoverRoute, async (c) => {
    const request = c.req.valid('json');
    return c.json(await bounded(() => engine.discover(request, c.req.raw.signal)), 200);
  });
}

const purgeRoute = createRoute({
  method: 'post',
  path: '/api/v1/purge',
  summary: 'Plan and run a purge, inside out',
  ...withToken,
  request: asks(purgeRequest),
  responses: { 200: answers(purgeDocument, 'The plan, and what each step was answered.'), ...changed },
});
const deployRoute = createRoute({
  method: 'post',
  path: '/api/v1/deploys',
  summary: 'Tell that a change went live (deploy hook)',
  ...withToken,
  request: asks(deployRequest),
  responses: { 200: answers(deployDocument, 'Where it is recorded.'), ...changed },
});

function addChanges(app: OpenAPIHono<Env>, { engine, store, session }: VerbParts): void {
  app.openapi(purgeRoute, async (c) => {
    session.demand(c);
    const request = c.req.valid('json');
    if (request.dryRun !== true) await demandRoom(store);
    return c.json(await engine.purge(request), 200);
  });
  app.openapi(deployRoute, async (c) => {
    session.demand(c);
    await demandRoom(store);
    return c.json(await engine.deploy(c.req.valid('json')), 200);
  });
}

const labDeployRoute = createRoute({
  method: 'post',
  path: '/api/v1/lab/deploy',
  summary: "A new build at the lab's origins",
  ...withToken,
  request: asks(labDeployRequest),
  responses: { 200: answers(labDeployment, 'The build.'), ...changed, ...refusals(404) },
});
const labSettingsRoute = createRoute({
  method: 'put',
  path: '/api/v1/lab/settings',
  summary: "The lifetime that the lab's origins give",
  ...withToken,
  request: asks(labSettings),
  responses: { 200: answers(labSettings, 'As set.'), ...changed, ...refusals(404) },
});

function addLab(app: OpenAPIHono<Env>, { engine, session }: VerbParts): void {
  app.openapi(labDeployRoute, async (c) => {
    if (engine.labDeploy === undefined) throw noLab();
    session.demand(c);
    return c.json(await engine.labDeploy(c.req.valid('json')), 200);
  });
  app.openapi(labSettingsRoute, async (c) => {
    if (engine.labSettings === undefined) throw noLab();
    session.demand(c);
    return c.json(await engine.labSettings(c.req.valid('json')), 200);
  });
}

const noLab = (): Refusal => new Refusal(404, 'This service watches a real site; the lab is not running.');

/** A purge is never sent that could not be recorded first. */
async function demandRoom(store: Store): Promise<void> {
  if (store.status() === 'ok' || (await store.tryWriting())) return;
  throw new StoreFull('the traces');
}

/** Runs at most so many jobs at once and refuses the next one. */
function limit(atOnce: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0;
  return async (job) => {
    if (running >= atOnce) {
      throw new Refusal(429, `${atOnce} questions are already being answered.`, {
        kind: 'busy',
        headers: { 'Retry-After': '2' },
      });
    }
    running += 1;
    try {
      return await job();
    } finally {
      running -= 1;
    }
  };
}
