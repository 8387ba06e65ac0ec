// What does the receipt of one purge say: before it is sent, and by what was answered?
import { dialectOf } from '../../shared/dialects/index.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { PurgeEffect } from '../../shared/model/purge/effect.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { wallNow } from '../exchange/clock.ts';
import { redactor } from '../exchange/request.ts';
import { purgerOf } from './index.ts';
import type { PurgeAnswer, PurgeReply, PurgeStep } from './purger.ts';
import type { Sent } from './send.ts';
import { stepNames } from './step-names.ts';

/** Recorded before the message leaves: whatever happens then, nothing is known of it. */
export const intended = (step: PurgeStep, id: number, now: Instant): PurgeReceipt => ({
  id,
  ...stepNames(step),
  effect: effectOf(step),
  ...purgerOf(step.purge.by).shown(step),
  outcome: 'unknown',
  sentAt: now,
  summary: 'It was sent; no answer has been recorded.',
});

export const notSent = (because: string) => ({
  sentAt: wallNow(),
  outcome: 'failed' as const,
  summary: `It was not sent: ${because}.`,
});

/** Which copies it is to reach; a product that is not known is taken to let go of one variant at a time. */
export function effectOf({ layer: { dialect = '' }, purge: { by, scope, soft } }: PurgeStep): PurgeEffect {
  const { variants, settles } = purgerOf(by).kind;
  const known = dialectOf(dialect)?.behaviour.purge.variants;
  return {
    scope,
    soft,
    variants: scope === 'url' ? (variants === 'dialect' ? (known ?? 'one') : variants) : 'all',
    ...(settles === undefined ? {} : { settles }),
  };
}

/** What the answer, or its absence, says of it; no secret stands in it. */
export function answered(step: PurgeStep, { sentAt, answeredAt, result }: Sent, secrets: readonly string[]) {
  const redact = redactor(secrets);
  if (result.over === 'unanswered') {
    const summary = result.sent
      ? `It was sent, but ${redact(result.message)}: whether it was done is not known, and it is not sent again by itself.`
      : `It was not sent: ${redact(result.message)}.`;
    return { sentAt, outcome: result.sent ? ('unknown' as const) : ('failed' as const), summary };
  }
  const answer: PurgeAnswer = purgerOf(step.purge.by).read(withoutLongSecrets(result, secrets), step);
  return {
    sentAt,
    ...answer,
    summary: redact(answer.summary),
    ...(answer.vendorId === undefined ? {} : { vendorId: redact(answer.vendorId) }),
    // nobody answered a message that asks for no answer
    ...(result.over === 'none' ? {} : { answeredAt }),
    ...(result.over === 'http' ? { status: result.status } : {}),
  };
}

/** Fewer characters may also be a word of the reply's own. */
const LONG = 8;

/** What is cut short when it is read must not be half a secret. */
function withoutLongSecrets(reply: PurgeReply, secrets: readonly string[]): PurgeReply {
  if (reply.over !== 'http' && reply.over !== 'command') return reply;
  return { ...reply, text: redactor(secrets.filter((s) => s.length >= LONG))(reply.text) };
}
