// What do Age, Date and the lifetime say about instants? (MODEL: two clocks per stored response; RFC 9111 sections 4.2, 5.1)
import type { Behaviour, Dialect } from '../dialects/dialect.ts';
import { isAssumed } from '../dialects/grounds.ts';
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

/** What is not known of the product, so that every usual behaviour is allowed for. */
export interface Guessed {
  readonly clock: boolean;
  readonly honoursAge: boolean;
}

/** What of its clocks is not known of a product, by the grounds of its traits and its operator's word. */
export const guessedIn = (dialect: Pick<Dialect, 'grounds'>, policy: Policy): Guessed => ({
  clock: isAssumed(dialect, 'clock'),
  honoursAge: policy.honoursAge === undefined && isAssumed(dialect, 'honoursAge'),
});

/**
 * The end of freshness of one stored response, or undefined where neither clock is known.
 * A product that honours Age counts from the generation, any other from its own storing; a cap counts from the fetch.
 */
export function freshUntil(
  clocks: CopyClocks,
  lifetime: number,
  behaviour: Behaviour,
  policy: Policy,
  guessed: Guessed,
  offset?: Interval,
): Interval | undefined {
  const { generatedAt, storedAt } = clocks;
  const byStore = storedAt && expiryOfStore(storedAt, lifetime, behaviour, offset);
  const byAge = generatedAt && expiryOfStore(generatedAt, lifetime, behaviour, offset);
  const honoursAge = policy.honoursAge ?? behaviour.honoursAge;
  const counted = honoursAge ? (byAge ?? byStore) : byStore;
  const own = guessed.honoursAge ? allowed(byAge, byStore) : guessed.clock ? counted && widen(counted) : counted;
  if (policy.cap === undefined || storedAt === undefined || own === undefined) return own;
  const cut = expiryOfStore(storedAt, policy.cap, behaviour, offset);
  const capped = guessed.clock ? widen(cut) : cut;
  return interval(Math.min(own.earliest, capped.earliest), Math.min(own.latest, capped.latest));
}

/** Where it is not known whether Age counts. */
const allowed = (byAge: Interval | undefined, byStore: Interval | undefined): Interval | undefined =>
  byAge && byStore ? widen(hull(byAge, byStore)) : (byAge ?? byStore);

/** An unknown product may cut to whole seconds, on either side. */
const widen = (i: Interval): Interval => interval(i.earliest - 1, i.latest + 1);

/** The earliest storing instant of a copy that was still fresh at `at`. */
export function storedNoEarlierThan(at: number, lifetime: number, behaviour: Behaviour): number {
  return at - lifetime - (behaviour.clock.kind === 'whole-second' ? 1 : 0);
}
