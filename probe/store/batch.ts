// How are many observations of one trace kept in one row? As JSON in which what they have in common is said once.
import type { FieldLines } from '../../shared/http/fields.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Answer, Failure, Observation, ProbeRequest } from '../../shared/observation.ts';

/** What a row holds, and what travels to the store's thread. */
export interface Observe {
  readonly verb: 'observe';
  readonly trace: string;
  readonly count: number;
  /** The last instant that any of them is certain of. */
  readonly at: Instant;
  /** JSON, joined by commas, of the requests and lists of field lines that the observations name by their place here. */
  readonly common: string;
  /** The observations' JSON, joined by commas. */
  readonly json: string;
}

/** Observations in one row at most: a reader who wants one of them parses them all. */
const MOST = 128;

/** Posted as it is: what is private stays here, the rest is the row. */
export class Batch implements Observe {
  readonly verb = 'observe';
  readonly trace: string;
  count = 0;
  at = Number.NEGATIVE_INFINITY;
  common = '';
  json = '';
  readonly #places = new Map<object, number>();

  constructor(trace: string) {
    this.trace = trace;
  }

  hasRoomFor(trace: string): boolean {
    return this.trace === trace && this.count < MOST;
  }

  add(observation: Observation): void {
    const { request, result } = observation;
    const text = JSON.stringify({
      ...observation,
      request: this.#placeOf(request),
      result: result.kind === 'answer' ? { ...result, fields: this.#placeOf(result.fields) } : result,
    });
    this.json = this.count === 0 ? text : `${this.json},${text}`;
    this.at = Math.max(this.at, observation.responseTime);
    this.count += 1;
  }

  #placeOf(value: ProbeRequest | FieldLines): number {
    const known = this.#places.get(value);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(value, place);
    const text = JSON.stringify(value);
    this.common = place === 0 ? text : `${this.common},${text}`;
    return place;
  }
}

type Folded = Omit<Observation, 'request' | 'result'> & {
  readonly request: number | ProbeRequest;
  readonly result: (Omit<Answer, 'fields'> & { readonly fields: number | FieldLines }) | Failure;
};

/** The observations of one row. A row from before there was anything in common says everything where it belongs. */
export function unfolded({ common, json }: Pick<Observe, 'common' | 'json'>): Observation[] {
  const shared = JSON.parse(`[${common}]`) as unknown[];
  const whole = <T>(value: number | T): T => (typeof value === 'number' ? (shared[value] as T) : value);
  const folded = JSON.parse(`[${json}]`) as Folded[];
  return folded.map((o) => ({
    ...o,
    request: whole(o.request),
    result: o.result.kind === 'answer' ? { ...o.result, fields: whole(o.result.fields) } : o.result,
  }));
}
