// What do fields of a saved response mean that the live page has no words for? (loaded with the explain view only)
import { duration } from '../layout/clock-text.ts';
import { cacheControlOf, seconds } from '../../shared/http/cache-control.ts';
import { first } from '../../shared/http/fields.ts';
import { parseDate } from '../../shared/http/date.ts';
import { cacheControl } from './directives.ts';
import { named, rfc, wordsFor } from './field-words.ts';
import type { Entry, FieldContext, FieldWords } from './field-words.ts';
import type { FieldLine } from '../../shared/http/fields.ts';
import { VENDOR_FIELDS } from './vendor-fields.ts';

const fetchSpec = (anchor: string) => ({ reference: 'Fetch', href: `https://fetch.spec.whatwg.org/#${anchor}` });

/** Dates are compared with each other: when a saved response came, nobody may know. */
function sinceDate(value: string, { fields, at }: FieldContext): number | undefined {
  const [then, date] = [parseDate(value, at), parseDate(first(fields, 'date') ?? '', at)];
  return then === undefined || date === undefined ? undefined : then - date;
}

const DATES: readonly Entry[] = [
  {
    names: ['date'],
    ...rfc(9110, '6.6.1'),
    say: (value, { at }) =>
      parseDate(value, at) === undefined
        ? 'Not a date that HTTP knows.'
        : 'When the message was made. Most caches keep it with the copy, so that it is as old as the copy.',
  },
  {
    names: ['expires'],
    ...rfc(9111, '5.3'),
    say: (value, context) => {
      if (['s-maxage', 'max-age'].some((name) => seconds(cacheControlOf(context.fields), name) !== undefined))
        return 'Not looked at by caches that find a lifetime in Cache-Control.';
      if (parseDate(value, context.at) === undefined) return 'Not a date, so it counts as already run out.';
      const lifetime = sinceDate(value, context);
      if (lifetime === undefined) return 'Until then it is fresh.';
      return lifetime > 0 ? `Fresh for ${duration(lifetime)} after Date.` : 'Already run out when it was sent.';
    },
  },
  {
    names: ['last-modified'],
    ...rfc(9110, '8.8.2'),
    say: (value, context) => {
      if (parseDate(value, context.at) === undefined) return 'Not a date that HTTP knows.';
      const before = sinceDate(value, context);
      const when = before === undefined || before > -1 ? '' : ` It was ${duration(-before)} before Date.`;
      return `When the page was last changed; a cache can ask whether it has been since.${when}`;
    },
  },
];

