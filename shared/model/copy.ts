// Which stored response does a node hold, and what do its exchanges together say of its clocks?
import { isAssumed } from '../dialects/grounds.ts';
import { freshUntil, generatedFromAge, guessedIn, storedNoEarlierThan } from './clocks.ts';
import type { Draft } from './draft.ts';
import { contentOf, type Evidence, type Heard } from './evidence.ts';
import { hull, interval, intersect, shift, type Interval } from './interval.ts';
import type { Reason } from './reason.ts';

/** One stored response at one node, as far as its exchanges tell. */
export interface Copy {
  readonly content?: string;
  readonly storeId?: string;
  readonly age?: number;
  readonly generatedAt?: Interval;
  readonly storedAt: Interval;
  readonly lifetime?: number;
  readonly freshUntil?: Interval;
  readonly mayServeUntil?: Interval;
  readonly heard?: Heard;
}

/** A stretch of time during which one node held one copy. */
export interface Segment extends Copy {
  /** Between the last exchange without this copy and the first one with it. */
  readonly from: Interval;
  readonly lastSeen: number;
  /** Exchanges in a row that showed it. */
  readonly answers: number;
  /** When the last two exchanges that showed it were sent. */
  readonly lastAsked?: number;
  readonly askedBefore?: number;
  /** The last exchange in which it was served although it was no longer fresh. */
  readonly servedStale?: Interval;
  /** It was passed on, or nothing says that this node keeps it. */
  readonly notKept?: true;
  /** It was fetched in the place of one that a purge had removed. */
  readonly afterPurge?: true;
  /** When a purge ended its freshness: it may be served once more, or have been fetched anew, the same, since. */
  readonly softened?: Interval;
}

/** What is known before an exchange: the copies seen so far, and when the last exchange was sent. */
export interface Before {
  readonly history: readonly Segment[];
  readonly askedAt: number;
  /** A purge was accepted since. */
  readonly purged: boolean;
}

/** The copy held after an exchange, and whether it is the one held before; undefined where none is held. */
export type CopyNow = { readonly copy: Copy; readonly same: boolean } | undefined;

/** Which stored response does the node hold after this exchange, and why do we think so? */
export function copyAfter(known: Before | undefined, context: Evidence): [CopyNow, Reason[]] {
  const { decoded, lifetime, window, outcome } = context.said;
  const status = decoded?.cacheStatus;
  if (status?.fwd !== undefined) {
    if (outcome === 'pass') {
      const mayBeKept = (lifetime ?? 0) > 0 || window > 0;
      const because = mayBeKept || status.fwd === 'bypass' ? 'the node passes it' : 'no lifetime';
      return [undefined, [{ code: 'not-storable', because }]];
    }
    return [
      { copy: build(context, context.bracket, generatedByFetch(context)), same: false },
      [{ code: 'stored-in-this-exchange' }],
    ];
  }
  if (lifetime === undefined && window === 0 && decoded === undefined) return [undefined, []];
  const before = known?.history.at(-1);
  const replaced = before === undefined || known === undefined ? 'first' : replacedBy(before, known.purged, context);
  if (replaced === undefined && before !== undefined) return [{ copy: narrowed(before, context), same: true }, []];
  return newlySeen(known, context, replaced === 'first' ? undefined : replaced);
}

type Replaced = Extract<Reason, { code: 'copy-changed' }>['by'];

/** What shows that the copy is not the one seen before; undefined when nothing does. */
function replacedBy(before: Segment, purged: boolean, context: Evidence): Replaced | undefined {
  const { answer, bracket, said } = context;
  const { decoded, stale } = said;
  if (decoded?.storeId !== undefined && before.storeId !== undefined) {
    if (decoded.storeId !== before.storeId) return 'store-id';
  }
  if (contentOf(answer) !== before.content) return 'content';
  const generated = ageInterval(context);
  if (generated && before.generatedAt && intersect(generated, before.generatedAt) === undefined) return 'age';
  const sameId = decoded?.storeId !== undefined && decoded.storeId === before.storeId;
  if (purged && !sameId) return 'purge';
  const ended = before.freshUntil !== undefined && bracket.earliest > before.freshUntil.latest;
  if (!sameId && !stale && ended && before.softened === undefined) return 'expiry';
  return undefined;
}

/**
 * The generation instant of a copy fetched in this exchange, as the node counts it: it shows the parent's Age as it came.
 * A node that corrects Age (RFC 9111 section 4.2.3) may date it by Date, which is cut to a second.
 */
function generatedByFetch({ said: { decoded, dialect }, bracket }: Evidence): Interval | undefined {
  if (dialect.behaviour.correctsAge === true)
    return shift(interval(bracket.earliest - 1, bracket.latest), -(decoded?.age ?? 0));
  return decoded?.age === undefined ? undefined : shift(bracket, -decoded.age);
}

