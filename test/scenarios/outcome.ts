// What was seen in one step of a scenario, whoever played it?
import type { FieldLine, FieldLines } from '../../shared/http/fields.ts';
import { valuesOf } from '../../shared/http/fields.ts';
import type { Instant } from '../../shared/model/interval.ts';

interface ClientExchange {
  /** Field lines of the request. */
  readonly sent: FieldLines;
  /** When the request was sent, and when the head of the answer was there, or hope was given up. */
  readonly startedAt: Instant;
  readonly answeredAt: Instant;
}

/** What one client got. */
export interface ClientAnswer extends ClientExchange {
  readonly status: number;
  readonly fields: readonly FieldLine[];
  readonly body: string;
  /** False when the connection broke before the content was complete. */
  readonly whole: boolean;
}

/** The client got no answer at all. */
export interface NoAnswer extends ClientExchange {
  readonly failure: string;
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

/** Whether the request that the origin got holds a precondition which no client's does. */
export function hasOwnPrecondition({ fields }: OriginRequest, { clients }: StepOutcome): boolean {
  return ['if-none-match', 'if-modified-since'].some((name) => {
    const known = clients.flatMap(({ sent }) => valuesOf(sent, name));
    return valuesOf(fields, name).some((value) => !known.includes(value));
  });
}
