// Which header fields does an operator want sent with a purge, and under which Host does that cache know the page?
import type { FieldLine } from '../../shared/http/fields.ts';
import { filled } from './credentials.ts';
import type { Env, PurgeStep } from './purger.ts';

type Headers = Readonly<Record<string, string>>;

/** Scheme and host: the target's, or the Host among `headers` instead. No secret can be in it. */
export function originOf(step: PurgeStep, headers: Headers): string {
  const { protocol, host } = new URL(step.pages[0].target.url);
  const other = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  return `${protocol}//${other ?? host}`;
}

/**
 * All of `headers` but Host, their variables filled in.
 * @throws ConfigError when the environment lacks a variable
 */
export const fieldsOf = (step: PurgeStep, headers: Headers, env: Env): FieldLine[] =>
  Object.entries(headers)
    .filter(([name]) => name.toLowerCase() !== 'host')
    .map(([name, written]): FieldLine => [name, filled(step, `header ${name}`, written, env)]);

/** The variant's own fields that `headers` does not name: what a cache by Vary selects by. */
export function variantFieldsOf(step: PurgeStep, headers: Headers, env: Env): FieldLine[] {
  const own = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const variant = Object.entries(step.pages[0].headers).filter(([name]) => !own.has(name.toLowerCase()));
  return fieldsOf(step, Object.fromEntries(variant), env);
}

/** Where a purge of one node connects. */
export const addressOf = ({ node, layer }: PurgeStep): string => node?.address ?? layer.nodes[0]!.address;
