// How are many observations of one trace kept in one row? What they have in common is said once; the rest are numbers.
import type { Instant } from '../../shared/model/interval.ts';
import type { Answer, Failure, Observation, ProbeRequest, Timings } from '../../shared/observation.ts';
import type { Database, Row } from './driver.ts';

/** What a row holds, and what travels to the store's thread. */
export interface Observe {
  readonly verb: 'observe';
  readonly trace: string;
  readonly count: number;
  /** The last instant that any of them is certain of. */
  readonly at: Instant;
  /** JSON, joined by commas, of what the numbers name by its place here. */
  readonly common: string;
  /** `WIDTH` for each observation, in the order of `Told`. */
  readonly numbers: Float64Array<ArrayBuffer>;
}

type Where = Pick<Observation, 'layer' | 'node' | 'target' | 'variant'>;
type Question = Where & Pick<Observation, 'request'>;
type Connecting = Omit<Timings, 'ttfb' | 'total'>;

/** Observations in one row at most: a reader who wants one of them reads them all. */
const MOST = 128;
/** Numbers of one observation. */
const WIDTH = 8;

export class Batch {
  readonly trace: string;
  #count = 0;
  #at = Number.NEGATIVE_INFINITY;
  #common = '';
  #places = 0;
  readonly #numbers: number[] = [];
  readonly #questions = new Map<ProbeRequest, Where & { readonly place: number }>();
  readonly #results = new Map<Answer | Failure, number>();

  constructor(trace: string) {
    this.trace = trace;
  }

  hasRoomFor(trace: string): boolean {
    return this.trace === trace && this.#count < MOST;
  }

  add(observation: Observation): void {
    const { id, request, requestTime, responseTime, timings, result } = observation;
    this.#numbers.push(
      id,
      this.#question(request, observation),
      this.#result(result),
      requestTime,
      responseTime,
      timings.total,
      timings.ttfb ?? Number.NaN,
      this.#connecting(timings),
    );
    this.#at = Math.max(this.#at, responseTime);
    this.#count += 1;
  }

  row(): Observe {
    const numbers = new Float64Array(this.#numbers);
    return { verb: 'observe', trace: this.trace, count: this.#count, at: this.#at, common: this.#common, numbers };
  }

  #question(request: ProbeRequest, { layer, node, target, variant }: Observation): number {
    const known = this.#questions.get(request);
    if (known?.node === node && known.layer === layer && known.target === target && known.variant === variant) {
      return known.place;
    }
    const place = this.#inCommon({ layer, node, target, variant, request });
    this.#questions.set(request, { layer, node, target, variant, place });
    return place;
  }

  #result(result: Answer | Failure): number {
    const known = this.#results.get(result);
    if (known !== undefined) return known;
    const place = this.#inCommon(result);
    this.#results.set(result, place);
    return place;
  }

  #connecting({ dns, connect, tls }: Timings): number {
    return dns === undefined && connect === undefined && tls === undefined
      ? Number.NaN
      : this.#inCommon({ dns, connect, tls });
  }

  #inCommon(value: object): number {
    const text = JSON.stringify(value);
    this.#common = this.#places === 0 ? text : `${this.#common},${text}`;
    return this.#places++;
  }
}

/** @param last The sequence of the last of them. */
export function insertBatch(db: Database, last: number, { trace, count, at, common, numbers }: Observe): void {
  const sql = 'INSERT INTO batches (last, trace, count, at, common, numbers) VALUES (?, ?, ?, ?, ?, ?)';
  db.run(sql, last, trace, count, at, common, new Uint8Array(numbers.buffer));
}

/** The observations of one row. */
export function observationsIn(batch: Row): Observation[] {
  const shared = JSON.parse(`[${String(batch['common'])}]`) as unknown[];
  // a copy: the bytes need not begin where eight of them make a number
  const numbers = new Float64Array(new Uint8Array(batch['numbers'] as Uint8Array).buffer);
  return Array.from({ length: numbers.length / WIDTH }, (_, i) =>
    retold([...numbers.subarray(i * WIDTH, (i + 1) * WIDTH)] as Told, shared),
  );
}

type Told = [
  id: number,
  question: number,
  result: number,
  requestTime: Instant,
  responseTime: Instant,
  total: number,
  ttfb: number,
  connecting: number,
];

function retold(told: Told, shared: readonly unknown[]): Observation {
  const [id, question, result, requestTime, responseTime, total, ttfb, connecting] = told;
  const timings = {
    ...(Number.isNaN(connecting) ? {} : (shared[connecting] as Connecting)),
    ...(Number.isNaN(ttfb) ? {} : { ttfb }),
    total,
  };
  const { request, ...where } = shared[question] as Question;
  return { id, ...where, request, requestTime, responseTime, timings, result: shared[result] as Answer | Failure };
}
