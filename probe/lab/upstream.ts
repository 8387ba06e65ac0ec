// How does an intermediary put one request to the next hop? Over kept connections, and never twice once it may have been acted on.
import { Agent, request as send } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { FieldLine, FieldLines } from '../../shared/http/fields.ts';

export interface Question {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly fields: FieldLines;
  /** Absent: the request has no content. */
  readonly content?: Readable;
  /** Each interim response that is not 100 or 101 (RFC 9110 section 15.2). */
  onInterim?(status: number, reason: string, fields: FieldLines): void;
}

export interface Upstream {
  /**
   * Resolves with the head of the final response; its content is still to be read. Rejects when there is none.
   * `parent` is a base address such as `http://127.0.0.1:8080`.
   */
  ask(parent: string, question: Question): Promise<IncomingMessage>;
  stop(): void;
}

/** Seconds of silence after which the next hop counts as dead. */
const SILENCE = 60;

export function openUpstream(): Upstream {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  return {
    ask: async (parent, question) => {
      try {
        return await exchange(agent, parent, question);
      } catch (error) {
        // the next hop closed a kept connection just as it was used again: it has not seen the request
        if (error instanceof UnusedConnection && question.content === undefined)
          return exchange(agent, parent, question);
        throw error;
      }
    },
    stop: () => agent.destroy(),
  };
}

class UnusedConnection extends Error {}

function exchange(agent: Agent, parent: string, question: Question): Promise<IncomingMessage> {
  const { hostname, port } = new URL(parent);
  return new Promise((resolve, reject) => {
    const request: ClientRequest = send({
      agent,
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? 80 : Number(port),
      method: question.method,
      path: question.target,
      headers: question.fields.flat(),
      timeout: SILENCE * 1000,
    });
    request.on('information', ({ statusCode, statusMessage, rawHeaders }) => {
      if (statusCode > 101) question.onInterim?.(statusCode, statusMessage, fromRaw(rawHeaders));
    });
    request.once('response', resolve);
    request.once('upgrade', (_, socket) => socket.destroy(new Error('the next hop switched protocols unasked')));
    request.once('timeout', () => request.destroy(new Error(`the next hop was silent for ${SILENCE} seconds`)));
    // `on`: an answer that breaks later speaks through its own error event, and this one must still have a listener
    request.on('error', (error: NodeJS.ErrnoException) => {
      const wasNeverSeen = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(wasNeverSeen ? new UnusedConnection(error.message) : error);
    });
    if (question.content) question.content.pipe(request);
    else request.end();
  });
}

/** Node's flat list of names and values as field lines. */
export function fromRaw(raw: readonly string[]): FieldLine[] {
  const lines: FieldLine[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push([raw[i]!, raw[i + 1]!]);
  return lines;
}
