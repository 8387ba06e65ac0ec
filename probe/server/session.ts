// Who may change something? Whoever shows the token, or the cookie that this service gave for it.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { Refusal } from './problem.ts';

export type Env = { Bindings: HttpBindings };

export interface Session {
  /** Whether the request carries the token (Authorization: Bearer) or the session's cookie. */
  isKnown(c: Context<Env>): boolean;
  /** Throws a Refusal (401) unless it is known. */
  demand(c: Context<Env>): void;
  isToken(candidate: string): boolean;
  giveCookie(c: Context<Env>): void;
}

/** `token` may be empty: then nothing but a cookie given without one is known. */
export function sessionFor(token: string): Session {
  const key = token === '' ? randomBytes(32) : token;
  const cookie = createHmac('sha256', key).update('strata session').digest('base64url');

  const isToken = (candidate: string): boolean => token !== '' && same(candidate, token);

  function isKnown(c: Context<Env>): boolean {
    const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (bearer !== undefined && isToken(bearer)) return true;
    return same(getCookie(c, cookieName(c)) ?? '', cookie);
  }

  function demand(c: Context<Env>): void {
    if (isKnown(c)) return;
    throw new Refusal(
      401,
      'This needs the token: Authorization: Bearer, or open the address with ?token= that was printed at start.',
      { kind: 'token-needed', headers: { 'WWW-Authenticate': 'Bearer realm="strata"' } },
    );
  }

  const giveCookie = (c: Context<Env>): void =>
    setCookie(c, cookieName(c), cookie, { path: '/', httpOnly: true, sameSite: 'Strict' });

  return { isKnown, demand, isToken, giveCookie };
}

/** Browsers share a host's cookies over all its ports; two services must not take each other's. */
const cookieName = (c: Context<Env>): string => `strata-${c.env.incoming.socket.localPort}`;

/** Compares in constant time, whatever the lengths. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
