// How does one purge message get out, and what comes back? By HTTP, as a datagram, or by starting a program.
import type { Exchanger } from '../exchange/exchange.ts';
import type { Guard } from '../exchange/guard.ts';
import { wallNow } from '../exchange/clock.ts';
import { wasNeverSent } from '../exchange/failure.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { HttpMessage, PurgeMessage, PurgeReply } from './purger.ts';
import { sendDatagram } from './send-datagram.ts';
import { runCommand } from './run-command.ts';

export interface Sent {
  readonly sentAt: Instant;
  readonly answeredAt: Instant;
  readonly result: PurgeReply | Unanswered;
}

/** Nothing came back that could be read. `sent`: it may have been done all the same. */
export interface Unanswered {
  readonly over: 'unanswered';
  readonly sent: boolean;
  /** One sentence for a person; no secret is in it. */
  readonly message: string;
}

export interface Carrier {
  readonly exchanger: Exchanger;
  readonly guard: Guard;
  /** Seconds for one message. */
  readonly timeout?: number;
}

/** How much of an answer's text is looked at. */
const MOST_TEXT = 64 * 1024;

/** Seconds. */
const PATIENCE = 30;

/** Never throws for anything that the other side or the network did. */
export async function send(message: PurgeMessage, carrier: Carrier): Promise<Sent> {
  const timeout = carrier.timeout ?? PATIENCE;
  switch (message.over) {
    case 'http':
      return sendHttp(message, carrier, timeout);
    case 'udp':
      return timed(() => sendDatagram(message, carrier.guard, timeout));
    case 'command':
      return timed(() => runCommand(message, timeout));
  }
}

async function timed(job: () => Promise<Sent['result']>): Promise<Sent> {
  const sentAt = wallNow();
  const result = await job();
  return { sentAt, answeredAt: wallNow(), result };
}

async function sendHttp(message: HttpMessage, { exchanger }: Carrier, timeout: number): Promise<Sent> {
  let text = '';
  const exchanged = await exchanger.exchange({
    ...message,
    limits: { total: timeout },
    take: (body) => {
      text = body.subarray(0, MOST_TEXT).toString('utf8');
    },
  });
  const { requestTime: sentAt, responseTime: answeredAt, result } = exchanged;
  if (result.kind === 'answer') {
    return { sentAt, answeredAt, result: { over: 'http', status: result.status, fields: result.fields, text } };
  }
  return { sentAt, answeredAt, result: { over: 'unanswered', sent: !wasNeverSent(result), message: result.message } };
}
