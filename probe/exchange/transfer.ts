// What came back for one request on one line? Collects, counts and times; never pauses the parser, which a pause can crash.
import { performance } from 'node:perf_hooks';
import type { Dispatcher } from 'undici';
import type { FieldLine } from '../../shared/http/fields.ts';
import type { Failure } from '../../shared/observation.ts';
import { Collected } from './collected.ts';
import { ExchangeError, failure, failureOf } from './failure.ts';
import type { Phase } from './failure.ts';
import type { Limits } from './limits.ts';
import type { Line } from './line.ts';
import type { Prepared } from './request.ts';
import { Watchdog } from './watchdog.ts';

/** One response as transferred: content codings still on. Moments are milliseconds of the monotonic clock. */
export interface Transferred {
  readonly outcome: Received | Failure;
  readonly startedAt: number;
  /** Absent when no byte of the request was written. */
  readonly sentAt?: number;
  /** First byte of the final response head; absent when there was none. */
  readonly answeredAt?: number;
  readonly endedAt: number;
}

export interface Received {
  readonly kind: 'received';
  readonly httpVersion: string;
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly FieldLine[];
  readonly body: Buffer;
}

/** @returns Always: whatever the server, the way to it or the signal did is in the outcome. */
export function transfer(
  line: Line,
  request: Prepared,
  limits: Limits,
  keepAlive: boolean,
  signal?: AbortSignal,
): Promise<Transferred> {
  return new Promise((resolve) => {
    const attempt = new Attempt(line, limits, resolve, signal);
    line.client.dispatch(
      {
        path: request.path,
        method: request.method,
        headers: request.lines,
        ...(keepAlive ? {} : { reset: true }),
      },
      attempt,
    );
  });
}

/** undici's view of one exchange: called synchronously while it parses. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #line: Line;
  readonly #limits: Limits;
  readonly #resolve: (transferred: Transferred) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #watchdog: Watchdog;
  readonly #startedAt = performance.now();
  readonly #body = new Collected();
  #phase: Phase = 'connect';
  #sentAt: number | undefined;
  #answeredAt: number | undefined;
  #interim = 0;
  #status = 0;
  #reason = '';
  #fields: FieldLine[] = [];
  #done = false;

  constructor(line: Line, limits: Limits, resolve: (transferred: Transferred) => void, signal?: AbortSignal) {
    this.#line = line;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#signal = signal;
    this.#watchdog = new Watchdog(limits.total, (message) => this.#giveUp(failure('deadline', this.#phase, message)));
    this.#watchdog.allow(limits.connect, 'no connection');
    line.onPhase = (phase) => {
      this.#phase = phase;
    };
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
  }

  onRequestStart(): void {
    // a second start would be undici sending the request again on another connection
    if (this.#sentAt !== undefined) {
      this.#giveUp(failure('connection-closed', this.#phase, 'the connection broke; the request is not sent twice'));
      return;
    }
    this.#line.expectResponse();
    this.#phase = 'head';
    this.#watchdog.allow(this.#limits.head, 'no complete response head');
    this.#sentAt = performance.now();
  }

  onResponseStarted(): void {
    this.#answeredAt = performance.now();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, reason = ''): void {
    if (this.#done) return;
    if (status < 200) {
      if (++this.#interim > this.#limits.interim) {
        const message = `more than ${this.#limits.interim} interim responses`;
        this.#giveUp(failure('too-many-interim-responses', 'head', message));
      }
      return;
    }
    this.#status = status;
    this.#reason = reason;
    this.#fields = fieldLines(controller.rawHeaders);
    if (this.#tooManyFields(0)) return;
    this.#phase = 'body';
    this.#watchdog.allow(this.#limits.idle, 'no byte of the body');
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    this.#body.add(chunk);
    if (this.#body.length > this.#limits.bodyBytes) {
      this.#giveUp(failure('body-too-large', 'body', `the body is larger than ${this.#limits.bodyBytes} bytes`));
      return;
    }
    this.#watchdog.allow(this.#limits.idle, 'no byte of the body');
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#done) return;
    if (this.#tooManyFields(fieldLines(controller.rawTrailers).length)) return;
    this.#finish({
      kind: 'received',
      httpVersion: /^\s*HTTP\/(\d(?:\.\d)?)/.exec(this.#line.opening)?.[1] ?? '1.1',
      status: this.#status,
      reason: this.#reason,
      fields: this.#fields,
      body: this.#body.bytes(),
    });
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#finish(failureOf(error, this.#phase, this.#line.opening));
  }

  #tooManyFields(trailers: number): boolean {
    if (this.#fields.length + trailers <= this.#limits.fields) return false;
    this.#giveUp(failure('too-many-fields', this.#phase, `more than ${this.#limits.fields} field lines`));
    return true;
  }

  readonly #onAbort = (): void => this.#giveUp(failure('aborted', this.#phase, 'the exchange was called off'));

  #giveUp(why: Failure): void {
    this.#finish(why);
    this.#line.destroy(new ExchangeError(why));
  }

  #finish(outcome: Received | Failure): void {
    if (this.#done) return;
    this.#done = true;
    this.#watchdog.stop();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve({
      outcome,
      startedAt: this.#startedAt,
      ...(this.#sentAt === undefined ? {} : { sentAt: this.#sentAt }),
      ...(this.#answeredAt === undefined ? {} : { answeredAt: this.#answeredAt }),
      endedAt: performance.now(),
    });
  }
}

// One character a byte: nothing that was sent is lost, whatever it was meant to be.
function fieldLines(raw: Dispatcher.DispatchController['rawHeaders']): FieldLine[] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((piece: Buffer | string) => piece.toString('latin1'));
  return texts.flatMap((name, i): FieldLine[] => (i % 2 === 0 ? [[name, (texts[i + 1] ?? '').trim()]] : []));
}
