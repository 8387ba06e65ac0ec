// How long may it be reused unasked, by whom, and how much of that is over? (RFC 9111 section 4.2)
import { has, seconds } from '../http/cache-control.ts';
import { controlOf } from '../http/control.ts';
import { first, type FieldLines } from '../http/fields.ts';
import type { Hop } from '../hops.ts';
import { staleWindow, type Lifetime } from '../http/freshness.ts';
import { isHeuristicallyCacheable } from '../http/status.ts';
import { spokenDuration } from '../duration.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';
import {
  behaviourOf,
  common,
  isCdn,
  isHtml,
  isKeptByMethod,
  nameOf,
  quoted,
  targetedOnTheWay,
  toldTo,
  type Scene,
  type Told,
} from './scene.ts';

const kinds = {
  'no-store': {
    level: 'info',
    why: 'No cache keeps it, the browser’s neither; each visit costs a request to the origin.',
    remedy: 'Right for what is secret or new each time; for all else no-cache with an ETag is cheaper.',
    reference: rfc(9111, '5.2.2.5'),
  },
  private: {
    level: 'info',
    why: 'A browser may keep it for its own user; no shared cache does.',
    remedy: 'Right for what belongs to one visitor; drop it where all see the same.',
    reference: rfc(9111, '5.2.2.7'),
  },
  'no-cache': {
    level: 'info',
    why: 'A copy may be kept, but is never used without asking first.',
    remedy: 'Right where a change must show at once; a short lifetime is faster where a few seconds do no harm.',
    reference: rfc(9111, '5.2.2.4'),
  },
  'must-revalidate': {
    level: 'info',
    why: 'Once expired, a copy is not used before the origin has confirmed it, also when the origin cannot be reached: then visitors see an error (504) instead of an old page.',
    remedy: 'Right where an old page does harm; else drop it, and let stale-if-error bridge failures.',
    reference: rfc(9111, '5.2.2.2'),
  },
  'must-revalidate-unheard': {
    level: 'warning',
    why: 'This product serves an expired copy within its grace, or when its parent fails, also where the response forbids that.',
    remedy: 'Set its grace (or what it may serve stale) to nothing for such pages, in its own settings.',
    reference: rfc(9111, '4.2.4'),
  },
  'line-for-browsers': {
    level: 'info',
    why: 'What this edge sends as Cache-Control is for browsers. How long it keeps its own copy was said in a field that it took off, or in its settings, and is not told here.',
    remedy: 'To see whether its copy is current compare it with the origin; a deploy or a purge is what ends it.',
    reference: rfc(9213, '1'),
  },
  lifetime: {
    level: 'info',
    why: 'Until then a cache answers without asking, and a change does not show there unless it is purged.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9111, '4.2.1'),
  },
  'lifetime-zero': {
    level: 'info',
    why: 'It is stale as soon as it is made: a cache may keep it, and asks before each use. Only where the origin cannot be reached may the old one be shown.',
    remedy: 'If it must never be shown stale, add must-revalidate or say no-cache.',
    reference: rfc(9111, '4.2'),
  },
  'expires-past': {
    level: 'info',
    why: 'An Expires that is over, or is 0 or -1, says that it is stale from the beginning. That is the old way to say what max-age=0 says.',
    remedy: 'Send Cache-Control: no-cache, or no-store where nothing is to be kept.',
    reference: rfc(9111, '5.3'),
  },
  'lifetime-unreadable': {
    level: 'bad',
    why: 'What decides about freshness cannot be read. The careful caches count it as expired, others pass over it and guess.',
    remedy: 'Write max-age with whole seconds: Cache-Control: max-age=60.',
    reference: rfc(9111, '4.2.1'),
  },
  'heuristic-lifetime': {
    level: 'warning',
    why: 'A cache may guess. A tenth of the time since the last change is the custom, so that old pages stay old for long.',
    remedy: 'Say how long: Cache-Control: max-age=60.',
    reference: rfc(9111, '4.2.2'),
  },
  'no-lifetime': {
    level: 'warning',
    why: 'Every cache decides for itself: some ask each time, some keep it for minutes or hours by their own default.',
    remedy: 'Say how long: Cache-Control: max-age=60, or no-cache.',
    reference: rfc(9111, '4.2.2'),
  },
  'not-kept': {
    level: 'info',
    why: 'This status is kept only where the response says for how long. A standard cache passes it on and forgets it.',
    remedy: 'Add max-age if it should be kept.',
    reference: rfc(9111, '3'),
  },
  'browser-lifetime': {
    level: 'info',
    why: 'Browsers go by max-age (or Expires), shared caches by s-maxage.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9111, '5.2.2.10'),
  },
  'browser-lifetime-longer': {
    level: 'warning',
    why: 'A browser keeps it longer than the shared caches do, and no purge reaches that copy.',
    remedy: 'Make max-age the shorter one; give the caches that you can purge the longer s-maxage.',
    reference: rfc(9111, '5.2.2.1'),
  },
  'html-long-lifetime': {
    level: 'warning',
    why: 'A page that a visitor’s browser keeps for so long still names the scripts and styles of an old build, and no purge reaches it.',
    remedy: 'For pages: max-age=0 or a minute for browsers, s-maxage for the caches that you can purge.',
    reference: rfc(9111, '5.2.2.1'),
  },
  fresh: {
    level: 'good',
    why: 'Its Age is below its lifetime.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9111, '4.2'),
  },
  stale: {
    level: 'warning',
    why: 'Whoever gets it treats it as expired. The cache that sent it goes by a lifetime of its own, serves stale on purpose, or could not reach its parent.',
    remedy: 'Look which cache serves it and for how long its settings let it do that.',
    reference: rfc(9111, '4.2.4'),
  },
  'stale-forbidden': {
    level: 'bad',
    why: 'The response forbids to use it stale without asking, and its Age says that somebody did.',
    remedy: 'Look for the cache that overrides the lifetime or ignores must-revalidate.',
    reference: rfc(9111, '5.2.2.2'),
  },
} as const;

