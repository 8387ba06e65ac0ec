// How does a page stay current? Server-sent events: what it missed from the store, then what happens, in one order.
import type { HttpBindings } from '@hono/node-server';
import type { Hello } from '../../shared/api.ts';
import type { LiveMessage } from '../../shared/trace.ts';
import type { Store } from '../store/store.ts';
import type { Engine } from './engine.ts';

/** The most bytes that wait for a slow client before it is dropped; it resumes where it was. */
const BUFFER_BYTES = 1024 * 1024;
const PAGE = 100;
const PING_MS = 15_000;

export interface Source {
  readonly engine: Engine;
  readonly store: Store;
  /** The newest sequence that listeners were called with. */
  readonly lastEventId: () => number;
}

export interface Stream {
  readonly body: ReadableStream<Uint8Array>;
  /** Ends the stream; the client comes back with the id it has. */
  readonly end: () => void;
}

/**
 * Every message of the live trace after `after` (undefined: from now on), each once. Replay pulls pages from the store
 * as fast as the client reads; whatever is committed after an empty page is acknowledged, and so published, after it, so
 * that subscribing at that very moment leaves neither gap nor duplicate.
 * @param ended Called once when it is over, with the error where the store could not answer.
 */
export function eventStream(
  source: Source,
  after: number | undefined,
  outgoing: HttpBindings['outgoing'],
  ended: (error?: Error) => void,
): Stream {
  const { engine, store } = source;
  const trace = engine.traceId;
  let last = Math.min(after ?? Infinity, source.lastEventId());
  let unsubscribe: (() => void) | undefined;
  let ping: NodeJS.Timeout | undefined;
  let open = true;
  let controller: ReadableStreamDefaultController<Uint8Array>;

  const send = (text: string): void => controller.enqueue(new TextEncoder().encode(text));

  function publish(sequence: number, message: LiveMessage): void {
    // a new trace begins: its ids begin again too, so the client has to begin again
    if (engine.traceId !== trace) return end();
    if (sequence <= last) return;
    last = sequence;
    send(frame(sequence, message.type, message.data));
    if ((controller.desiredSize ?? 0) <= 0) outgoing.destroy();
  }

  async function replay(): Promise<void> {
    const page = await store.since(last, PAGE, trace);
    if (!open) return;
    last = page.at(-1)?.sequence ?? last;
    if (page.length > 0) send(page.map((s) => frame(s.sequence, s.message.type, s.message.data)).join(''));
    else unsubscribe = engine.subscribe(publish);
  }

  function stop(error?: Error): void {
    if (!open) return;
    open = false;
    unsubscribe?.();
    clearInterval(ping);
    ended(error);
  }

  function end(): void {
    if (!open) return;
    stop();
    controller.close();
  }

  /** Where the store cannot answer, the stream ends: the client comes back, and nothing of it stays here. */
  const orEnded = (work: Promise<void>): Promise<void> =>
    work.catch((error: Error) => {
      if (!open) return;
      stop(error);
      controller.close();
    });

  async function greet(): Promise<void> {
    const hello = await helloOf(source, trace, after);
    if (!open) return;
    send(frame(last, 'hello', hello));
    ping = setInterval(() => send(': ping\n\n'), PING_MS).unref();
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(c) {
        controller = c;
        return orEnded(greet());
      },
      async pull() {
        if (unsubscribe === undefined) await orEnded(replay());
      },
      cancel: () => stop(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES }),
  );
  return { body, end };
}

async function helloOf(
  { engine, store, lastEventId }: Source,
  trace: string,
  after: number | undefined,
): Promise<Hello> {
  const dropped = await store.droppedThrough(trace);
  const newest = lastEventId();
  const gap = after !== undefined && (after > newest || after < dropped);
  return { now: engine.now(), lastEventId: newest, trace, gap };
}

const frame = (sequence: number, type: string, data: unknown): string =>
  `id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