const OTHERS: readonly Entry[] = [
  {
    names: ['mime-version'],
    reference: '9112 §B.1',
    href: 'https://www.rfc-editor.org/rfc/rfc9112#appendix-B.1',
    say: () => 'Which version of MIME the message follows; no concern of a cache.',
  },
  {
    names: ['cdn-cache-control'],
    ...rfc(9213, '3.1'),
    say: (v) => `For CDN caches only, before Cache-Control: ${cacheControl(v)}`,
  },
  {
    names: ['surrogate-control'],
    reference: 'Edge Arch.',
    href: 'https://www.w3.org/TR/edge-arch/',
    say: (v) => `For the site’s own caches, before Cache-Control; they take it out: ${cacheControl(v)}`,
  },
  { names: ['location'], ...rfc(9110, '10.2.2'), say: () => 'Where to go on instead.' },
  { names: ['content-location'], ...rfc(9110, '8.7'), say: () => 'The URL of exactly this form of the page.' },
  { names: ['content-range'], ...rfc(9110, '14.4'), say: () => 'Which part of the whole this is.' },
  { names: ['content-language'], ...rfc(9110, '8.5'), say: (v) => `For readers of: ${v}.` },
  { names: ['retry-after'], ...rfc(9110, '10.2.3'), say: () => 'When it is worth asking again.' },
  { names: ['allow'], ...rfc(9110, '10.2.1'), say: () => 'Which methods this URL knows.' },
  {
    names: ['www-authenticate'],
    ...rfc(9110, '11.6.1'),
    say: () => 'How to say who one is. An answer to somebody known is for them alone, unless it says otherwise.',
  },
  {
    names: ['authorization', 'proxy-authorization'],
    ...rfc(9111, '3.5'),
    say: () => 'Who asked. It belongs to requests.',
  },
  {
    names: ['link'],
    reference: '8288 §3',
    href: 'https://www.rfc-editor.org/rfc/rfc8288#section-3',
    say: () => 'Other resources that this page needs or belongs to.',
  },
  {
    names: ['alt-svc'],
    reference: '7838 §3',
    href: 'https://www.rfc-editor.org/rfc/rfc7838#section-3',
    say: () => 'Where else, or over which other protocol, the same can be had.',
  },
  {
    names: ['strict-transport-security'],
    reference: '6797 §6.1',
    href: 'https://www.rfc-editor.org/rfc/rfc6797#section-6.1',
    say: () => 'The browser shall ask this host over https only. Browsers remember it, caches do not look at it.',
  },
  {
    names: ['cache-groups'],
    reference: '9875 §2',
    href: 'https://www.rfc-editor.org/rfc/rfc9875#section-2',
    say: () => 'Groups in which this copy can be invalidated together with others.',
  },
  {
    names: ['cache-group-invalidation'],
    reference: '9875 §3',
    href: 'https://www.rfc-editor.org/rfc/rfc9875#section-3',
    say: () => 'Invalidates every copy of these groups.',
  },
  {
    names: ['no-vary-search'],
    reference: 'draft',
    href: 'https://datatracker.ietf.org/doc/draft-ietf-httpbis-no-vary-search/',
    say: () => 'Which parts of the query change nothing, so that one copy serves them all.',
  },
  {
    names: ['proxy-status'],
    reference: '9209 §2',
    href: 'https://www.rfc-editor.org/rfc/rfc9209#section-2',
    say: () => 'What went wrong at a proxy, or what it did.',
  },
  {
    names: ['clear-site-data'],
    reference: 'W3C',
    href: 'https://www.w3.org/TR/clear-site-data/',
    say: () => 'The browser shall forget what it has stored of this site; "cache" is its copies.',
  },
  {
    names: ['server-timing'],
    reference: 'W3C',
    href: 'https://www.w3.org/TR/server-timing/',
    say: () => 'How long parts of the work took; some caches also say here what they did.',
  },
  {
    names: ['timing-allow-origin'],
    reference: 'W3C',
    href: 'https://www.w3.org/TR/resource-timing/',
    say: () => 'Which pages may see how long this took.',
  },
  {
    names: ['access-control-allow-origin'],
    ...fetchSpec('http-access-control-allow-origin'),
    say: (v) =>
      v.trim() === '*'
        ? 'Pages of any origin may read it, so that one copy serves them all.'
        : 'Only pages of this origin may read it; Vary should then name Origin.',
  },
  {
    names: [
      'access-control-allow-credentials',
      'access-control-allow-headers',
      'access-control-allow-methods',
      'access-control-expose-headers',
      'access-control-max-age',
    ],
    ...fetchSpec('http-responses'),
    say: () => 'Which pages may ask, how, and what of the answer they see.',
  },
  {
    names: ['content-security-policy', 'content-security-policy-report-only'],
    reference: 'W3C',
    href: 'https://www.w3.org/TR/CSP3/',
    say: (v) =>
      /'nonce-/.test(v)
        ? 'What the page may load. It has a nonce: a stored copy repeats it for everybody.'
        : 'What the page may load; no concern of a cache.',
  },
  {
    names: [
      'x-content-type-options',
      'x-frame-options',
      'x-xss-protection',
      'referrer-policy',
      'permissions-policy',
      'cross-origin-opener-policy',
      'cross-origin-embedder-policy',
      'cross-origin-resource-policy',
      'origin-agent-cluster',
      'x-permitted-cross-domain-policies',
    ],
    ...fetchSpec('http-responses'),
    say: () => 'What the browser may do with the page; no concern of a cache.',
  },
  {
    names: ['report-to', 'nel', 'reporting-endpoints'],
    reference: 'W3C',
    href: 'https://www.w3.org/TR/reporting-1/',
    say: () => 'Where the browser reports trouble to; no concern of a cache.',
  },
  {
    names: ['content-disposition'],
    reference: '6266',
    href: 'https://www.rfc-editor.org/rfc/rfc6266',
    say: () => 'Show it, or save it under this name.',
  },
  { names: ['trailer', 'te', 'upgrade'], ...rfc(9110, '7.6.1'), say: () => 'For this connection only; never stored.' },
];

const before = named([...DATES]);
const after = named([...VENDOR_FIELDS, ...OTHERS]);
/** Where the words that suit any sender are too narrow for a response from anywhere. */
const better = new Set(['x-cache-hits', 'cdn-cache-control', 'surrogate-control', 'x-cache-status']);

/** What is known about a line of a saved response; undefined where there are no words for it. */
export function savedWordsFor(line: FieldLine, context: FieldContext): FieldWords | undefined {
  const name = line[0].toLowerCase();
  const own = before.get(name) ?? (better.has(name) ? after.get(name) : undefined);
  if (own !== undefined) return said(own, line, context);
  const known = wordsFor(line, context);
  if (known !== undefined) return known;
  const entry = after.get(name);
  return entry === undefined ? undefined : said(entry, line, context);
}

const said = (entry: Entry, [, value]: FieldLine, context: FieldContext): FieldWords => ({
  sentence: entry.say(value, context),
  reference: entry.reference,
  href: entry.href,
});
