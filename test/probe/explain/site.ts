// A server that says of each path what a test wants it to say, and remembers what it was asked.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Site {
  readonly origin: string;
  readonly asked: readonly IncomingMessage[];
  close(): void;
}

/** @param answer is told how many requests there were before this one */
export async function startSite(
  answer: (request: IncomingMessage, response: ServerResponse, before: number) => void,
): Promise<Site> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response, asked.length - 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  return { origin: `http://127.0.0.1:${bound.port}`, asked, close: () => void server.close() };
}
