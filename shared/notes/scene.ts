// What do all notes on one response look at? Worked out once.
import { ageValue } from '../http/age.ts';
import { cacheControlOf, has, type CacheControl } from '../http/cache-control.ts';
import { controlOf, type Control } from '../http/control.ts';
import { parseDate } from '../http/date.ts';
import { first, type FieldLines } from '../http/fields.ts';
import { isExplicit, lifetimeOf, type Lifetime } from '../http/freshness.ts';
import { rfcBehaviour } from '../dialects/rfc-behaviour.ts';
import { dialectOf } from '../dialects/index.ts';
import type { Behaviour } from '../dialects/dialect.ts';
import type { Hop } from '../hops.ts';
import type { Instant } from '../model/interval.ts';
import type { RecordedResponse } from '../recorded-response.ts';

/** One response, as a shared cache reads it that obeys Cache-Control and no targeted field. */
export interface Scene {
  readonly response: RecordedResponse;
  readonly status: number;
  readonly fields: FieldLines;
  readonly hops: readonly Hop[];
  readonly directives: CacheControl;
  readonly control: Control;
  readonly lifetime: Lifetime | undefined;
  /** Date, where it can be read. */
  readonly date: Instant | undefined;
  /** Age as it was sent, in seconds; undefined where it is absent or cannot be read. */
  readonly age: number | undefined;
  /** When it was received, where that is known. */
  readonly receivedAt: Instant | undefined;
  /** Stands in for an instant that is not known. */
  readonly now: Instant;
  /** Whether Cache-Control has this directive, with or without a value. */
  readonly says: (directive: string) => boolean;
  /** Age stands still: the cache that sent it passes on what it stored. */
  readonly ageStands: boolean;
}

/** The standard cache of RFC 9111 without RFC 9213: what every cache on the way has in common. */
export const common: Behaviour = { ...rfcBehaviour, targetedFields: [] };

export function sceneOf(response: RecordedResponse, hops: readonly Hop[], now: Instant): Scene {
  const { status, fields, receivedAt } = response;
  const directives = cacheControlOf(fields);
  return {
    response,
    status,
    fields,
    hops,
    directives,
    control: controlOf(fields, common),
    lifetime: lifetimeOf(status, fields, common, {}, receivedAt ?? now),
    date: parseDate(first(fields, 'date') ?? '', now),
    age: ageValue(fields),
    receivedAt,
    now,
    ageStands: hops[0]?.frozenAge !== undefined,
    says: (directive) => has(directives, directive),
  };
}

/** How long the response itself says it stays fresh, in seconds; undefined where it does not. */
export const explicitLifetime = ({ lifetime }: Scene): number | undefined =>
  isExplicit(lifetime) && lifetime?.invalid !== true ? lifetime?.seconds : undefined;

/** Whether nothing in it forbids a shared cache to keep it. */
export const mayBeKept = ({ control }: Scene): boolean => !control.noStore && !control.isPrivate;

/** Whether it answers a method whose answers caches keep; one that is not told is GET. */
export const isKeptByMethod = ({ method = 'GET' }: RecordedResponse): boolean => method === 'GET' || method === 'HEAD';

/** What the cache that answered goes by, which need not be what the scene has in common for all. */
export interface Told {
  readonly hop: Hop | undefined;
  /** Lower-case name of the targeted field that decides there; absent: Cache-Control does (RFC 9213 section 2.2). */
  readonly targeted?: string;
  readonly control: Control;
  readonly lifetime: Lifetime | undefined;
  /** The line that can be seen is for browsers; how long that cache keeps it is not told. */
  readonly isUntold: boolean;
}

/** What the shared cache goes by that answered from its store; where none did, the nearest. */
export function toldTo(scene: Scene): Told {
  const hop = answeredFromStore(scene) ?? scene.hops.find((each) => isOfThisCopy(scene, each));
  const { fields, status, receivedAt, now } = scene;
  const behaviour = hop === undefined ? common : behaviourOf(hop);
  const control = controlOf(fields, behaviour);
  if (control.by !== 'cache-control') {
    const lifetime = lifetimeOf(status, fields, behaviour, {}, receivedAt ?? now, control);
    return { hop, targeted: control.by, control, lifetime, isUntold: false };
  }
  const { rewritesCacheControl: rewrites } = behaviour;
  const isOver = scene.age !== undefined && scene.age >= (explicitLifetime(scene) ?? Infinity);
  const isUntold = rewrites === true || (rewrites === 'perhaps' && isOver && hop?.stale !== true);
  return { hop, control: scene.control, lifetime: scene.lifetime, isUntold };
}

/** The first targeted field by which a cache on the way goes; undefined where all go by Cache-Control. */
export function targetedOnTheWay({ hops, fields }: Scene): string | undefined {
  const by = hops.map((hop) => controlOf(fields, behaviourOf(hop)).by);
  return by.find((name) => name !== 'cache-control');
}

/** The nearest shared cache that had it; behind a browser’s own copy that which answered the browser then. */
export const answeredFromStore = (scene: Scene): Hop | undefined =>
  scene.hops.find((hop) => hop.cacheStatus.hit === true && isOfThisCopy(scene, hop));

const isOfThisCopy = ({ response }: Scene, hop: Hop): boolean =>
  behaviourOf(hop).isPrivate !== true && (hop.replayed !== true || response.browser?.cacheStatus.hit === true);

export const behaviourOf = (hop: Hop): Behaviour => dialectOf(hop.dialect)?.behaviour ?? common;

/** Whether somebody else runs it, by settings that no field tells of. */
export const isCdn = ({ dialect }: Hop): boolean => CDNS.has(dialect);

const CDNS: ReadonlySet<string> = new Set(
  'akamai azure bunny cloudflare cloudfront fastly google keycdn netlify vercel wikimedia'.split(' '),
);

/** The name a person knows a cache by: its own, else its product's. */
export const nameOf = (hop: Hop): string => hop.cacheStatus.cache ?? dialectOf(hop.dialect)?.title ?? hop.dialect;

/** A value of a field for a sentence: in quotes, and not endless. */
export const quoted = (value: string): string => `“${value.length > 80 ? `${value.slice(0, 79)}…` : value}”`;

/** `HTML`, or undefined: whether the response is a page. */
export const isHtml = (fields: FieldLines): boolean =>
  /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(first(fields, 'content-type') ?? '');
