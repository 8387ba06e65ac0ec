// How is a cache asked to forget by a request for the page itself? PURGE, or whatever method and path it listens to.
import { ConfigError } from '../../shared/config-problem.ts';
import { envNames, withEnv } from '../../shared/env-reference.ts';
import type { FieldLine } from '../../shared/http/fields.ts';
import type { PreparedPurge, PurgeAnswer, Purger, PurgeStep } from './purger.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A purge may name another Host than the target's: caches behind a cache often know the page by another. */
function requestUrl({ target, purge }: PurgeStep): string {
  const url = new URL(target.url);
  const host = Object.entries(purge.headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  const path = purge.path.replaceAll('{path}', () => `${url.pathname}${url.search}`);
  return `${url.protocol}//${host ?? url.host}${path}`;
}

/** The variant's own fields go along: a cache that keys by Vary forgets only the variant that was asked for. */
function prepare(step: PurgeStep, env: Env): PreparedPurge {
  const { purge, variant, node } = step;
  const own = new Set(Object.keys(purge.headers).map((name) => name.toLowerCase()));
  const fromVariant = Object.entries(variant.headers).filter(([name]) => !own.has(name.toLowerCase()));
  const fromPurge = Object.entries(purge.headers).filter(([name]) => name.toLowerCase() !== 'host');
  const written = [...fromVariant, ...fromPurge];
  return {
    step,
    method: purge.method,
    url: requestUrl(step),
    address: node.address,
    headers: written.map(([name, value]): FieldLine => [name, filled(step, name, value, env)]),
    secrets: written.flatMap(([, value]) => envNames(value)).flatMap((name) => env[name] ?? []),
  };
}

function filled({ layer }: PurgeStep, header: string, value: string, env: Env): string {
  const resolved = withEnv(value, env);
  if ('value' in resolved) return resolved.value;
  throw new ConfigError(
    `the purge of layer ${layer.id} needs the environment variable ${resolved.missing} for its header ${header}; set it where strata runs`,
  );
}

function read(status: number): PurgeAnswer {
  switch (status) {
    case 200:
    case 201:
    case 202:
    case 204:
      return { outcome: 'accepted', summary: `It answered ${status}: the purge was accepted.` };
    case 404:
    case 412:
      return { outcome: 'was-not-there', summary: `It answered ${status}: there was nothing to forget.` };
    case 401:
    case 403:
    case 405:
    case 501:
      return { outcome: 'refused', summary: `It answered ${status}: it does not take this purge from here.` };
    default:
      return { outcome: 'failed', summary: `It answered ${status}, which says neither yes nor no.` };
  }
}

export const httpPurge: Purger = {
  id: 'http-purge',
  shown: (step) => ({ method: step.purge.method, url: requestUrl(step) }),
  prepare,
  read,
};