type Id = keyof typeof kinds;
const HOUR = 3600;

export const freshness = topic(kinds, (scene: Scene, say) => {
  const { says, control, status, lifetime, response } = scene;
  if (!isKeptByMethod(response)) return;
  if (says('no-store') && !control.mustUnderstand) return noStore(scene, say);
  const told = toldTo(scene);
  const but = exception(targetedOnTheWay(scene));
  if (control.isPrivate) say('private', `private: a browser may keep it, no shared cache does${but}.`);
  strictly(scene, say);
  if (control.noCache) say('no-cache', `no-cache: a stored copy is never used without asking first${but}.`);
  if (told.isUntold) untold(told, scene, say);
  if (status === 304 || status === 206) return;
  if (lifetime === undefined) unsaid(scene, say);
  else if (!control.noCache) lasting(lifetime, scene, told, say);
  if (!told.isUntold && told.lifetime !== undefined) aged(scene, told, told.lifetime, say);
  if (lifetime === undefined) return;
  ofBrowser(scene, lifetime, say);
});

/** A cache that goes by a targeted field passes over Cache-Control (RFC 9213 section 2.2). */
const exception = (targeted: string | undefined): string =>
  targeted === undefined ? '' : `, unless it reads ${targeted}, which decides there`;

function noStore(scene: Scene, say: Say<Id>): void {
  const told = toldTo(scene);
  say('no-store', `no-store: no cache keeps this response${exception(targetedOnTheWay(scene))}.`);
  if (told.isUntold) untold(told, scene, say);
  if (told.targeted !== undefined && told.lifetime !== undefined) aged(scene, told, told.lifetime, say);
}

/** Only where something would be held against the copy if the line were for the edge. */
function untold({ hop }: Told, { age, lifetime, control }: Scene, say: Say<Id>): void {
  if (hop?.cacheStatus.hit !== true) return;
  const isOver = age !== undefined && age > 0 && lifetime !== undefined && age >= lifetime.seconds;
  if (isOver || control.noStore || control.isPrivate || control.noCache)
    say('line-for-browsers', `Cache-Control is for browsers here; ${nameOf(hop)} does not tell its own lifetime.`);
}

function strictly({ says, hops, fields }: Scene, say: Say<Id>): void {
  const strict = ['must-revalidate', 'proxy-revalidate'].find((name) => says(name));
  if (strict === undefined) return;
  say('must-revalidate', `${strict}: an expired copy is not to be used without asking first.`);
  const deaf = hops.find((hop) => keepsByLine(hop, fields) && !behaviourOf(hop).obeysMustRevalidate);
  if (deaf !== undefined) say('must-revalidate-unheard', `${nameOf(deaf)} is known not to obey ${strict}.`);
}

/** Whether it may have kept this very answer, and goes by Cache-Control. */
function keepsByLine(hop: Hop, fields: FieldLines): boolean {
  const { fwd, stored } = hop.cacheStatus;
  if (hop.replayed === true || hop.made !== undefined) return false;
  if (fwd === 'bypass' || fwd === 'method' || stored === false) return false;
  const behaviour = behaviourOf(hop);
  return behaviour.rewritesCacheControl !== true && controlOf(fields, behaviour).by === 'cache-control';
}

