// How does one talk with the store's thread? Requests go one way, their answers come back in the same order.
import type { Worker } from 'node:worker_threads';
import { startThread } from '../worker-thread.ts';
import type { Keep, Questions } from './archive.ts';
import { StoreFull, StoreUnusable } from './store-error.ts';
import type { Write } from './write.ts';

/** What the thread is started with; its first answer is the newest sequence, or why the folder cannot be used. */
export interface Opening {
  readonly folder: string;
  readonly keep: Keep;
}

export type Request =
  | { readonly writes: readonly Write[] }
  | { readonly ask: keyof Questions; readonly given: readonly unknown[] }
  | { readonly close: true };

export type Answer =
  { readonly value: unknown } | { readonly why: 'full' | 'unusable' | 'fault'; readonly error: unknown };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class Conversation {
  readonly #folder: string;
  readonly #thread: Worker;
  readonly #waiting: Waiting[] = [];
  #over: Error | undefined;
  /** Resolves with the newest sequence once the file is open; rejects with StoreUnusable. */
  readonly opened: Promise<number>;

  constructor(opening: Opening) {
    this.#folder = opening.folder;
    this.#thread = startThread(import.meta.url, 'store-worker', opening);
    this.#thread.on('message', (answer: Answer) => this.#hear(answer));
    this.#thread.on('error', (error: Error) => this.#end(error));
    this.#thread.on('exit', () => this.#end(new Error('the store is closed')));
    this.opened = this.#answer() as Promise<number>;
  }

  /** All in one commit, or none; the newest sequence after each of them. Rejects with StoreFull. */
  write(writes: readonly Write[]): Promise<number[]> {
    return this.#request({ writes }) as Promise<number[]>;
  }

  ask<K extends keyof Questions>(question: K, ...given: Parameters<Questions[K]>): Promise<ReturnType<Questions[K]>> {
    return this.#request({ ask: question, given }) as Promise<ReturnType<Questions[K]>>;
  }

  /** Lets the folder go, after everything that was asked before. */
  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#thread.once('exit', resolve));
    await this.#request({ close: true });
    // the process may have nothing else left to wait for
    this.#thread.ref();
    await gone;
  }

  #request(request: Request): Promise<unknown> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#thread.postMessage(request);
    return this.#answer();
  }

  #answer(): Promise<unknown> {
    // an idle store keeps no process alive
    if (this.#waiting.length === 0) this.#thread.ref();
    return new Promise((resolve, reject) => void this.#waiting.push({ resolve, reject }));
  }

  #hear(answer: Answer): void {
    const asked = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#thread.unref();
    if ('value' in answer) asked?.resolve(answer.value);
    else asked?.reject(this.#errorOf(answer.why, answer.error));
  }

  #errorOf(why: 'full' | 'unusable' | 'fault', error: unknown): unknown {
    switch (why) {
      case 'full':
        return new StoreFull(this.#folder);
      case 'unusable':
        return new StoreUnusable((error as Error).message);
      case 'fault':
        return error;
    }
  }

  #end(error: Error): void {
    this.#over ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#over);
  }
}
