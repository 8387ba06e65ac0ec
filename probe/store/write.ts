// What is given to the store's thread? Text, made where the message is: it travels cheaper than what it tells of.
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, Run } from '../../shared/trace.ts';
import type { Observe } from './batch.ts';

/** Every message but an observation, which is kept together with others. */
export type Single = Exclude<LiveMessage, { type: 'observation' }>;

export type Write =
  | {
      readonly verb: 'begin';
      readonly trace: string;
      readonly topology: Topology;
      readonly at: Instant;
      readonly run?: Run;
    }
  | Observe
  | {
      readonly verb: 'append';
      readonly trace: string;
      readonly type: Single['type'];
      readonly item: number;
      readonly at: Instant;
      readonly json: string;
    }
  | {
      readonly verb: 'end';
      readonly trace: string;
      readonly at: Instant;
      /** JSON: all that was said, and of that what a list shows. */
      readonly said?: { readonly summary: string; readonly outline: string };
    }
  | { readonly verb: 'forget'; readonly trace: string }
  /** Changes nothing: shows whether writing works. */
  | { readonly verb: 'try' };

export function writeOf(trace: string, message: Single): Write {
  const { type, data } = message;
  return { verb: 'append', trace, type, item: data.id, at: lastInstant(message), json: JSON.stringify(data) };
}

/** How many messages a write holds: each is acknowledged with a number of its own. */
export const messagesIn = (write: Write): number => (write.verb === 'observe' ? write.count : 1);

/** The last instant that a message is certain of: where a trace was interrupted if nothing follows. */
function lastInstant(message: Single): Instant {
  switch (message.type) {
    case 'event':
      return message.data.at.latest;
    case 'receipt':
      return message.data.answeredAt ?? message.data.sentAt;
    case 'forecast':
      return message.data.forecast.madeAt;
  }
}
