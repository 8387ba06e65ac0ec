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
import { fieldLines } from './raw-fields.ts';
import type { Prepared } from './request.ts';
import { Watchdog } from './watchdog.ts';
import type { Watched } from './watchdog.ts';

/** One response as transferred: content codings still on. Moments are milliseconds of the monotonic clock. */
export interface Transferred {
  readonly outcome: Received | Failure;
  readonly startedAt: number;
  /** Absent when no byte of the request was written. */
  readonly sentAt: number | undefined;
  /** First byte of the final response head; absent when there was none. */
  readonly answeredAt: number | undefined;
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
  signal?: AbortSignal,
  headOnly = false,
): Promise<Transferred> {
  return new Promise((resolve) => {
    const attempt = new Attempt(line, limits, resolve, headOnly, signal);
    line.client.dispatch(request.options, attempt);
  });
}

/**
 * undici's view of one exchange: called synchronously while it parses. This is the form of handler that gets the field
 * lines raw; the newer one is wrapped around it and parses them first. Every `true` says: do not pause.
 */
class Attempt implements Dispatcher.DispatchHandler, Watched {
  readonly #line: Line;
  readonly #limits: Limits;
  readonly #resolve: (transferred: Transferred) => void;
  readonly #headOnly: boolean;
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
  #fields: readonly FieldLine[] = [];
  #done = false;

  constructor(
    line: Line,
    limits: Limits,
    resolve: (transferred: Transferred) => void,
    headOnly: boolean,
    signal?: AbortSignal,
  ) {
    this.#line = line;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#headOnly = headOnly;
    this.#signal = signal;
    this.#watchdog = new Watchdog(this, limits.total, this.#startedAt);
    this.#watchdog.allow(limits.connect, 'no connection', this.#startedAt);
    line.onPhase = (phase) => {
      this.#phase = phase;
    };
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
  }

  expire(message: string): void {
    this.#giveUp(failure('deadline', this.#phase, message));
  }

  onConnect(): void {
    // a second start would be undici sending the request again on another connection
    if (this.#sentAt !== undefined) {
      this.#giveUp(failure('connection-closed', this.#phase, 'the connection broke; the request is not sent twice'));
      return;
    }
    this.#line.opening.clear();
    this.#phase = 'head';
    this.#sentAt = performance.now();
    this.#watchdog.allow(this.#limits.head, 'no complete response head', this.#sentAt);
  }

  onResponseStarted(): void {
    this.#answeredAt = performance.now();
  }

  onHeaders(status: number, raw: Buffer[], _: () => void, reason: string): true {
    if (this.#done) return true;
    if (status < 200) {
      if (++this.#interim > this.#limits.interim) {
        const message = `more than ${this.#limits.interim} interim responses`;
        this.#giveUp(failure('too-many-interim-responses', 'head', message));
      }
      return true;
    }
    if (this.#tooManyFields(raw.length / 2)) return true;
    this.#phase = 'body';
    this.#status = status;
    this.#reason = reason;
    this.#fields = fieldLines(raw);
    if (this.#headOnly) this.#receive();
    else this.#watchdog.allow(this.#limits.idle, 'no byte of the body', performance.now());
    return true;
  }

  onData(chunk: Buffer): true {
    if (this.#done) return true;
    this.#body.add(chunk);
    if (this.#body.length > this.#limits.bodyBytes) {
      this.#giveUp(failure('body-too-large', 'body', `the body is larger than ${this.#limits.bodyBytes} bytes`));
    } else {
      this.#watchdog.allow(this.#limits.idle, 'no byte of the body', performance.now());
    }
    return true;
  }

  onComplete(trailers: unknown[] | null): void {
    if (this.#done || this.#tooManyFields(this.#fields.length + (trailers?.length ?? 0) / 2)) return;
    this.#receive();
  }

  #receive(): void {
    this.#finish({
      kind: 'received',
      httpVersion: this.#line.opening.httpVersion(),
      status: this.#status,
      reason: this.#reason,
      fields: this.#fields,
      body: this.#body.bytes(),
    });
  }

  onError(error: Error): void {
    this.#finish(failureOf(error, this.#phase, this.#line.opening.text()));
  }

  #tooManyFields(count: number): boolean {
    if (count <= this.#limits.fields) return false;
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
    // an idle line must not hold on to the last body
    this.#line.onPhase = undefined;
    this.#line.opening.clear();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve({
      outcome,
      startedAt: this.#startedAt,
      sentAt: this.#sentAt,
      answeredAt: this.#answeredAt,
      endedAt: performance.now(),
    });
  }
}
