// Was the forecast right? Every forecast is kept when it is made and graded when the flip is seen.
import { versionOf } from '../../shared/model/change.ts';
import { forecastAll } from '../../shared/model/forecast-all.ts';
import type { Forecast } from '../../shared/model/forecast.ts';
import { intersect, interval, middle, type Interval } from '../../shared/model/interval.ts';
import { changeIn, statesOf, tracksOf } from '../../shared/model/reading.ts';
import type { RecordedForecast, Score } from '../../shared/trace.ts';
import type { Session } from './session.ts';

/** A forecast is made anew when its bounds have shrunk to this share of the former. */
const WORTH_RECORDING = 0.5;
const MOST_FOR_ONE_FLIP = 6;

/** Seconds between two rounds of forecasts for one page. */
const ROUND = 0.25;

interface Open {
  readonly recorded: RecordedForecast;
  readonly expect: string;
  readonly naive?: number;
}

/** Makes and grades forecasts as a session goes on; `after` is to be called after every exchange. */
export class Forecaster {
  private readonly open = new Map<string, Open[]>();
  private readonly nextRound = new Map<string, number>();
  private readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  /** Takes what the last exchange with this target and variant has shown into account. */
  async after(target: string, variant: string): Promise<void> {
    const { session } = this;
    const change = changeIn(session.reading, target, variant);
    const { expect } = change;
    if (expect === undefined) return;
    await this.grade(target, variant, expect);
    const key = `${target}/${variant}`;
    if (this.session.now() < (this.nextRound.get(key) ?? 0)) return;
    this.nextRound.set(key, this.session.now() + ROUND);
    const states = statesOf(session.reading, target, variant);
    if (!change.ready || !states.some((s) => versionOf(s, change) === 'old')) return;
    const forecasts = forecastAll(session.topology, states, change, {}, session.now());
    for (const forecast of forecasts) {
      const state = states.find((s) => s.node === forecast.node);
      const naive = state?.lifetime === undefined ? undefined : forecast.madeAt + state.lifetime - (state.age ?? 0);
      if (forecast.audience !== 'browser-copy' && !forecast.visible) await this.keep(forecast, expect, naive);
    }
  }

  private async keep(forecast: Forecast, expect: string, naive: number | undefined): Promise<void> {
    const key = `${forecast.node}/${forecast.target}/${forecast.variant}`;
    const made = (this.open.get(key) ?? []).filter((o) => o.expect === expect);
    const before = made.at(-1)?.recorded.forecast;
    if (made.length >= MOST_FOR_ONE_FLIP || (before !== undefined && !narrower(forecast, before))) return;
    const recorded: RecordedForecast = { id: this.session.takeId(), forecast };
    this.open.set(key, [...made, { recorded, expect, ...(naive === undefined ? {} : { naive }) }]);
    await this.session.add({ type: 'forecast', data: recorded });
  }

  private async grade(target: string, variant: string, expect: string): Promise<void> {
    for (const track of tracksOf(this.session.reading, target, variant)) {
      const segment = track.history.at(-1);
      if (segment?.content !== expect) continue;
      const key = `${track.state.node}/${target}/${variant}`;
      const open = this.open.get(key) ?? [];
      this.open.delete(key);
      for (const { recorded, naive } of open.filter((o) => o.expect === expect)) {
        const score = scoreOf(recorded.forecast, segment.from, naive);
        if (score !== undefined) await this.session.add({ type: 'forecast', data: { ...recorded, score } });
      }
    }
  }
}

function narrower(now: Forecast, before: Forecast): boolean {
  const size = (f: Forecast) => (f.latest ?? Infinity) - f.earliest;
  return size(now) < WORTH_RECORDING * size(before);
}

/** Graded against the interval in which the flip was seen; undefined for a forecast without a median. */
function scoreOf(forecast: Forecast, flippedAt: Interval, naive: number | undefined): Score | undefined {
  if (forecast.median === undefined) return undefined;
  const held = intersect(interval(forecast.earliest, forecast.latest ?? Infinity), flippedAt) !== undefined;
  const [low, high] = forecast.band90 ?? [forecast.median, forecast.median];
  const seen = middle(flippedAt);
  return {
    flippedAt,
    boundsHeld: held,
    bandHeld: intersect(interval(low, high), flippedAt) !== undefined,
    absoluteError: Math.abs(forecast.median - seen),
    ...(naive === undefined ? {} : { naiveError: Math.abs(naive - seen) }),
  };
}
