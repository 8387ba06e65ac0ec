// Which request goes where, and past which guards? The router, without its socket.
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import { dotted } from '../../shared/config-problem.ts';
import type { History } from '../store/history.ts';
import type { Store } from '../store/store.ts';
import type { Engine } from './engine.ts';
import { headersOfAll } from './headers.ts';
import { addLiveRoutes } from './live-routes.ts';
import { addMetrics } from './metrics-route.ts';
import { addPage, addTokenExchange } from './page.ts';
import { invalid, problemResponse, Refusal, refusalOf } from './problem.ts';
import { TOKEN_SCHEME } from './route-parts.ts';
import type { Env, Session } from './session.ts';
import { addTraceRoutes } from './trace-routes.ts';
import { addVerbRoutes } from './verb-routes.ts';

const BODY_BYTES = 1024 * 1024;

export interface AppParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly history: History;
  readonly session: Session;
  readonly log: Logger;
  readonly version: string;
  readonly pageFolder: string;
  readonly loopback: boolean;
  readonly lastEventId: () => number;
}

export interface App {
  readonly fetch: OpenAPIHono<Env>['fetch'];
  /** Ends every stream of events, and counts no more. */
  readonly end: () => void;
}

export function buildApp(parts: AppParts): App {
  const { engine, session, loopback, pageFolder, log } = parts;
  const app = new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return;
      throw invalid(result.error.issues.map((i) => ({ place: dotted(i.path), message: i.message })));
    },
  });
  answerProblems(app, log);
  addGuards(app, parts);
  addTokenExchange(app, { session });
  if (!loopback) demandToken(app, session);
  const endStreams = addLiveRoutes(app, parts);
  addTraceRoutes(app, parts);
  addVerbRoutes(app, parts);
  const endMetrics = addMetrics(app, parts);
  addDescription(app, parts.version);
  app.all('/api/*', (c) => {
    throw notOffered(app, c.req.path);
  });
  addPage(app, { folder: pageFolder, session, free: engine.lab && loopback });
  const end = () => {
    endMetrics();
    endStreams();
  };
  return { fetch: app.fetch, end };
}

/** Nothing there, or not by this method: then Allow names the right ones (RFC 9110 section 15.5.6). */
function notOffered(app: OpenAPIHono<Env>, path: string): Refusal {
  const here = app.routes.filter(({ path: route, method }) => {
    const form = new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`);
    return method !== 'ALL' && !route.includes('*') && form.test(path);
  });
  const methods = [...new Set(here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
  if (methods.length === 0) return new Refusal(404, 'There is no such path; see /api/v1/openapi.json.');
  return new Refusal(405, `Ask it with ${methods[0]}.`, { headers: { Allow: methods.join(', ') } });
}

function answerProblems(app: OpenAPIHono<Env>, log: Logger): void {
  app.onError((error, c) => {
    const refusal = refusalOf(error);
    const { method, path } = c.req;
    if (refusal.status === 500) log.error({ method, path, error: String(error), stack: error.stack }, 'failed');
    return problemResponse(refusal, path);
  });
  app.notFound(() => {
    throw new Refusal(404, 'There is nothing here.');
  });
}

function addGuards(app: OpenAPIHono<Env>, { log }: AppParts): void {
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headersOfAll)) c.res.headers.set(name, value);
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
    log.info({ method: c.req.method, path: c.req.path, status: c.res.status }, 'answered');
  });
  const onError = (): never => {
    throw new Refusal(413, 'The body is larger than 1 MiB.');
  };
  app.use(bodyLimit({ maxSize: BODY_BYTES, onError }));
}

function demandToken(app: OpenAPIHono<Env>, session: Session): void {
  app.use(async (c, next) => {
    if (c.req.path !== '/healthz') session.demand(c);
    await next();
  });
}

function addDescription(app: OpenAPIHono<Env>, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', TOKEN_SCHEME, { type: 'http', scheme: 'bearer' });
  let document: object | undefined;
  app.get('/api/v1/openapi.json', (c) => {
    document ??= app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Strata',
        version,
        description: 'Which cache layer still holds the old page, why, and when it lets go.',
      },
    });
    return c.json(document);
  });
}
