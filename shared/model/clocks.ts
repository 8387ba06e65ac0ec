// What do Age, Date and the lifetime say about instants? (MODEL: two clocks per stored response; RFC 9111 sections 4.2, 5.1)
import type { Behaviour } from '../dialects/dialect.ts';
import type { Policy } from '../topology.ts';
import { hull, interval, intersect, shift, type Interval } from './interval.ts';

/** nginx and its like read a clock that is refreshed once per event loop turn: it may lag by this many seconds. */
const CLOCK_LAG = 0.003;

/**
 * The generation instant that an Age of `age` seconds allows, for an exchange inside `bracket`.
 * Continuous clocks show floor(now - generatedAt); whole-second clocks floor(now) - floor(generatedAt), so that
 * without the server's phase the instant is known to one second more on the late side.
 */
export function generatedFromAge(age: number, bracket: Interval, behaviour: Behaviour, assumed = false): Interval {
  const latest = bracket.latest - age;
  const wholeSecond = assumed || behaviour.clock.kind === 'whole-second';
  return interval(bracket.earliest - age - 1, wholeSecond ? latest + 1 : latest);
}

/** Server clock minus probe clock, from a Date that the node wrote inside `bracket` (it shows the current second). */
export function offsetFromDate(date: number, bracket: Interval): Interval {
  return interval(date - bracket.latest, date + 1 + CLOCK_LAG - bracket.earliest);
}

/**
 * When a response stored at `storedAt` stops being fresh, on the probe's clock.
 * `offset` is the server's clock minus ours; without it a whole-second clock is known to one second only.
 */
function expiryOfStore(storedAt: Interval, lifetime: number, behaviour: Behaviour, offset?: Interval): Interval {
  if (behaviour.clock.kind === 'continuous') return shift(storedAt, lifetime);
  const late = behaviour.clock.staleWhen === 'age > lifetime' ? 1 : 0;
  const coarse = interval(storedAt.earliest + lifetime + late - 1, storedAt.latest + lifetime + late);
  if (offset === undefined) return coarse;
  const first = Math.floor(storedAt.earliest + offset.earliest);
  const final = Math.floor(storedAt.latest + offset.latest);
  const fine = interval(first + lifetime + late - offset.latest, final + lifetime + late - offset.earliest);
  return intersect(coarse, fine) ?? coarse;
}

export interface CopyClocks {
  readonly generatedAt?: Interval;
  readonly storedAt?: Interval;
}

/**
 * The end of freshness of one stored response, or undefined where neither clock is known.
 * A product that honours Age counts from the generation, any other from its own storing; a cap counts from the fetch.
 */
export function freshUntil(
  clocks: CopyClocks,
  lifetime: number,
  behaviour: Behaviour,
  policy: Policy,
  assumed: boolean,
  offset?: Interval,
): Interval | undefined {
  const { generatedAt, storedAt } = clocks;
  const byStore = storedAt && expiryOfStore(storedAt, lifetime, behaviour, offset);
  const byAge = generatedAt && expiryOfStore(generatedAt, lifetime, behaviour, offset);
  if (assumed) return byAge && byStore ? widen(hull(byAge, byStore)) : (byAge ?? byStore);
  const honoursAge = policy.honoursAge ?? behaviour.honoursAge;
  const natural = honoursAge ? (byAge ?? byStore) : byStore;
  if (policy.cap === undefined || storedAt === undefined || natural === undefined) return natural;
  const capped = expiryOfStore(storedAt, policy.cap, behaviour, offset);
  return interval(Math.min(natural.earliest, capped.earliest), Math.min(natural.latest, capped.latest));
}

/** An unknown product may cut to whole seconds, on either side. */
const widen = (i: Interval): Interval => interval(i.earliest - 1, i.latest + 1);

/** The earliest storing instant of a copy that was still fresh at `at`. */
export function storedNoEarlierThan(at: number, lifetime: number, behaviour: Behaviour): number {
  return at - lifetime - (behaviour.clock.kind === 'whole-second' ? 1 : 0);
}
