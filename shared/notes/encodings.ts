// Is the content’s coding one that caches and clients take the same way? (RFC 9110 section 8.4)
import { combined, listMembers } from '../http/fields.ts';
import { NOTHING_TO_DO, rfc, topic } from './note.ts';
import { quoted, type Scene } from './scene.ts';

const kinds = {
  'encoding-identity': {
    level: 'warning',
    why: 'identity is a word of Accept-Encoding. In Content-Encoding it is not to be sent; some clients and caches take it for a coding that they do not know.',
    remedy: 'Leave Content-Encoding out of what is not encoded.',
    reference: rfc(9110, '8.4.1'),
  },
  'encoding-unknown': {
    level: 'warning',
    why: 'It is no registered coding. A cache cannot tell whom it may give this to.',
    remedy: 'Write gzip, br, zstd or deflate; character sets belong into Content-Type.',
    reference: rfc(9110, '8.4.1'),
  },
  'encoding-twice': {
    level: 'warning',
    why: 'Two layers each compressed it. Few clients undo both.',
    remedy: 'Let one layer compress, and the others pass on what is encoded.',
    reference: rfc(9110, '8.4'),
  },
  'no-transform': {
    level: 'info',
    why: 'No layer on the way may compress, minify or change images of it. Several CDNs also leave it uncompressed.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9111, '5.2.2.6'),
  },
} as const;

const REGISTERED = new Set([
  'gzip',
  'x-gzip',
  'br',
  'zstd',
  'deflate',
  'compress',
  'x-compress',
  'dcb',
  'dcz',
  'aes128gcm',
  'exi',
  'pack200-gzip',
]);

export const encodings = topic(kinds, ({ fields, says }: Scene, say) => {
  const codings = listMembers(combined(fields, 'content-encoding') ?? '').map((coding) => coding.toLowerCase());
  if (codings.includes('identity')) say('encoding-identity', 'Content-Encoding: identity.');
  const unknown = codings.filter((coding) => coding !== 'identity' && !REGISTERED.has(coding));
  if (unknown.length > 0) say('encoding-unknown', `Content-Encoding ${quoted(unknown.join(', '))} is not registered.`);
  if (codings.length > 1 && unknown.length === 0) say('encoding-twice', `Content-Encoding: ${codings.join(', ')}.`);
  if (says('no-transform')) say('no-transform', 'no-transform: it is to be passed on as it is.');
});
