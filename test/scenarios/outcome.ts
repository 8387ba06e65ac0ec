// What was seen in one step of a scenario, whoever played it?
import type { FieldLine, FieldLines } from '../../shared/http/fields.ts';
import { valuesOf } from '../../shared/http/fields.ts';
import type { Instant } from '../../shared/model/interval.ts';

/** What one client got. */
export interface ClientAnswer {
  readonly status: number;
  readonly fields: readonly FieldLine[];
  readonly body: string;
  /** False when the connection broke before the content was complete. */
  readonly whole: boolean;
  /** When the request was sent, and when the head of the answer was there. */
  readonly startedAt: Instant;
  readonly answeredAt: Instant;
}

/** The client got no answer at all. */
export interface NoAnswer {
  readonly failure: string;
  readonly startedAt: Instant;
  readonly answeredAt: Instant;
}

/** One request that the origin got. */
export interface OriginRequest {
  readonly method: string;
  /** Path and query, within the scenario's folder. */
  readonly path: string;
  readonly fields: readonly FieldLine[];
  readonly at: Instant;
  /** When its answer was written, or its connection reset. */
  readonly answeredAt: Instant;
}

export interface StepOutcome {
  /** One for each client of the step. */
  readonly clients: readonly (ClientAnswer | NoAnswer)[];
  /** Those that the origin had answered before the last client had its answer. */
  readonly asked: readonly OriginRequest[];
  /** Those that came later, or were answered later. */
  readonly background: readonly OriginRequest[];
}

export type Outcome = readonly StepOutcome[];

/** Whether the request that the origin got holds a precondition which the client's does not. */
export function hasOwnPrecondition(got: FieldLines, sent: FieldLines): boolean {
  return ['if-none-match', 'if-modified-since'].some((name) => {
    const known = valuesOf(sent, name);
    return valuesOf(got, name).some((value) => !known.includes(value));
  });
}
