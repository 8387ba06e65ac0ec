// What does a field line of a response say about caches, in one sentence, and where is that written?
import { clockTime, duration } from '../layout/clock-text.ts';
import { valuesOf } from '../../shared/http/fields.ts';
import type { FieldLine, FieldLines } from '../../shared/http/fields.ts';
import { parseDate } from '../../shared/http/date.ts';
import type { Instant, Interval } from '../../shared/model/interval.ts';
import type { LayerState } from '../../shared/model/layer-state.ts';
import { cacheControl } from './directives.ts';

export interface FieldContext {
  readonly fields: FieldLines;
  /** When the answer came. */
  readonly at: Instant;
  readonly generatedAt?: Interval;
  /** What this node holds. */
  readonly content?: string;
  /** The content that the origins serve now. */
  readonly expect?: string;
}

export interface FieldWords {
  readonly sentence: string;
  /** `9111 §5.1` or the name of a vendor. */
  readonly reference: string;
  readonly href: string;
}

/** Words for fields that mean the same. */
export interface Entry {
  readonly names: readonly string[];
  readonly reference: string;
  readonly href: string;
  say(value: string, context: FieldContext): string;
}

export const rfc = (number: number, section: string): Pick<Entry, 'reference' | 'href'> => ({
  reference: `${number} §${section}`,
  href: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
});
const varnishPage = { reference: 'Varnish', href: 'https://varnish-cache.org/docs/7.1/reference/http-headers.html' };
const nginxPage = {
  reference: 'nginx',
  href: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status',
};

const dateOf = (value: string, { at }: FieldContext): Instant | undefined => parseDate(value, at);

/** What nginx means by each of its words; others that send X-Cache-Status use them too. */
export const nginxWords: Readonly<Record<string, string>> = {
  HIT: 'answered from its store',
  MISS: 'had no copy and fetched one',
  EXPIRED: 'its copy had run out, so it fetched a new one',
  STALE: 'answered with a copy that had run out',
  UPDATING: 'answered with an old copy while it fetches a new one',
  REVALIDATED: 'asked whether its copy still holds, and it did (304)',
  BYPASS: 'was told not to look into its store',
};

