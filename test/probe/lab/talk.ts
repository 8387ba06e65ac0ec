// What both ends of a cache need in a test: a client that keeps field lines as they came, and an origin that says what it is told to.
import { createServer, request } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { combined } from '../../../shared/http/fields.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
import { close, listen } from '../../../probe/lab/listening.ts';
import { fromRaw } from '../../../probe/lab/upstream.ts';

export interface Said {
  readonly status: number;
  readonly fields: FieldLine[];
  readonly body: string;
  /** The content of `meta[name=build]`. */
  readonly build: string | undefined;
  readonly interim: number[];
  /** Lines of one name, combined. */
  field(name: string): string | undefined;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One exchange on a connection of its own; rejects when the answer breaks off. */
export function ask(address: string, path = '/', { method = 'GET', headers = {}, body }: Asked = {}): Promise<Said> {
  return new Promise((resolve, reject) => {
    const interim: number[] = [];
    const sent = request(`${address}${path}`, { method, agent: false, headers: { Host: 'shop.lab.test', ...headers } });
    sent.on('information', ({ statusCode }) => interim.push(statusCode));
    sent.once('error', reject);
    sent.once('response', (answer: IncomingMessage) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => (text += piece));
      answer.once('error', reject);
      answer.once('end', () => {
        const fields = fromRaw(answer.rawHeaders);
        const build = /<meta name="build" content="([^"]*)">/.exec(text)?.[1];
        const field = (name: string) => combined(fields, name);
        resolve({ status: answer.statusCode ?? 0, fields, body: text, build, interim, field });
      });
    });
    sent.end(body);
  });
}

export interface ScriptedOrigin {
  readonly address: string;
  stop(): Promise<void>;
}

export async function scriptedOrigin(listener: RequestListener): Promise<ScriptedOrigin> {
  const server = createServer(listener);
  const port = await listen(server);
  return { address: `http://127.0.0.1:${port}`, stop: () => close(server) };
}
