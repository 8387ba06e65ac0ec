// How long may the old copy be shown once it has expired, and was it? (RFC 5861, RFC 9111 section 4.2.4)
import { seconds } from '../http/cache-control.ts';
import { valuesOf } from '../http/fields.ts';
import { spokenDuration } from '../duration.ts';
import { NOTHING_TO_DO, rfc, topic } from './note.ts';
import { explicitLifetime, nameOf, quoted, type Scene } from './scene.ts';

const kinds = {
  'stale-while-revalidate': {
    level: 'info',
    why: 'After its lifetime the old copy may be shown for so long, while a cache fetches the new one behind it. The first visitor after a change still sees the old page.',
    remedy: NOTHING_TO_DO,
    reference: rfc(5861, '3'),
  },
  'stale-if-error': {
    level: 'info',
    why: 'When the origin fails, the old copy may be shown for so long after its lifetime.',
    remedy: NOTHING_TO_DO,
    reference: rfc(5861, '4'),
  },
  'stale-window-no-lifetime': {
    level: 'warning',
    why: 'The window begins where the lifetime ends. Without one (or with 0) caches differ: several do not store it at all and never look at the window.',
    remedy: 'Send a lifetime of at least a second: max-age=1, stale-while-revalidate=60.',
    reference: rfc(5861, '3'),
  },
  'stale-window-long': {
    level: 'warning',
    why: 'A page that is seldom asked for can be shown that old, to the first visitor after a long pause.',
    remedy: 'Make the window about as long as an old page does no harm; purge on deploy.',
    reference: rfc(5861, '3'),
  },
  'stale-served': {
    level: 'warning',
    why: 'The cache says itself that it answered with a copy that had expired: while it fetches a new one, or because its parent failed.',
    remedy: 'Ask once more: if it stays stale, look why the parent does not answer.',
    reference: rfc(9111, '4.2.4'),
  },
  'stale-warning': {
    level: 'warning',
    why: 'Warning is an obsolete field, but the cache that wrote it meant it: 110 says stale, 111 that asking failed, 113 that the lifetime is a guess of more than a day.',
    remedy: 'Look at the cache that is named in it.',
    reference: rfc(9111, '5.5'),
  },
} as const;

const DAY = 86_400;

export const staleWindows = topic(kinds, (scene: Scene, say) => {
  const { directives, control, hops, fields } = scene;
  const window = seconds(directives, 'stale-while-revalidate');
  const onError = seconds(directives, 'stale-if-error');
  if (!control.noStore) {
    if (typeof window === 'number' && window > 0) {
      const lifetime = explicitLifetime(scene);
      say(
        'stale-while-revalidate',
        `Once expired it may be shown for another ${spokenDuration(window)} while a new one is fetched.`,
      );
      if (lifetime === undefined || lifetime === 0)
        say('stale-window-no-lifetime', 'stale-while-revalidate without a lifetime before it.');
      else if (window > DAY && window > 10 * lifetime) {
        say(
          'stale-window-long',
          `stale-while-revalidate (${spokenDuration(window)}) is far longer than the lifetime (${spokenDuration(lifetime)}).`,
        );
      }
    }
    if (typeof onError === 'number' && onError > 0)
      say('stale-if-error', `When the origin fails it may be shown for ${spokenDuration(onError)} after it expired.`);
  }
  const server = hops.find((hop) => hop.stale === true && hop.replayed !== true);
  if (server !== undefined) say('stale-served', `${nameOf(server)} says that it served an expired copy.`);
  const warnings = valuesOf(fields, 'warning').filter((value) => /^\s*11[013]\b/.test(value));
  if (warnings.length > 0) say('stale-warning', `Warning: ${quoted(warnings.join(', '))}`);
});
