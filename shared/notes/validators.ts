// Can a cache ask whether its copy still holds, and by what? (RFC 9110 section 8.8, RFC 9111 section 4.3)
import { parseDate } from '../http/date.ts';
import { first, last, valuesOf } from '../http/fields.ts';
import { spokenDuration } from '../duration.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';
import { quoted, type Scene } from './scene.ts';

const kinds = {
  'no-validator': {
    level: 'info',
    why: 'Once the copy has expired, a cache can only fetch all of it again, also where nothing has changed.',
    remedy: 'Send an ETag, or Last-Modified where the instant of the last change is known.',
    reference: rfc(9111, '4.3.1'),
  },
  'no-cache-no-validator': {
    level: 'warning',
    why: 'Every single use has to ask first, and without a validator each question is answered with the whole content.',
    remedy: 'Send an ETag, so that the answer can be a short 304; or no-store where nothing is to be kept at all.',
    reference: rfc(9111, '5.2.2.4'),
  },
  'etag-malformed': {
    level: 'bad',
    why: 'An entity tag stands in double quotes, with W/ before them when it is weak. Some caches drop another form, some compare it in their own way.',
    remedy: 'Put the tag in double quotes: ETag: "abc" or ETag: W/"abc".',
    reference: rfc(9110, '8.8.3'),
  },
  'etag-empty': {
    level: 'warning',
    why: 'The empty tag is a valid one, and equal for everything that carries it: two different versions look the same.',
    remedy: 'Send a tag that changes with the content, or none.',
    reference: rfc(9110, '8.8.3'),
  },
  'etag-weak': {
    level: 'info',
    why: 'It can confirm a copy. It cannot join parts of a download, because two answers of one weak tag may differ in bytes.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9110, '8.8.1'),
  },
  'etag-per-server': {
    level: 'warning',
    why: 'Three hexadecimal numbers are how Apache httpd writes a file’s inode, size and time. The inode differs from server to server, so that behind a load balancer the same file has several tags.',
    remedy: 'Leave the inode out: FileETag MTime Size, the default since httpd 2.4.',
    reference: 'https://httpd.apache.org/docs/2.4/mod/core.html#fileetag',
  },
  'etag-gzip-suffix': {
    level: 'info',
    why: 'Apache httpd marks the tag of what it compressed. Where the mark is not taken off again before tags are compared, no 304 is ever answered.',
    remedy: 'Test with the active checks that this tag is answered by a 304; DeflateAlterETag changes the mark.',
    reference: 'https://httpd.apache.org/docs/2.4/mod/mod_deflate.html#deflatealteretag',
  },
  'last-modified-unreadable': {
    level: 'bad',
    why: 'It is none of the three forms of a date in HTTP, so that it validates nothing and no heuristic can be based on it.',
    remedy: 'Write it like Sun, 06 Nov 1994 08:49:37 GMT.',
    reference: rfc(9110, '5.6.7'),
  },
  'last-modified-future': {
    level: 'bad',
    why: 'A server must not say that something was modified after the answer was made. No later change before that instant can be noticed by it.',
    remedy: 'Send the earlier of the two, and set the clocks by NTP.',
    reference: rfc(9110, '8.8.2.1'),
  },
  'last-modified-now': {
    level: 'info',
    why: 'It equals Date: either it changed in this very second, or the server says “now” of everything it generates, and then it never confirms a copy.',
    remedy: 'Send the instant of the last change of what the page is made of, or an ETag.',
    reference: rfc(9110, '8.8.2.2'),
  },
} as const;

const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*"$/;

export const validators = topic(kinds, (scene: Scene, say) => {
  const { fields, status } = scene;
  const etag = last(fields, 'etag');
  const modified = last(fields, 'last-modified');
  if (etag === undefined && modified === undefined && status === 200) unvalidated(scene, say);
  if (etag !== undefined) tagged(etag, scene, say);
  if (modified !== undefined) modifiedAt(modified, scene, say);
});

function unvalidated({ control, says, lifetime }: Scene, say: Say<keyof typeof kinds>): void {
  if (control.noStore) return;
  if (says('no-cache')) say('no-cache-no-validator', 'no-cache without ETag and Last-Modified: nothing to ask by.');
  else if (lifetime !== undefined) say('no-validator', 'Neither ETag nor Last-Modified.');
}

function tagged(etag: string, { fields }: Scene, say: Say<keyof typeof kinds>): void {
  if (!ENTITY_TAG.test(etag)) {
    const how = etag.startsWith('w/"') ? 'the W of a weak tag is a capital one' : 'it is not text in double quotes';
    return say('etag-malformed', `The ETag ${quoted(etag)} cannot be read: ${how}.`);
  }
  if (/^(?:W\/)?""$/.test(etag)) return say('etag-empty', 'The ETag is empty.');
  if (/[-;]gzip"$/.test(etag))
    say('etag-gzip-suffix', `The ETag ${quoted(etag)} carries the mark of a compressed answer.`);
  const apache = /apache/i.test(first(fields, 'server') ?? '');
  if (apache && /^(?:W\/)?"[0-9a-f]+-[0-9a-f]+-[0-9a-f]{8,}(?:[-;]gzip)?"$/.test(etag)) {
    say('etag-per-server', `The ETag ${quoted(etag)} looks like one with a file’s inode.`);
  }
  if (etag.startsWith('W/')) say('etag-weak', `The ETag ${quoted(etag)} is weak.`);
}

function modifiedAt(written: string, scene: Scene, say: Say<keyof typeof kinds>): void {
  const { now, date, receivedAt, fields, age } = scene;
  const at = parseDate(written, now);
  if (at === undefined) return say('last-modified-unreadable', `Last-Modified ${quoted(written)} is no date of HTTP.`);
  const made = date ?? receivedAt;
  if (made === undefined) return;
  if (at > made)
    say(
      'last-modified-future',
      `Last-Modified lies ${spokenDuration(at - made)} after ${date === undefined ? 'now' : 'Date'}.`,
    );
  else if (at === date && (age ?? 0) === 0 && valuesOf(fields, 'etag').length === 0) {
    say('last-modified-now', 'Last-Modified and Date are the same second, and there is no ETag.');
  }
}
