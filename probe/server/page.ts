// How does the page reach the browser, and who is let in with it?
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { Refusal } from './problem.ts';
import type { Env, Session } from './session.ts';

export interface PageParts {
  /** Where the built page lies. */
  readonly folder: string;
  readonly session: Session;
  /** Give the cookie to whoever opens the page: the lab's caches are our own processes. */
  readonly free: boolean;
}

/** `GET /?token=…` exchanges the token for a cookie and leaves the URL without it. */
export function addTokenExchange(app: OpenAPIHono<Env>, { session }: Pick<PageParts, 'session'>): void {
  app.get('/', (c, next) => {
    const { searchParams } = new URL(c.req.url);
    const token = searchParams.get('token');
    if (token === null) return next();
    if (!session.isToken(token)) throw new Refusal(401, 'This is not the token.', { kind: 'token-needed' });
    session.giveCookie(c);
    searchParams.delete('token');
    c.header('Cache-Control', 'no-store');
    return Promise.resolve(c.redirect(searchParams.size > 0 ? `/?${searchParams.toString()}` : '/', 303));
  });
}

/** Adds the page's files; hashed names may be kept for ever, all others are asked for again. */
export function addPage(app: OpenAPIHono<Env>, { folder, session, free }: PageParts): void {
  app.get('/', async (c, next) => {
    if (!existsSync(join(folder, 'index.html'))) throw new Refusal(404, 'The page is not built yet: npm run build.');
    if (free && !session.isKnown(c)) session.giveCookie(c);
    await next();
  });
  if (!existsSync(folder)) return;
  app.get('*', async (c, next) => {
    await next();
    if (c.res.status >= 400) return;
    const hashed = /^\/assets\/[^/]+-[\w-]{8,}\.\w+$/.test(c.req.path);
    c.res.headers.set('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
  app.get('*', serveStatic({ root: folder, precompressed: true }));
}
