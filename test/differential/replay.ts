// What does the model say at the very instants at which the product was asked and the origin answered?
import { playModel } from '../scenarios/play-model.ts';
import type { ExchangeClock, ModelOptions, StepClock } from '../scenarios/play-model.ts';
import type { Outcome } from '../scenarios/outcome.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { ORIGIN_TAKES } from '../scenarios/schedule.ts';

/** A cache reads its clock somewhere between two instants that were seen outside: here both ends are played. */
export function replay(scenario: Scenario, seen: Outcome, options: ModelOptions): { early: Outcome; late: Outcome } {
  return {
    early: playModel(scenario, { ...options, clock: measured(seen, earlyOf) }),
    late: playModel(scenario, { ...options, clock: measured(seen, lateOf) }),
  };
}

/** What was measured of one exchange. */
interface Measured {
  readonly startedAt: number;
  readonly answeredAt: number;
  /** The origin's part; where it was not asked: as if it had been. */
  readonly originAskedAt: number;
  readonly originAnsweredAt: number;
  readonly inBackground: boolean;
}

function measured(seen: Outcome, at: (exchange: Measured) => ExchangeClock): StepClock {
  return (step, client) => {
    const { clients, asked, background } = seen[step]!;
    const { startedAt, answeredAt } = clients[client]!;
    const last = (asked.length > client ? asked[client] : asked.at(-1)) ?? background.at(-1);
    return at({
      startedAt,
      answeredAt,
      originAskedAt: last?.at ?? startedAt,
      originAnsweredAt: last?.answeredAt ?? startedAt + ORIGIN_TAKES,
      inBackground: asked.length === 0,
    });
  };
}

const earlyOf = (e: Measured): ExchangeClock => ({
  decidedAt: e.startedAt,
  requestTime: e.startedAt,
  originAnswers: e.originAnsweredAt,
  responseTime: e.originAnsweredAt,
});

const lateOf = (e: Measured): ExchangeClock => ({
  decidedAt: e.inBackground ? e.answeredAt : e.originAskedAt,
  requestTime: e.originAskedAt,
  originAnswers: e.originAnsweredAt,
  responseTime: e.inBackground ? e.originAnsweredAt + ORIGIN_TAKES / 3 : Math.max(e.answeredAt, e.originAnsweredAt),
});
