// Where pages are read: a thread of its own, which is killed when a page or a pattern takes too long.
import { parentPort } from 'node:worker_threads';
import { readPage } from './page.ts';
import type { PageJob } from './page.ts';

const port = parentPort;
if (port === null) throw new Error('page-worker runs in a worker thread only');
port.on('message', (job: PageJob) => port.postMessage(readPage(job)));
port.postMessage('ready');