function ageInterval({ said: { decoded, dialect }, bracket }: Evidence): Interval | undefined {
  if (decoded?.age === undefined) return undefined;
  return generatedFromAge(decoded.age, bracket, dialect.behaviour, isAssumed(dialect, 'clock'));
}

function newlySeen(known: Before | undefined, context: Evidence, by: Replaced | undefined): [CopyNow, Reason[]] {
  const { bracket, said } = context;
  const { lifetime, dialect } = said;
  const generatedAt = ageInterval(context);
  const bounds = [generatedAt?.earliest ?? -Infinity];
  if (saysFresh(context) && lifetime !== undefined) {
    bounds.push(storedNoEarlierThan(bracket.earliest, lifetime, dialect.behaviour));
  }
  if (by !== undefined && known !== undefined) {
    const expiry = known.history.at(-1)?.freshUntil;
    // Also a purge that was accepted may have been lost: then this is the copy from before.
    bounds.push(by === 'purge' ? (known.history.at(-1)?.storedAt.earliest ?? -Infinity) : known.askedAt);
    if (by === 'expiry' && expiry !== undefined) bounds.push(expiry.earliest);
  }
  const earliest = Math.min(Math.max(...bounds), bracket.latest);
  const copy = build(context, interval(earliest, bracket.latest), generatedAt);
  return [{ copy, same: false }, [by === undefined ? { code: 'first-seen' } : { code: 'copy-changed', by }]];
}

/** The same copy, seen once more: what both exchanges allow. */
function narrowed(before: Segment, context: Evidence): Copy {
  const { bracket, said } = context;
  const { lifetime, dialect, decoded, stale } = said;
  const seen = ageInterval(context);
  const generatedAt = seen && before.generatedAt ? intersect(before.generatedAt, seen) : (seen ?? before.generatedAt);
  let storedAt = before.storedAt;
  const mayBeRefilled =
    decoded?.storeId === undefined &&
    !stale &&
    before.freshUntil !== undefined &&
    bracket.latest >= before.freshUntil.earliest;
  if (mayBeRefilled) storedAt = hull(storedAt, bracket);
  if (saysFresh(context) && lifetime !== undefined) {
    const earliest = storedNoEarlierThan(bracket.earliest, lifetime, dialect.behaviour);
    storedAt = intersect(storedAt, interval(earliest, Infinity)) ?? storedAt;
  }
  const copy = build(context, storedAt, generatedAt);
  if (before.softened === undefined) return copy;
  return mayBeRefilled ? softenedOrAnew(copy, before.softened) : softened(copy, before.softened);
}

type Ends = Pick<Copy, 'freshUntil' | 'mayServeUntil'>;

/** A purge ended its freshness: it is fresh until then at the latest, and may be served for as long after it as before. */
export function softened<T extends Ends>(held: T, at: Interval): T {
  const { freshUntil, mayServeUntil } = held;
  if (freshUntil === undefined) return { ...held, freshUntil: at };
  if (freshUntil.latest <= at.latest) return held;
  if (mayServeUntil === undefined) return { ...held, freshUntil: at };
  return { ...held, freshUntil: at, mayServeUntil: shift(at, mayServeUntil.latest - freshUntil.latest) };
}

/** The same, or what was fetched in its place. */
function softenedOrAnew(copy: Copy, at: Interval): Copy {
  const { freshUntil, mayServeUntil } = softened(copy, at);
  return {
    ...copy,
    ...(freshUntil && { freshUntil: hull(freshUntil, copy.freshUntil ?? freshUntil) }),
    ...(mayServeUntil && { mayServeUntil: hull(mayServeUntil, copy.mayServeUntil ?? mayServeUntil) }),
  };
}

/** A hit that is not stale was fresh when it was served; an answer that says nothing may have been anything. */
function saysFresh({ said }: Evidence): boolean {
  return said.decoded?.cacheStatus.hit === true && !said.stale;
}

function build(context: Evidence, storedAt: Interval, generatedAt: Interval | undefined): Copy {
  const { layer, offset, answer, bracket, said } = context;
  const { dialect, lifetime, window, decoded, heard } = said;
  const copy: Draft<Copy> = { storedAt };
  const content = contentOf(answer);
  if (content !== undefined) copy.content = content;
  if (generatedAt !== undefined) copy.generatedAt = generatedAt;
  if (heard !== undefined) copy.heard = heard;
  if (decoded?.storeId !== undefined) copy.storeId = decoded.storeId;
  if (decoded?.age !== undefined) copy.age = decoded.age;
  if (lifetime === undefined) return copy;
  copy.lifetime = lifetime;
  const end = freshUntil(copy, lifetime, dialect.behaviour, layer.policy, guessedIn(dialect, layer.policy), offset);
  if (end === undefined) return copy;
  // Where only the latest storing instant is known, freshness may end (or have ended) at any moment.
  copy.freshUntil = Number.isFinite(end.earliest) ? end : interval(bracket.earliest, end.latest);
  copy.mayServeUntil = shift(copy.freshUntil, window);
  return copy;
}
