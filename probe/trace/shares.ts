// How often may each place be asked, when several share one node's budget and all share this process?
import type { Instant } from '../../shared/model/interval.ts';
import { placeKey, type Place } from './places.ts';
import type { Pace } from './schedule.ts';

/** Exchanges a second that one process makes without falling behind; with more, brackets would widen by our own queue. */
export const MOST_A_SECOND = 3000;

/** Of them, those for places at which nothing is expected, or nothing tells when. */
const CALM_SHARE = 0.5;

/** Seconds by which questions may be late on average before all is asked more rarely: what can wait, and what is expected. */
const LATE = 0.01;
const SLOWEST = 16;
const SLOWEST_CLOSE = 4;

/** Over how many questions the average is taken, and seconds from one change of pace to the next. */
const AVERAGED = 50;
const AGAIN_AFTER = 0.25;

/** The paces of all places of one watch. */
export class Shares {
  private readonly asked: Pace;
  private lateness = 0;
  private slower = 1;
  private changedAt = -Infinity;
  private readonly places = new Map<string, number>();
  private readonly close = new Map<string, Set<string>>();
  private allClose = 0;

  constructor(places: readonly Place[], pace: Pace) {
    const least = places.length / (MOST_A_SECOND * CALM_SHARE);
    this.asked = { calm: Math.max(pace.calm, least), close: Math.max(pace.close, least) };
    for (const { node } of places) this.places.set(node.id, (this.places.get(node.id) ?? 0) + 1);
  }

  /** As asked for, or slower: where there are more places than a process can ask so often, or this machine is busy. */
  get pace(): Pace {
    return { calm: this.asked.calm * this.slower, close: this.asked.close * this.slower };
  }

  /**
   * Says by how many seconds a question was later than planned. Where that goes on, calm places are asked more rarely, so
   * that those at which a flip is expected are not kept waiting.
   */
  late(seconds: number, now: Instant): void {
    this.lateness += (seconds - this.lateness) / AVERAGED;
    if (now < this.changedAt + AGAIN_AFTER) return;
    this.changedAt = now;
    if (this.lateness > LATE) this.slower = Math.min(SLOWEST, this.slower * 1.5);
    else if (this.lateness < LATE / 4) this.slower = Math.max(1, this.slower / 1.25);
  }

  /** Says whether a flip is expected at this place at any moment. */
  mark(place: Place, isClose: boolean): void {
    const at = this.close.get(place.node.id) ?? new Set();
    this.close.set(place.node.id, at);
    this.allClose -= at.size;
    if (isClose) at.add(placeKey(place));
    else at.delete(placeKey(place));
    this.allClose += at.size;
  }

  /** Seconds between two questions to a place at which a flip is expected: what calm places leave is shared evenly. */
  spacing({ node, layer }: Place): number {
    const close = this.close.get(node.id)?.size ?? 0;
    const calm = ((this.places.get(node.id) ?? 0) - close) / this.pace.calm;
    const room = Math.max(layer.budget / 2, layer.budget - calm);
    const most = MOST_A_SECOND / Math.min(SLOWEST_CLOSE, this.slower);
    return Math.max(Math.max(1, close) / room, this.allClose / most);
  }
}
