// Which field decides about this response's caching, and what does it say? (RFC 9111 section 5.2; RFC 9213)
import { parseDictionary } from 'structured-headers';
import type { Behaviour } from '../dialects/dialect.ts';
import { directivesIn, has, qualifiedBy, seconds } from './cache-control.ts';
import type { CacheControl, Directive } from './cache-control.ts';
import type { FieldLines } from './fields.ts';
import { combined } from './fields.ts';
import { heard, WITH_NAMES } from './hearing.ts';
import type { Hearing } from './hearing.ts';
import { Remembered } from './remembered.ts';

/** What the field that decides about a response says to one product. */
export interface Control {
  /** Lower-case name of that field. */
  readonly by: string;
  readonly directives: CacheControl;
  /** Whether Expires gives a lifetime where no directive does: not where a targeted field decides. */
  readonly expiresCounts: boolean;
  readonly noStore: boolean;
  readonly mustUnderstand: boolean;
  readonly isPublic: boolean;
  /** `private` and `no-cache`, where they cover the whole response. */
  readonly isPrivate: boolean;
  readonly noCache: boolean;
  /** Whether there is a `no-cache` of either kind. */
  readonly mentionsNoCache: boolean;
  /** Lower-case names of the fields that a qualified `private` or `no-cache` withholds. */
  readonly withheld: readonly string[];
  /** An answer to a request with Authorization may be stored by a shared cache (RFC 9111 section 3.5). */
  readonly allowsAuthorization: boolean;
  /** Every unvalidated reuse once stale is forbidden (sections 4.2.4, 5.2.2.2, 5.2.2.8, 5.2.2.10). */
  readonly forbidsStale: boolean;
  readonly sMaxage: Seconds;
  readonly maxAge: Seconds;
  /** Seconds; undefined where it is not said, cannot be read, or is not obeyed. */
  readonly staleWhileRevalidate: number | undefined;
  readonly staleIfError: number | undefined;
}

type Seconds = number | 'invalid' | undefined;

/** What of a product decides how it takes a response's directives. */
export type Listener = Hearing &
  Pick<
    Behaviour,
    | 'targetedFields'
    | 'isPrivate'
    | 'obeysMustRevalidate'
    | 'onlyRevalidateForbidsStale'
    | 'obeysStaleWhileRevalidate'
    | 'obeysStaleIfError'
    | 'noCacheAllowsAuthorization'
  >;

/** Of the targeted fields the first with a valid value decides (RFC 9213 section 2.2). */
export function controlOf(fields: FieldLines, listener: Listener): Control {
  const known = controlsOf(listener);
  for (const by of listener.targetedFields ?? NONE) {
    const text = combined(fields, by);
    if (text === undefined) continue;
    // no field value has a line break in it
    const key = `${by}\n${text}`;
    const control = known.get(key) ?? known.keep(key, controlIn(by, targetedDirectives(text), listener));
    if (control.directives.length > 0) return control;
  }
  const text = combined(fields, 'cache-control') ?? '';
  return known.get(text) ?? known.keep(text, controlIn('cache-control', heard(directivesIn(text), listener), listener));
}

const NONE: readonly string[] = [];

// a site says the same few things of all its pages, and one product after the other is asked about many of them
const known = new WeakMap<Listener, Remembered<Control>>();
let last: { readonly listener: Listener; readonly controls: Remembered<Control> } | undefined;

function controlsOf(listener: Listener): Remembered<Control> {
  if (last?.listener === listener) return last.controls;
  const controls = known.get(listener) ?? new Remembered<Control>(256);
  known.set(listener, controls);
  last = { listener, controls };
  return controls;
}

function controlIn(by: string, directives: CacheControl, listener: Listener): Control {
  const says = (name: string): boolean => has(directives, name);
  const names = { private: qualifiedBy(directives, 'private'), 'no-cache': qualifiedBy(directives, 'no-cache') };
  return {
    by,
    directives,
    expiresCounts: by === 'cache-control',
    noStore: says('no-store'),
    mustUnderstand: says('must-understand'),
    isPublic: says('public'),
    isPrivate: says('private') && names.private === undefined,
    noCache: says('no-cache') && names['no-cache'] === undefined,
    mentionsNoCache: says('no-cache'),
    withheld: [...(names.private ?? []), ...(names['no-cache'] ?? [])],
    allowsAuthorization:
      ['must-revalidate', 'public', 's-maxage'].some(says) ||
      (listener.noCacheAllowsAuthorization === true && says('no-cache')),
    forbidsStale: listener.obeysMustRevalidate && staleForbidders(listener).some(says),
    sMaxage: seconds(directives, 's-maxage'),
    maxAge: seconds(directives, 'max-age'),
    staleWhileRevalidate: windowIn(directives, 'stale-while-revalidate', listener.obeysStaleWhileRevalidate),
    staleIfError: windowIn(directives, 'stale-if-error', listener.obeysStaleIfError),
  };
}

/** proxy-revalidate and s-maxage speak to shared caches only. */
function staleForbidders({ isPrivate, onlyRevalidateForbidsStale }: Listener): readonly string[] {
  const own = onlyRevalidateForbidsStale === true ? ['must-revalidate'] : ['must-revalidate', 'no-cache'];
  if (isPrivate === true) return own;
  return onlyRevalidateForbidsStale === true ? [...own, 'proxy-revalidate'] : [...own, 'proxy-revalidate', 's-maxage'];
}

function windowIn(directives: CacheControl, name: string, obeyed: boolean): number | undefined {
  const window = obeyed ? seconds(directives, name) : undefined;
  return window === 'invalid' ? undefined : window;
}

/** Empty when it is to be ignored, because it is empty or no structured field. */
function targetedDirectives(value: string): CacheControl {
  try {
    const members = [...parseDictionary(value)];
    return members.flatMap(([name, [value]]) => (value === false ? [] : [directiveOf(name, value)]));
  } catch {
    return [];
  }
}

/** A value of another type than its directive has is not accepted, as what stands there was not said (section 2.1). */
function directiveOf(name: string, value: unknown): Directive {
  if (value === true) return { name, raw: name };
  if (Number.isInteger(value)) return { name, value: String(value), raw: `${name}=${String(value)}` };
  if (typeof value === 'string' && WITH_NAMES.has(name)) return { name, value, raw: `${name}="${value}"` };
  if (Array.isArray(value)) return listed(name, value as readonly unknown[]);
  return { name, raw: name, malformed: true };
}

function listed(name: string, members: readonly unknown[]): Directive {
  const names = members.map((member) => String(Array.isArray(member) ? member[0] : member));
  return { name, value: names.join(','), raw: `${name}=(${names.join(' ')})` };
}
