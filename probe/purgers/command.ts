// How is a program of the operator's asked to purge? Started with what to purge in its arguments and on its standard input.
import { ConfigError } from '../../shared/config-problem.ts';
import { command as kind } from '../../shared/purge/command.ts';
import { type Env, type PurgeAnswer, type PurgeStep, purgerFor } from './purger.ts';
import { stepDocument } from './step-document.ts';
import { templated } from './template.ts';

export const command = purgerFor(kind, {
  shown: (step, { run }) => ({ method: 'RUN', url: run.map((part) => templated(part, step)).join(' ') }),
  message(step, settings, { env }) {
    const [program = '', ...args] = settings.run.map((part) => templated(part, step));
    const own = settings.env.map((name) => [name, valueOf(step, name, env)] as const);
    return {
      over: 'command',
      program,
      args,
      input: `${JSON.stringify(stepDocument(step))}\n`,
      env: { ...(env['PATH'] !== undefined && { PATH: env['PATH'] }), ...Object.fromEntries(own) },
      secrets: own.map(([, value]) => value),
    };
  },
  read(reply): PurgeAnswer {
    if (reply.over !== 'command') throw new Error(`a program was answered over ${reply.over}`);
    const { exitCode, text } = reply;
    if (exitCode === 0) return { outcome: 'accepted', summary: 'The program ended with 0: the purge was accepted.' };
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    const words = last
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
      .trim()
      .slice(0, 300);
    const says = words === '' ? '' : ` It says: ${words}${/[.!?]$/.test(words) ? '' : '.'}`;
    return { outcome: 'refused', summary: `The program ended with ${exitCode}: the purge was not taken.${says}` };
  },
});

function valueOf({ layer }: PurgeStep, name: string, env: Env): string {
  const value = env[name];
  if (value) return value;
  throw new ConfigError(
    `the purge of layer ${layer.id} needs the environment variable ${name} for its program; set it where strata runs`,
  );
}
