// What is given to the store's thread? Text, made where the message is: it travels cheaper than what it tells of.
import type { Instant } from '../../shared/model/interval.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage } from '../../shared/trace.ts';

export type Write =
  | { readonly verb: 'begin'; readonly trace: string; readonly topology: Topology; readonly at: Instant }
  | Observe
  | {
      readonly verb: 'append';
      readonly trace: string;
      readonly type: Exclude<LiveMessage['type'], 'observation'>;
      readonly item: number;
      readonly at: Instant;
      readonly json: string;
    }
  | { readonly verb: 'end'; readonly trace: string; readonly at: Instant }
  /** Changes nothing: shows whether writing works. */
  | { readonly verb: 'try' };

/** Observations of one trace that are kept in one row: writing a row for each would cost more than making them. */
export interface Observe {
  readonly verb: 'observe';
  readonly trace: string;
  readonly count: number;
  /** The last instant that any of them is certain of. */
  readonly at: Instant;
  /** Their JSON, joined by commas. */
  readonly json: string;
}

/** Observations in one row at most: a reader who wants one of them parses them all. */
const MOST = 128;

export function writeOf(trace: string, message: LiveMessage): Write {
  const at = lastInstant(message);
  const json = JSON.stringify(message.data);
  if (message.type === 'observation') return { verb: 'observe', trace, count: 1, at, json };
  return { verb: 'append', trace, type: message.type, item: message.data.id, at, json };
}

/** Both as one write; undefined where they have to stay two. */
export function joined(before: Write | undefined, next: Write): Write | undefined {
  if (before?.verb !== 'observe' || next.verb !== 'observe') return undefined;
  const count = before.count + next.count;
  if (before.trace !== next.trace || count > MOST) return undefined;
  const at = Math.max(before.at, next.at);
  return { verb: 'observe', trace: next.trace, count, at, json: `${before.json},${next.json}` };
}

/** How many messages a write holds: each is acknowledged with a number of its own. */
export const messagesIn = (write: Write): number => (write.verb === 'observe' ? write.count : 1);

/** The last instant that a message is certain of: where a trace was interrupted if nothing follows. */
function lastInstant(message: LiveMessage): Instant {
  switch (message.type) {
    case 'observation':
      return message.data.responseTime;
    case 'event':
      return message.data.at.latest;
    case 'receipt':
      return message.data.answeredAt ?? message.data.sentAt;
    case 'forecast':
      return message.data.forecast.madeAt;
  }
}
