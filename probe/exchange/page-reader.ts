// How is a stranger's page read without letting it hold us up? One warm worker, two seconds a page.
import type { Worker } from 'node:worker_threads';
import { startThread } from '../worker-thread.ts';
import type { PageFacts, PageJob } from './page.ts';

/** Seconds that one page may take, and that a worker may take to start. */
const READ_LIMIT = 2;
const START_LIMIT = 20;

export interface PageReader {
  /** Facts, or problems that say why there are none; never throws. */
  read(job: PageJob): Promise<PageFacts>;
  close(): Promise<void>;
}

interface Waiting {
  readonly job: PageJob;
  readonly settle: (facts: PageFacts) => void;
}

const nothing = (problem: string): PageFacts => ({ problems: [problem] });

/** @param limit Seconds before a page is given up. */
export function createPageReader(limit = READ_LIMIT): PageReader {
  const queue: Waiting[] = [];
  let worker: Worker | undefined;
  let ready = false;
  let current: Waiting | undefined;
  let timer: NodeJS.Timeout | undefined;

  function settle(facts: PageFacts): void {
    clearTimeout(timer);
    const settled = current;
    current = undefined;
    worker?.unref();
    settled?.settle(facts);
    next();
  }

  function drop(problem: string): void {
    const dropped = worker;
    worker = undefined;
    ready = false;
    void dropped?.terminate();
    settle(nothing(problem));
  }

  function start(): Worker {
    const started = startThread(import.meta.url, 'page-worker');
    started.on('message', (message: PageFacts | 'ready') => {
      if (started !== worker) return;
      if (message !== 'ready') return settle(message);
      ready = true;
      post();
    });
    started.on('error', (error: Error) => {
      if (started === worker) drop(`the page could not be read: ${error.message}`);
    });
    started.on('exit', () => {
      if (started === worker) drop('the page could not be read: its worker ended');
    });
    return started;
  }

  function post(): void {
    if (current === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(() => drop(`reading the page took longer than ${limit} s: it was given up`), limit * 1000);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker?.postMessage(current.job);
  }

  function next(): void {
    if (current !== undefined) return;
    current = queue.shift();
    if (current === undefined) return;
    worker ??= start();
    worker.ref();
    if (ready) post();
    else timer = setTimeout(() => drop('the page reader did not start'), START_LIMIT * 1000);
  }

  return {
    read: (job) =>
      new Promise((resolve) => {
        queue.push({ job, settle: resolve });
        next();
      }),
    async close() {
      queue.length = 0;
      const closing = worker;
      worker = undefined;
      if (current !== undefined) settle(nothing('the page reader was closed'));
      await closing?.terminate();
    },
  };
}
