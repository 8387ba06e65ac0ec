// What happens when a purge plan is carried out? Wave by wave; each message leaves a receipt, written before it is sent.
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../../shared/model/interval.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import { Budget } from '../trace/budget.ts';
import { type Done, hiddenVariants, inTurn } from './hidden-variants.ts';
import { purgerOf } from './index.ts';
import { createLogins, type Logins } from './login.ts';
import { followed } from './progress.ts';
import type { Env, Moment, PurgeStep } from './purger.ts';
import { answered, effectOf, intended, notSent } from './receipt.ts';
import { send, type Carrier } from './send.ts';

/** How many purge messages may be under way at once. */
const AT_ONCE = 32;

type AtNode = PurgeStep & Required<Pick<PurgeStep, 'node'>>;

export interface PurgeRun extends Carrier {
  /** A number that no other message of the trace has. */
  readonly takeId: () => number;
  /** Called at least twice for each step, with one id: `unknown` before it is sent, then what became of it. */
  readonly onReceipt?: (receipt: PurgeReceipt) => void | Promise<void>;
  /** Carries out work while we ourselves do not ask the node for the page; by default at once. */
  readonly alone?: <T>(step: PurgeStep, work: () => Promise<T>) => Promise<T>;
  /** Asks the node for the page, so that it is stored again. Without it, variants that a purge has hidden stay hidden. */
  readonly refill?: (step: PurgeStep) => Promise<void>;
  /** When a node may be sent something next, at or after `wanted`, whoever else asks it; by default by its budget alone. */
  readonly allowedAt?: (step: AtNode, wanted: Instant) => Instant;
  readonly env?: Env;
  /** Ends the run before the next message; nothing that was sent is taken back. */
  readonly signal?: AbortSignal;
}

export interface PurgeResult {
  /** One for each step that was sent, in the order of the answers. */
  readonly receipts: readonly PurgeReceipt[];
  /** Why the outer layers were left alone: what they forgot they would have fetched again, old. */
  readonly stopped?: string;
  /** The same, once every vendor that tells has said what became of it, or was asked for long enough. */
  readonly claims: Promise<readonly PurgeReceipt[]>;
}

/** What the steps of one run share. */
interface Work {
  readonly run: PurgeRun;
  readonly budget: Budget;
  readonly logins: Logins;
  /** What vendors say later, by the receipt's id. */
  readonly claims: Map<number, Promise<PurgeReceipt>>;
}

/**
 * Sends the steps wave by wave and stops after a wave in which a node did not take its purge. Nothing is sent twice.
 * @throws ConfigError before anything is sent, when the environment lacks a variable
 */
export async function runPurge(steps: readonly PurgeStep[], run: PurgeRun): Promise<PurgeResult> {
  requireSecrets(steps, run.env);
  // each message that waits for its turn listens
  if (run.signal !== undefined) setMaxListeners(0, run.signal);
  const work: Work = { run, budget: new Budget(), logins: createLogins(run), claims: new Map() };
  const sent = await sendWaves(steps, work);
  const claims = Promise.all(sent.receipts.map((receipt) => work.claims.get(receipt.id) ?? Promise.resolve(receipt)));
  // whoever does not wait for them need not hear that they could not be recorded
  claims.catch(() => undefined);
  return { ...sent, claims };
}

/** @throws ConfigError where the environment lacks a variable that one of the steps needs */
export function requireSecrets(steps: readonly PurgeStep[], env?: Env): void {
  for (const step of steps) {
    const purger = purgerOf(step.purge.by);
    const moment = momentOf(env);
    purger.login?.message(step, moment);
    purger.message(step, moment);
  }
}

async function sendWaves(steps: readonly PurgeStep[], work: Work): Promise<Omit<PurgeResult, 'claims'>> {
  const { signal } = work.run;
  const waves = [...new Set(steps.map((s) => s.wave))].toSorted((a, b) => a - b);
  const silent = new Set(steps.filter((s) => asksForNoReply(s, momentOf(work.run.env))).map((s) => s.layer.id));
  const isBad = ({ outcome, layer }: PurgeReceipt): boolean =>
    outcome === 'unknown' ? !silent.has(layer) : outcome !== 'accepted' && outcome !== 'was-not-there';
  const receipts: PurgeReceipt[] = [];
  for (const [i, wave] of waves.entries()) {
    const own = steps.filter((s) => s.wave === wave);
    if (i > 0)
      await sleep((own[0]?.after ?? 0) * 1000, undefined, { ...(signal && { signal }) }).catch(() => undefined);
    if (signal?.aborted === true) return { receipts, stopped: ENDED };
    const done = await sendWave(own, work);
    receipts.push(...done.map((d) => d.receipt));
    const carriedOut = new Set(done.map((d) => d.step));
    if (own.some((step) => !carriedOut.has(step))) return { receipts, stopped: ENDED };
    const bad = receipts.find(isBad);
    if (bad !== undefined && i < waves.length - 1) return { receipts, stopped: stoppedBecause(bad) };
  }
  return { receipts };
}