function validator(value: string, { content, expect }: FieldContext): string {
  const plain = value.replace(/^W\//, '').replaceAll('"', '');
  const strength = value.startsWith('W/') ? 'A weak validator' : 'Names exactly these bytes';
  if (expect !== undefined && plain.includes(expect)) return `${strength}; it is the one that the origin gives now.`;
  if (expect !== undefined && content !== undefined && plain.includes(content))
    return `${strength}: those of the old build ${content}.`;
  return `${strength}; a cache can ask the origin with it whether its copy still holds.`;
}

const ENTRIES: readonly Entry[] = [
  {
    names: ['age'],
    ...rfc(9111, '5.1'),
    say: (value, { generatedAt }) => {
      const since =
        generatedAt === undefined ? '' : ` Generated ${clockTime((generatedAt.earliest + generatedAt.latest) / 2, 1)}.`;
      return `Seconds since the bytes were generated, over all caches on the way: ${value}.${since}`;
    },
  },
  {
    names: ['date'],
    ...rfc(9110, '6.6.1'),
    say: (value, context) => {
      const at = dateOf(value, context);
      if (at === undefined) return 'Not a date that HTTP knows.';
      const old = context.at - at;
      return old < 2
        ? 'When the message was made: just now.'
        : `When the message was made: ${duration(old)} before this answer.`;
    },
  },
  { names: ['cache-control'], ...rfc(9111, '5.2.2'), say: cacheControl },
  {
    names: ['cdn-cache-control', 'surrogate-control'],
    ...rfc(9213, '3'),
    say: (v) => `For CDN caches only, before Cache-Control: ${cacheControl(v)}`,
  },
  {
    names: ['expires'],
    ...rfc(9111, '5.3'),
    say: (value, context) => {
      if (valuesOf(context.fields, 'cache-control').some((v) => /max-age/i.test(v)))
        return 'Ignored, because Cache-Control has a max-age.';
      const at = dateOf(value, context);
      return at === undefined ? 'Not a date, so it counts as already run out.' : `Fresh until ${clockTime(at)}.`;
    },
  },
  { names: ['etag'], ...rfc(9110, '8.8.3'), say: validator },
  {
    names: ['last-modified'],
    ...rfc(9110, '8.8.2'),
    say: (value, context) => {
      const at = dateOf(value, context);
      if (at === undefined) return 'Not a date that HTTP knows.';
      const guess =
        valuesOf(context.fields, 'cache-control').length === 0
          ? ' Without a stated lifetime a cache may guess a tenth of this.'
          : '';
      return `The page was last changed ${duration(context.at - at)} before this answer.${guess}`;
    },
  },
  {
    names: ['vary'],
    ...rfc(9110, '12.5.5'),
    say: (value) =>
      value.trim() === '*'
        ? 'No stored copy ever fits another request.'
        : `There is one copy for each different ${value
            .split(',')
            .map((v) => v.trim())
            .join(' and ')}; a purge may meet only one of them.`,
  },
  {
    names: ['via'],
    ...rfc(9110, '7.6.3'),
    say: (value) => {
      const hops = value.split(',').length;
      return hops === 1
        ? 'One proxy on the way names itself.'
        : `${hops} proxies on the way name themselves, the nearest last.`;
    },
  },
  {
    names: ['x-varnish'],
    ...varnishPage,
    say: (value) => {
      const [mine, stored] = value.trim().split(/\s+/);
      return stored === undefined
        ? `One id: it went to its backend for request ${mine ?? ''}.`
        : `Two ids: a hit. Request ${stored} stored the copy.`;
    },
  },
  {
    names: ['x-cache-hits'],
    ...varnishPage,
    say: (value) => `This copy has been served ${value} times; the count begins again with a new copy.`,
  },
  {
    names: ['x-cache-status', 'x-proxy-cache', 'x-nginx-cache'],
    ...nginxPage,
    say: (value) => {
      const said = nginxWords[value.trim().toUpperCase()];
      return said === undefined ? 'The operator’s own word for what this cache did.' : `nginx ${said}.`;
    },
  },
  {
    names: ['x-cache'],
    reference: 'a custom',
    href: 'https://www.rfc-editor.org/rfc/rfc9211#section-1',
    say: () => 'What a cache says it did; the words differ from product to product.',
  },
  {
    names: ['cache-status'],
    ...rfc(9211, '2'),
    say: (value) => `What each cache did, the origin’s side first: ${value.split(',').length} in all.`,
  },
  {
    names: ['x-accel-expires'],
    ...nginxPage,
    say: (value) =>
      value === '0'
        ? 'Tells nginx not to store this.'
        : `Tells nginx how long to keep this (${value}), before Cache-Control.`,
  },
  {
    names: ['set-cookie'],
    ...rfc(9111, '7.3'),
    say: () => 'Meant for one visitor. Varnish and nginx do not store a response that has it.',
  },
  {
    names: ['content-encoding'],
    ...rfc(9110, '8.4'),
    say: (value) => `These bytes are the ${value} form of the page.`,
  },
  { names: ['pragma'], ...rfc(9111, '5.4'), say: () => 'Out of use; in a response it never had a meaning.' },
  { names: ['warning'], ...rfc(9111, '5.5'), say: () => 'Out of use; some caches still mark stale answers with it.' },
  { names: ['content-type'], ...rfc(9110, '8.3'), say: () => 'What kind of content it is; no concern of a cache.' },
  {
    names: ['content-length'],
    ...rfc(9110, '8.6'),
    say: (value) =>
      /^\d+$/.test(value) ? `${Number(value).toLocaleString('en')} bytes follow.` : 'Not a number of bytes.',
  },
  {
    names: ['server'],
    ...rfc(9110, '10.2.4'),
    say: () => 'The software that made the answer, or the last that rewrote this line.',
  },
  {
    names: ['connection', 'keep-alive', 'transfer-encoding'],
    ...rfc(9110, '7.6.1'),
    say: () => 'For this connection only; never stored.',
  },
  { names: ['accept-ranges'], ...rfc(9110, '14.3'), say: () => 'Parts of the content can be asked for.' },
  {
    names: ['surrogate-key', 'xkey', 'cache-tag'],
    reference: 'a custom',
    href: 'https://www.fastly.com/documentation/reference/http/http-headers/Surrogate-Key/',
    say: () => 'Names under which this copy can be purged together with others.',
  },
];

/** Entries by each of their lower-case names. */
export const named = (entries: readonly Entry[]): ReadonlyMap<string, Entry> =>
  new Map(entries.flatMap((e) => e.names.map((n) => [n, e] as const)));

const byName = named(ENTRIES);

/** What is known about one field line; undefined where this page has no words for it. */
export function wordsFor([name, value]: FieldLine, context: FieldContext): FieldWords | undefined {
  const entry = byName.get(name.toLowerCase());
  return entry === undefined
    ? undefined
    : { sentence: entry.say(value, context), reference: entry.reference, href: entry.href };
}

const sources: Readonly<Record<string, string>> = {
  's-maxage': 'cache-control',
  'max-age': 'cache-control',
  expires: 'expires',
  'x-accel-expires': 'x-accel-expires',
};

/** The lower-case name of the field that decided how long this copy lives here; undefined where none did. */
export function decidingField(state: LayerState): string | undefined {
  const lifetime = state.because.find((r) => r.code === 'lifetime');
  return lifetime?.code === 'lifetime' ? sources[lifetime.from.toLowerCase()] : undefined;
}
