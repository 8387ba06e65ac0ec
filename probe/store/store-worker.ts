// Where is the file written and read? In a thread of its own, so that a commit holds nobody up; answers in the order asked.
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { openArchive } from './archive.ts';
import type { Archive } from './archive.ts';
import { StoreFull, StoreUnusable } from './store-error.ts';
import type { Answer, Opening, Request } from './conversation.ts';

const port = parentPort;
if (port === null) throw new Error('store-worker runs in a worker thread only');

function answered(archive: Archive, request: Request): unknown {
  if ('writes' in request) return archive.write(request.writes);
  if ('close' in request) return archive.close();
  const question = archive[request.ask] as (...given: unknown[]) => unknown;
  return question(...request.given);
}

function serve(from: MessagePort, archive: Archive): void {
  from.on('message', (request: Request) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    from.postMessage(attempt(() => answered(archive, request)));
    if ('close' in request) from.close();
  });
}

function attempt(job: () => unknown): Answer {
  try {
    return { value: job() };
  } catch (error) {
    // a class does not survive the way to another thread
    if (error instanceof StoreFull) return { why: 'full', error };
    if (error instanceof StoreUnusable) return { why: 'unusable', error };
    return { why: 'fault', error };
  }
}

const { folder, keep } = workerData as Opening;
let archive: Archive | undefined;
port.postMessage(
  attempt(() => {
    archive = openArchive(folder, keep);
    return archive.newestSequence();
  }),
);
if (archive !== undefined) serve(port, archive);
