// What was seen in one exchange with one node? Evidence and nothing else: whatever could be worked out later is not here.
import type { FieldLine } from './http/fields.ts';
import type { Instant } from './model/interval.ts';

/** Seconds spent in each phase, from the monotonic clock; a phase that did not happen is absent. */
export interface Timings {
  readonly dns?: number;
  readonly connect?: number;
  readonly tls?: number;
  /** From sending the request to the first byte of the final response head. */
  readonly ttfb?: number;
  readonly total: number;
}

export interface ProbeRequest {
  readonly method: string;
  /** The target's URL; the connection went to `address`. */
  readonly url: string;
  readonly address: string;
  /** As sent, with credentials replaced by `[redacted]`. */
  readonly fields: readonly FieldLine[];
}

export interface Answer {
  readonly kind: 'answer';
  readonly httpVersion: string;
  readonly status: number;
  readonly reason: string;
  /** Wire order, duplicates and case kept. */
  readonly fields: readonly FieldLine[];
  /** Bytes of content as transferred, and after content decoding. */
  readonly bytes: number;
  readonly decodedBytes: number;
  /** `sha256:` and 64 hex digits over the decoded content without the ignored parts; absent for an empty body. */
  readonly digest?: string;
  /** What the target's marker found; absent when it found nothing or none is configured. */
  readonly marker?: string;
  /** Absolute URLs of the page's scripts and stylesheets, when the target asks for them. */
  readonly assets?: readonly string[];
  /** Evidence that could not be read (a page too deep, a broken coding): one sentence each. */
  readonly problems?: readonly string[];
}

export type FailureCode =
  | 'resolve-failed'
  | 'address-refused'
  | 'connect-refused'
  | 'connect-failed'
  | 'tls-failed'
  | 'deadline'
  | 'connection-closed'
  | 'malformed-response'
  | 'head-too-large'
  | 'too-many-fields'
  | 'too-many-interim-responses'
  | 'body-too-large'
  | 'bad-content-coding'
  | 'decoded-body-too-large'
  | 'aborted'
  | 'probe-error';

export interface Failure {
  readonly kind: 'failure';
  /** Who is to blame: the server that answered, the way to it, or ourselves. */
  readonly source: 'target' | 'network' | 'probe';
  readonly phase: 'resolve' | 'connect' | 'tls' | 'request' | 'head' | 'body';
  readonly code: FailureCode;
  /** One sentence for a person. */
  readonly message: string;
}

export interface Observation {
  /** Unique and increasing within one trace. */
  readonly id: number;
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
  readonly request: ProbeRequest;
  /** Wall clock just before the first byte of the request was written. */
  readonly requestTime: Instant;
  /** Wall clock when the first byte of the final response head (or the failure) was seen. */
  readonly responseTime: Instant;
  readonly timings: Timings;
  readonly result: Answer | Failure;
}
