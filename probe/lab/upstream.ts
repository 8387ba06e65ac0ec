// How does an intermediary put one request to the next hop? Over kept connections, and never twice once it may have been acted on.
import { Agent as HttpAgent, request as sendPlain } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as sendSecure } from 'node:https';
import type { FieldLine, FieldLines } from '../../shared/http/fields.ts';

/** Where a next hop listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

export interface Question {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly fields: FieldLines;
  /** The message whose content goes along; absent: the request has none. */
  readonly content?: IncomingMessage;
  /** Each interim response that is not 100 or 101 (RFC 9110 section 15.2). */
  readonly onInterim?: (status: number, reason: string, fields: FieldLines) => void;
}

export interface Upstream {
  /** Resolves with the head of the final response, its content still to be read; rejects when there is none. */
  ask(parent: Endpoint, question: Question): Promise<IncomingMessage>;
  stop(): void;
}

/** Interim responses to one request; an endless row of them would never be an answer. */
const INTERIM = 100;

/** Seconds of silence after which the next hop counts as dead. */
const SILENCE = 60;

/** The endpoint of a base address such as `http://127.0.0.1:8080`; undefined when it is none, or names a path. */
export function endpointOf(address: string): Endpoint | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') return undefined;
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replaceAll(/^\[|\]$/g, ''), port, secure };
}

export function openUpstream(): Upstream {
  const options = { keepAlive: true, maxFreeSockets: 64 };
  const agents: Agents = { plain: new HttpAgent(options), secure: new HttpsAgent(options) };
  return {
    ask: async (parent, question) => {
      try {
        return await exchange(agents, parent, question);
      } catch (error) {
        // the next hop closed a kept connection just as it was used again: it has not seen the request
        if (!(error instanceof UnseenRequest) || question.content !== undefined) throw error;
        return exchange(agents, parent, question);
      }
    },
    stop: () => {
      agents.plain.destroy();
      agents.secure.destroy();
    },
  };
}

interface Agents {
  readonly plain: HttpAgent;
  readonly secure: HttpsAgent;
}

class UnseenRequest extends Error {}

function exchange(agents: Agents, parent: Endpoint, question: Question): Promise<IncomingMessage> {
  const { content } = question;
  return new Promise((resolve, reject) => {
    const request = (parent.secure ? sendSecure : sendPlain)({
      agent: parent.secure ? agents.secure : agents.plain,
      host: parent.host,
      port: parent.port,
      method: question.method,
      path: question.target,
      headers: question.fields.flat(),
      timeout: SILENCE * 1000,
    });
    let interim = 0;
    let answering: IncomingMessage | undefined;
    request.on('information', ({ statusCode, statusMessage, rawHeaders }) => {
      if (++interim > INTERIM) request.destroy(new Error(`the next hop sent more than ${INTERIM} interim responses`));
      else if (statusCode > 101) question.onInterim?.(statusCode, statusMessage, fromRaw(rawHeaders));
    });
    request.once('response', (answer) => {
      answering = answer;
      if (answer.statusCode !== undefined && answer.statusCode >= 200) resolve(answer);
      else request.destroy(new Error(`${answer.statusCode} is no final status`));
    });
    request.once('upgrade', (_, socket) => socket.destroy(new Error('the next hop switched protocols unasked')));
    request.once('timeout', () => request.destroy(new Error(`the next hop was silent for ${SILENCE} seconds`)));
    // `on`: an answer that breaks later has its own error event, and this one must still be listened to
    request.on('error', (error: NodeJS.ErrnoException) => {
      // a connection that was reset is no end of content, though Node takes it for one where nothing else marks the end
      answering?.destroy(error);
      const isUnseen = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(isUnseen ? new UnseenRequest(error.message) : error);
    });
    if (content === undefined) {
      request.end();
      return;
    }
    content.once('close', () => {
      if (!content.complete) request.destroy(new Error('the client went away before its request was whole'));
    });
    content.pipe(request);
  });
}

/** Node's flat list of names and values as field lines. */
export function fromRaw(raw: readonly string[]): FieldLine[] {
  const lines: FieldLine[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push([raw[i]!, raw[i + 1]!]);
  return lines;
}
