// Where does a token come from that a purge needs? Asked for once for each layer of a run; never stored, never shown.
import { redactor } from '../exchange/request.ts';
import { purgerOf } from './index.ts';
import type { LoginAnswer, Moment, PurgeStep } from './purger.ts';
import { send, type Carrier } from './send.ts';

/** The token for a step; undefined where its purger needs none. Never throws for what the other side did. */
export type Logins = (step: PurgeStep, moment: Moment) => Promise<LoginAnswer | undefined>;

/** Asks once for each layer: a login that was refused is not tried again. */
export function createLogins(carrier: Carrier): Logins {
  const asked = new Map<string, Promise<LoginAnswer | undefined>>();
  return (step, moment) => {
    const answer = asked.get(step.layer.id) ?? ask(step, moment, carrier);
    asked.set(step.layer.id, answer);
    return answer;
  };
}

async function ask(step: PurgeStep, moment: Moment, carrier: Carrier): Promise<LoginAnswer | undefined> {
  const { login } = purgerOf(step.purge.by);
  const message = login?.message(step, moment);
  if (login === undefined || message === undefined) return undefined;
  const { result } = await send(message, carrier);
  const redact = redactor(message.secrets);
  if (result.over === 'unanswered') return { problem: `no token was got: ${redact(result.message)}` };
  const answer = login.read(result);
  return 'token' in answer ? answer : { problem: redact(answer.problem) };
}