const ENDED = 'It was ended; the messages after this were not sent.';

/** Its silence is no sign of anything. */
function asksForNoReply(step: PurgeStep, moment: Moment): boolean {
  const message = purgerOf(step.purge.by).message(step, moment);
  return message.over === 'udp' && !message.wantsReply;
}

const stoppedBecause = ({ node, layer, outcome }: PurgeReceipt): string => {
  const who = node ?? `layer ${layer}`;
  const what = outcome === 'unknown' ? 'did not say whether it took its purge' : 'did not take its purge';
  return `${who} ${what}, so the layers outside ${layer} were left alone: they would only fetch the old copy again.`;
};

const momentOf = (env: Env = process.env): Moment => ({
  env,
  now: wallNow(),
  nonce: randomBytes(16).toString('hex'),
});

async function sendWave(wave: readonly PurgeStep[], work: Work): Promise<Done[]> {
  const waiting = inTurn(wave, effectOf);
  const done: Done[] = [];
  const worker = async () => {
    for (let turn = waiting.shift(); turn !== undefined; turn = waiting.shift()) {
      await turnOf(turn[0]!, work);
      if (isEnded(work.run)) return;
      done.push(...(await sendTurn(turn, work)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, worker));
  return done;
}

/** One message, or the variants of one page at one node, back to back. */
async function sendTurn(turn: readonly PurgeStep[], work: Work): Promise<Done[]> {
  // whoever looks at a page before it is purged does so before the first of its variants goes
  const intents = await Promise.all(turn.map((step) => intend(step, work)));
  if (turn.length === 1) return [await sendStep(turn[0]!, intents[0]!, work)];
  const { alone = (_, all) => all(), refill } = work.run;
  return alone(turn[0]!, async () => {
    const done: Done[] = [];
    for (const [i, step] of turn.entries()) {
      if (i > 0) await turnOf(step, work);
      done.push(await sendStep(step, intents[i]!, work));
    }
    const hidden = hiddenVariants(done);
    const hiding = done.find(({ receipt }) => receipt.outcome === 'accepted');
    if (hidden.length === 0 || hiding === undefined || refill === undefined || isEnded(work.run)) return done;
    await refill(hiding.step);
    for (const step of hidden) {
      await turnOf(step, work);
      done.push(await sendStep(step, await intend(step, work), work));
    }
    return done;
  });
}

const isEnded = ({ signal }: PurgeRun): boolean => signal?.aborted === true;

/** Waits until whoever is asked may be asked again, or the run is ended. */
async function turnOf(step: PurgeStep, { run, budget }: Work, beside = ''): Promise<void> {
  const { layer, node, purge } = step;
  const { rate } = purgerOf(purge.by).kind;
  const own = () => budget.take(`${node?.id ?? `layer ${layer.id}`}${beside}`, rate ?? layer.budget, wallNow());
  const isAsked = node !== undefined && rate === undefined && beside === '' && run.allowedAt !== undefined;
  const at = isAsked ? run.allowedAt({ ...step, node }, wallNow()) : own();
  const wait = Math.max(0, (at - wallNow()) * 1000);
  await sleep(wait, undefined, { ...(run.signal && { signal: run.signal }) }).catch(() => undefined);
}

async function intend(step: PurgeStep, { run }: Work): Promise<PurgeReceipt> {
  const intent = intended(step, run.takeId(), wallNow());
  await run.onReceipt?.(intent);
  return intent;
}

async function sendStep(step: PurgeStep, intent: PurgeReceipt, work: Work): Promise<Done> {
  const { run } = work;
  const receipt = { ...intent, ...(isEnded(run) ? notSent('the run was ended') : await outcomeOf(step, work)) };
  await run.onReceipt?.(receipt);
  if (purgerOf(step.purge.by).progress !== undefined) {
    const claim = claimOf(step, receipt, work);
    claim.catch(() => undefined);
    work.claims.set(receipt.id, claim);
  }
  return { step, receipt };
}

async function outcomeOf(step: PurgeStep, { run, logins }: Work) {
  const moment = momentOf(run.env);
  const login = await logins(step, moment);
  if (login !== undefined && 'problem' in login) {
    return notSent(login.problem);
  }
  const message = purgerOf(step.purge.by).message(step, { ...moment, ...login });
  return answered(step, await send(message, run), message.secrets);
}

/** What its vendor says later; recorded again where that is something. */
async function claimOf(step: PurgeStep, receipt: PurgeReceipt, work: Work): Promise<PurgeReceipt> {
  const { run, logins } = work;
  const moment = async (): Promise<Moment> => {
    // beside the purges, which need not wait for it
    await turnOf(step, work, ', later');
    const now = momentOf(run.env);
    const login = await logins(step, now);
    return { ...now, ...(login !== undefined && 'token' in login && login) };
  };
  const later = await followed(step, receipt, { ...run, moment, signal: run.signal });
  if (later !== receipt) await run.onReceipt?.(later);
  return later;
}
