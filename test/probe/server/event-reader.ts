// Reads server-sent events as a browser would, and stops when it is told to.
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

export interface Received {
  readonly id: number;
  readonly type: string;
  readonly data: { readonly id?: number; readonly [key: string]: unknown };
}

export interface EventReader {
  readonly response: IncomingMessage;
  readonly events: Received[];
  readonly comments: string[];
  /** Resolves once `enough` holds for what has arrived; also when the stream ends. */
  until(enough: (events: readonly Received[]) => boolean): Promise<void>;
  readonly ended: Promise<void>;
  close(): void;
}

export function follow(port: number, path: string, headers: Record<string, string> = {}): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      resolve(readerOf(response, () => asked.destroy()));
    });
    asked.on('error', reject);
    asked.end();
  });
}

function readerOf(response: IncomingMessage, close: () => void): EventReader {
  const events: Received[] = [];
  const comments: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  let over = false;
  const ended = new Promise<void>((resolve) => {
    response.on('close', () => {
      over = true;
      for (const check of waiting) check();
      resolve();
    });
  });
  response.on('error', () => undefined);
  response.setEncoding('utf8').on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith(':')) comments.push(block);
      else events.push(parse(block));
    }
    for (const check of waiting) check();
  });
  const until = (enough: (events: readonly Received[]) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!over && !enough(events)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { response, events, comments, until, ended, close };
}

function parse(block: string): Received {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: Number(field('id')), type: field('event'), data: JSON.parse(field('data')) as Received['data'] };
}