function unsaid({ status, control, says, fields }: Scene, say: Say<Id>): void {
  if (control.isPrivate || control.noCache) return;
  const targeted = TARGETED.find((name) => first(fields, name) !== undefined);
  if (isHeuristicallyCacheable(status) || says('public')) {
    const but = targeted === undefined ? '' : ` to those that do not read ${targeted}`;
    say('no-lifetime', `Nothing says how long it stays fresh${but}.`);
  } else if (status < 500) say('not-kept', `Nothing says how long this ${status} stays fresh, so that it is not kept.`);
}

const TARGETED = ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control', 'x-accel-expires'];

function lasting({ from, seconds: lifetime, invalid }: Lifetime, scene: Scene, told: Told, say: Say<Id>): void {
  const { fields, control } = scene;
  if (from === 'expires' && lifetime === 0) {
    const written = first(fields, 'expires') ?? '';
    if (invalid !== true || /^-?\d{1,2}$/.test(written))
      return say('expires-past', `Expires (${quoted(written)}) says that it is stale from the start.`);
  }
  if (invalid === true)
    return say('lifetime-unreadable', `${from} cannot be read, so that it counts as no lifetime at all.`);
  if (from === 'heuristic')
    return say(
      'heuristic-lifetime',
      `Nothing says how long it stays fresh; a tenth of its time since Last-Modified is ${spokenDuration(lifetime)}.`,
    );
  const targeted = targetedOnTheWay(scene);
  const shared = told.isUntold ? 'a shared cache in front of this edge' : 'a shared cache';
  const isForBrowsers = control.isPrivate || (told.isUntold && from !== 's-maxage');
  const where = isForBrowsers ? 'a browser' : targeted === undefined ? shared : FOR_OTHERS(targeted);
  if (lifetime === 0) {
    const whose = isForBrowsers || targeted !== undefined ? ` in ${where}` : '';
    return say('lifetime-zero', `It is stale at once${whose}, by ${from}.`);
  }
  say('lifetime', `Fresh for ${spokenDuration(lifetime)} in ${where}, by ${from}.`);
}

const FOR_OTHERS = (targeted: string): string => `a browser, and caches that do not read ${targeted}`;

function aged({ age, ageStands }: Scene, { control, hop, targeted }: Told, lifetime: Lifetime, say: Say<Id>): void {
  if (age === undefined || lifetime.invalid === true || control.isPrivate) return;
  const left = lifetime.seconds - age;
  if (left > 0) {
    if (!control.noCache && !ageStands) {
      const by = targeted === undefined ? '' : `, by ${targeted}`;
      say('fresh', `Age ${age}: fresh for another ${spokenDuration(left)}${by}.`);
    }
    return;
  }
  // made this second, and never fresh: that is what was asked for
  if (age === 0 || lifetime.from === 'heuristic') return;
  const isUnsure = hop?.cacheStatus.hit === true && hop.stale !== true && hop.notSeparable !== undefined;
  const over = isUnsure
    ? `Age ${age}: that is ${spokenDuration(-left)} beyond the lifetime that the response tells`
    : `Age ${age}: it has been stale for ${spokenDuration(-left)}`;
  const isStrict = has(control.directives, 'must-revalidate');
  if (isStrict || control.noCache) {
    // a CDN's operator can give it a lifetime of which the response tells nothing
    const id = hop !== undefined && isCdn(hop) && hop.stale !== true ? 'stale' : 'stale-forbidden';
    return say(id, `${over}, which ${isStrict ? 'must-revalidate' : 'no-cache'} forbids.`);
  }
  const allowed = -left < staleWindow({ ...control, forbidsStale: false }, common, {});
  say('stale', `${over}${allowed ? ', within its stale-while-revalidate window' : ''}.`);
}

function ofBrowser({ directives, fields, control }: Scene, shared: Lifetime, say: Say<Id>): void {
  const said = seconds(directives, 'max-age');
  const own = typeof said === 'number' ? said : shared.from === 'expires' ? shared.seconds : undefined;
  if (own === undefined || control.noCache) return;
  if (isHtml(fields) && own >= HOUR) say('html-long-lifetime', `A browser keeps this page for ${spokenDuration(own)}.`);
  if (control.isPrivate || own === shared.seconds) return;
  const summary = `A browser keeps it for ${spokenDuration(own)}, shared caches for ${spokenDuration(shared.seconds)}.`;
  say(own > shared.seconds ? 'browser-lifetime-longer' : 'browser-lifetime', summary);
}
