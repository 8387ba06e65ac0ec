// How does a secret get from the environment into a message, and nowhere else?
import { ConfigError } from '../../shared/config-problem.ts';
import { envNames, withEnv } from '../../shared/env-reference.ts';
import type { Env, PurgeStep } from './purger.ts';

/**
 * `written` with every `${NAME}` filled in.
 * @param what what it is for, in the error: `header authorization`, `token`
 * @throws ConfigError when the environment lacks a variable
 */
export function filled(step: PurgeStep, what: string, written: string, env: Env): string {
  const resolved = withEnv(written, env);
  if ('value' in resolved) return resolved.value;
  throw new ConfigError(
    `the purge of layer ${step.layer.id} needs the environment variable ${resolved.missing} for its ${what}; set it where strata runs`,
  );
}

/** The values of all variables that these texts refer to. */
export const secretsIn = (written: readonly string[], env: Env): string[] =>
  written.flatMap(envNames).flatMap((name) => env[name] ?? []);
