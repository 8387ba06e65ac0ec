// What does the status mean for caches? (RFC 9110 section 15, RFC 9111 section 3)
import { first } from '../http/fields.ts';
import { isHeuristicallyCacheable, isUnderstood } from '../http/status.ts';
import { spokenDuration } from '../duration.ts';
import { NOTHING_TO_DO, rfc, topic } from './note.ts';
import { explicitLifetime, isKeptByMethod, mayBeKept, type Scene } from './scene.ts';

const kinds = {
  'partial-content': {
    level: 'info',
    why: 'A part is kept only by caches that know how to keep parts; others ask for the whole, or store nothing.',
    remedy: 'Look at an answer without Range to see how the whole is cached.',
    reference: rfc(9110, '15.3.7'),
  },
  'partial-content-unplaced': {
    level: 'bad',
    why: 'A 206 has to say which part it is. Without Content-Range (or a multipart body) nobody can use it.',
    remedy: 'Send Content-Range, or a 200 with the whole.',
    reference: rfc(9110, '15.3.7'),
  },
  'not-modified': {
    level: 'info',
    why: 'It confirms a copy that the client already has. Its fields renew the stored ones, the lifetime with them.',
    remedy: 'Ask without preconditions to see the whole answer.',
    reference: rfc(9110, '15.4.5'),
  },
  'not-modified-lean': {
    level: 'warning',
    why: 'A 304 has to repeat the ETag and the Cache-Control of the 200 that it stands for: by them caches know which copy is meant, and for how long it holds on.',
    remedy:
      'Let the server, or the layer that strips them, send ETag, Cache-Control, Expires, Vary and Date with a 304 too.',
    reference: rfc(9110, '15.4.5'),
  },
  'redirect-kept-for-ever': {
    level: 'warning',
    why: 'A permanent redirect may be kept without any lifetime, and browsers keep it long. A wrong one cannot be called back.',
    remedy: 'Send max-age with it, an hour while it is new.',
    reference: rfc(9110, '15.4.2'),
  },
  'redirect-kept': {
    level: 'info',
    why: 'A temporary redirect is kept only because it has a lifetime; so long visitors are sent the same way.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9110, '15.4.3'),
  },
  'error-kept': {
    level: 'info',
    why: 'The error is kept like a page. A visitor may see it that much longer after it was mended.',
    remedy: 'Keep the lifetime of errors short; a few seconds spare the origin as well.',
    reference: rfc(9111, '3'),
  },
  'error-kept-by-guess': {
    level: 'warning',
    why: 'This status may be kept without a lifetime, for as long as a cache or CDN chooses; many do so for minutes.',
    remedy: 'Say how long: Cache-Control: max-age=10, or no-store.',
    reference: rfc(9110, '15.1'),
  },
  'failure-kept': {
    level: 'bad',
    why: 'A passing failure of the server becomes one for everybody behind this cache, until the lifetime is over.',
    remedy: 'Send no-store with failures, or a few seconds at most.',
    reference: rfc(9111, '3'),
  },
  'failure-not-kept': {
    level: 'info',
    why: 'Without a lifetime a standard cache does not keep it; an older copy may be shown in its place where stale-if-error allows that.',
    remedy: 'Send stale-if-error with good answers, so that caches can bridge failures.',
    reference: 'https://www.rfc-editor.org/rfc/rfc5861#section-4',
  },
  'status-unknown': {
    level: 'info',
    why: 'Caches treat a status that they do not know like the first of its class, and usually do not keep it.',
    remedy: 'Use a registered status where one fits.',
    reference: rfc(9110, '15'),
  },
  'method-not-kept': {
    level: 'info',
    why: 'Only answers to GET (and HEAD) are kept, answers to POST by hardly any cache.',
    remedy: 'Ask by GET for what may be cached.',
    reference: rfc(9111, '3'),
  },
} as const;

export const status = topic(kinds, (scene: Scene, say) => {
  const { status: code, fields, response } = scene;
  const lifetime = explicitLifetime(scene);
  if (!isKeptByMethod(response)) return say('method-not-kept', `It answers ${response.method}.`);
  if (code === 206) return part(scene, say);
  if (code === 304) return notModified(scene, say);
  if (!isUnderstood(code)) say('status-unknown', `${code} is no status that caches know.`);
  if (!mayBeKept(scene)) return;
  const told = lifetime === undefined ? '' : `for ${spokenDuration(lifetime)}`;
  const kept = lifetime !== undefined && lifetime > 0 && !scene.control.noCache;
  if ((code === 301 || code === 308) && first(fields, 'location') !== undefined) {
    if (scene.lifetime === undefined) say('redirect-kept-for-ever', `A ${code} without a lifetime.`);
  } else if (code >= 300 && code < 400) {
    if (kept) say('redirect-kept', `This ${code} is kept ${told}.`);
  } else if (code >= 500) {
    if (kept) say('failure-kept', `This ${code} is kept ${told}.`);
    else if (lifetime === undefined && !scene.control.noCache && !isHeuristicallyCacheable(code))
      say('failure-not-kept', `Nothing says how long this ${code} may be kept.`);
  } else if (code >= 400) {
    if (kept) say('error-kept', `This ${code} is kept ${told}.`);
    else if (lifetime === undefined && isHeuristicallyCacheable(code))
      say('error-kept-by-guess', `A ${code} without a lifetime.`);
  }
});

function part(
  { fields }: Scene,
  say: (id: 'partial-content' | 'partial-content-unplaced', summary: string) => void,
): void {
  const placed =
    first(fields, 'content-range') !== undefined || /^multipart\/byteranges/i.test(first(fields, 'content-type') ?? '');
  if (placed) say('partial-content', 'It is a part of the whole.');
  else say('partial-content-unplaced', 'A 206 that does not say which part it is.');
}

function notModified(
  { fields, directives, response }: Scene,
  say: (id: 'not-modified' | 'not-modified-lean', summary: string) => void,
): void {
  const asked = response.requestFields?.some(([name]) => name.toLowerCase() === 'if-none-match') ?? false;
  const lacking = [
    first(fields, 'etag') === undefined && asked ? 'ETag' : '',
    directives.length === 0 && first(fields, 'expires') === undefined ? 'Cache-Control' : '',
  ];
  const names = lacking.filter((name) => name !== '');
  say('not-modified', 'It confirms a stored copy.');
  if (names.length > 0) say('not-modified-lean', `The 304 has no ${names.join(' and no ')}.`);
}
