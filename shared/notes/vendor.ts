// Which fields tell the public what only caches and operators need?
import { combined } from '../http/fields.ts';
import { topic } from './note.ts';
import { quoted, type Scene } from './scene.ts';

const kinds = {
  'purge-keys-exposed': {
    level: 'info',
    why: 'The field names the groups by which copies are purged. Anyone can read from it how the site is built, and it can make up most of the head.',
    remedy: 'Let the outermost cache remove it.',
    reference: 'https://www.fastly.com/documentation/reference/http/http-headers/Surrogate-Key/',
  },
  'purge-keys-long': {
    level: 'warning',
    why: 'CDNs limit these fields (Fastly and Cloudflare to 16 KB), and what is beyond is cut off: a purge by a key that was cut off reaches nothing.',
    remedy: 'Use fewer, wider keys.',
    reference: 'https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-tags/',
  },
  'debug-exposed': {
    level: 'info',
    why: 'It tells the public how the cache’s key is made, which helps whoever wants to poison it.',
    remedy: 'Send it only to who asks for it with a secret.',
    reference: 'https://techdocs.akamai.com/edge-diagnostics/docs/pragma-headers',
  },
  'line-unreadable': {
    level: 'warning',
    why: 'Each line of a response’s head is a name, a colon and a value. Caches drop such a line, refuse the response, or take it for a part of another.',
    remedy: 'Look for the layer that writes it; if it was pasted, copy it again.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9112#section-5',
  },
  'status-assumed': {
    level: 'info',
    why: 'What was given has no status line, and what caches do depends on the status.',
    remedy: 'Copy the status line too.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9112#section-4',
  },
} as const;

const PURGE_KEYS = [
  'surrogate-key',
  'cache-tag',
  'xkey',
  'x-cache-tags',
  'edge-cache-tag',
  'x-drupal-cache-tags',
  'x-magento-tags',
  'x-litespeed-tag',
  'netlify-cache-tag',
  'x-cache-tag',
  'vercel-cache-tag',
  'x-tags',
  'x-key',
];
const DEBUG = [
  'x-cache-key',
  'x-true-cache-key',
  'x-check-cacheable',
  'x-cache-key-extended-internal-use-only',
  'x-drupal-cache-contexts',
  'x-cache-debug',
];
const LONG = 16_000;

export const vendor = topic(kinds, ({ fields, response }: Scene, say) => {
  for (const name of PURGE_KEYS) {
    const value = combined(fields, name);
    if (value === undefined || value === '') continue;
    say('purge-keys-exposed', `${name}: ${quoted(value)}`);
    if (value.length > LONG) say('purge-keys-long', `${name} is ${value.length} characters long.`);
  }
  const debug = DEBUG.filter((name) => combined(fields, name) !== undefined);
  if (debug.length > 0) say('debug-exposed', `${debug.join(', ')} reached the client.`);
  for (const line of response.unreadable?.slice(0, 3) ?? [])
    say('line-unreadable', `The line ${quoted(line)} is no field.`);
  if (response.statusAssumed === true) say('status-assumed', 'There is no status line; it was read as a 200.');
});
