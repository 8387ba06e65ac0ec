// How does the page get its trace, and what time is it at the service?
import type { LiveMessage, Trace } from '../shared/trace.ts';

export interface Snapshot {
  readonly now: number;
  readonly lab: boolean;
  readonly lastEventId: number;
  readonly mayPurge: boolean;
  readonly trace: Trace;
}

export type Connection = 'connecting' | 'live' | 'lost';

export interface Listener {
  snapshot(snapshot: Snapshot): void;
  message(message: LiveMessage): void;
  connection(state: Connection, problem?: string): void;
}

/** The service's clock, carried on by our monotonic one; corrected by whatever says `now`. */
export class ServiceClock {
  #service = Date.now() / 1000;
  #ours = performance.now();

  /** `now` of the service as read from an exchange that began at `sent` (milliseconds of performance.now). */
  correct(now: number, sent: number): void {
    const arrived = performance.now();
    this.#service = now + (arrived - sent) / 2000;
    this.#ours = arrived;
  }

  /** Seconds since the epoch on the service's clock. */
  now(): number {
    return this.#service + (performance.now() - this.#ours) / 1000;
  }
}

const RETRY_SECONDS = [1, 2, 4, 8];

async function fetchSnapshot(clock: ServiceClock, signal: AbortSignal): Promise<Snapshot> {
  const sent = performance.now();
  const response = await fetch('/api/v1/live', { signal, headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  const snapshot: Snapshot = await response.json();
  clock.correct(snapshot.now, sent);
  return snapshot;
}

function openEvents(lastEventId: number, clock: ServiceClock, listener: Listener, restart: () => void): EventSource {
  const events = new EventSource(`/api/v1/events?lastEventId=${lastEventId}`);
  const on = (type: LiveMessage['type'] | 'hello', take: (json: string) => void): void =>
    events.addEventListener(type, (e: MessageEvent<string>) => take(e.data));
  on('observation', (json) => listener.message({ type: 'observation', data: JSON.parse(json) }));
  on('event', (json) => listener.message({ type: 'event', data: JSON.parse(json) }));
  on('receipt', (json) => listener.message({ type: 'receipt', data: JSON.parse(json) }));
  on('forecast', (json) => listener.message({ type: 'forecast', data: JSON.parse(json) }));
  on('hello', (json) => {
    const hello: { now: number; lastEventId: number } = JSON.parse(json);
    // a lower number than ours: the service began anew, and so must we
    if (hello.lastEventId < lastEventId) return restart();
    clock.correct(hello.now, performance.now());
  });
  events.addEventListener('open', () => listener.connection('live'));
  events.addEventListener('error', () => {
    listener.connection('lost');
    if (events.readyState === EventSource.CLOSED) restart();
  });
  return events;
}

/** Keeps the listener supplied until the returned function is called. Never throws: trouble is told as `lost`. */
export function connect(clock: ServiceClock, listener: Listener): () => void {
  const stop = new AbortController();
  let events: EventSource | undefined;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const again = (): void => {
    events?.close();
    clearTimeout(timer);
    if (stop.signal.aborted) return;
    const wait = RETRY_SECONDS[Math.min(tries++, RETRY_SECONDS.length - 1)] ?? 8;
    timer = setTimeout(() => void begin(), wait * 1000);
  };

  async function begin(): Promise<void> {
    try {
      const snapshot = await fetchSnapshot(clock, stop.signal);
      tries = 0;
      listener.snapshot(snapshot);
      events = openEvents(snapshot.lastEventId, clock, listener, again);
    } catch (error) {
      if (stop.signal.aborted) return;
      listener.connection('lost', error instanceof Error ? error.message : undefined);
      again();
    }
  }

  void begin();
  return () => {
    stop.abort();
    clearTimeout(timer);
    events?.close();
  };
}
