// For each note on several answers: answers of which it is said.
import { hopsOf } from '../../../shared/explain.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
import type { Answered } from '../../../shared/notes/answered.ts';
import { codings } from '../../../shared/notes/codings.ts';
import { conditional } from '../../../shared/notes/conditional.ts';
import type { Note } from '../../../shared/notes/note.ts';
import { otherwiseAsked } from '../../../shared/notes/otherwise-asked.ts';
import { pageAssets } from '../../../shared/notes/page-assets.ts';
import { repeated } from '../../../shared/notes/repeated.ts';
import { NOW } from './examples.ts';

interface Rest {
  readonly status?: number;
  readonly url?: string;
  readonly at?: number;
  readonly content?: string;
}

/** An answer whose content is called by a letter. */
function answer(fields: readonly FieldLine[], rest: Rest = {}): Answered {
  const { status = 200, url = 'https://shop.example/', at = 0, content = 'a' } = rest;
  const response = { url, status, fields, method: 'GET', receivedAt: NOW + at };
  return { response, hops: hopsOf(response), digest: `sha256:${content.repeat(64)}` };
}

const tagged: FieldLine = ['ETag', '"4f2c"'];
const dated: FieldLine = ['Last-Modified', 'Wed, 08 Oct 2025 08:53:20 GMT'];
const plain = answer([tagged, dated, ['Cache-Control', 'max-age=60']]);
const short = answer([tagged, ['Cache-Control', 'max-age=60']], { status: 304 });

const hit = (node: string, age: number, rest: Rest = {}) =>
  answer([['Age', String(age)], ['Cache-Status', `${node}; hit`], tagged], rest);

const page = (more: readonly FieldLine[] = [], rest: Rest = {}) =>
  answer([['Date', 'Thu, 09 Oct 2025 08:53:20 GMT'], ['Content-Type', 'text/html'], ...more], rest);
const asset = (path: string, more: readonly FieldLine[], status = 200) =>
  answer(more, { url: `https://shop.example${path}`, status });
const withAssets = (first: Answered, ...assets: readonly Answered[]) =>
  pageAssets.read({ page: first, assets, now: NOW });

const byCoding = (answers: Readonly<Record<string, Answered>>) => codings.read({ answers, stable: true });
const vary: FieldLine = ['Vary', 'Accept-Encoding'];
const coded = (coding: string, more: readonly FieldLine[] = [], rest: Rest = {}) =>
  answer(
    [['Content-Type', 'text/html'], ...(coding === '' ? [] : [['Content-Encoding', coding] as const]), ...more],
    rest,
  );

export const examplesOfSeveral: Readonly<Record<string, () => Note[]>> = {
  'validator-confirmed': () => conditional.read({ plain, ownTag: short }),
  'validator-lies': () => conditional.read({ plain, wrongTag: short }),
  'validator-ignored': () => conditional.read({ plain, ownTag: plain }),
  'date-ignored': () => conditional.read({ plain, ownDate: plain }),
  'date-lies': () => conditional.read({ plain, earlyDate: short }),
  'not-modified-incomplete': () => conditional.read({ plain, ownTag: answer([], { status: 304 }) }),
  'conditional-status': () => conditional.read({ plain, ownTag: answer([], { status: 412 }) }),

  'age-forward': () => repeated.read([hit('edge', 5), hit('edge', 7, { at: 2 })]),
  'age-stands': () => repeated.read([hit('edge', 5), hit('edge', 5, { at: 3 })]),
  'age-back': () => repeated.read([hit('edge', 50), hit('edge', 5, { at: 1 })]),
  'nodes-disagree': () => repeated.read([hit('ams', 5), hit('fra', 50, { content: 'b' })]),
  'validators-disagree': () => repeated.read([answer([tagged]), answer([['ETag', '"other"']])]),
  'content-changes': () => repeated.read([answer([]), answer([], { content: 'b' })]),
  'several-nodes': () => repeated.read([hit('ams', 5), hit('fra', 7, { at: 2 })]),

  'coding-agreed': () => byCoding({ gzip: coded('gzip', [vary]), identity: coded('', [vary]) }),
  'coding-without-vary': () => byCoding({ gzip: coded('gzip', [vary]), identity: coded('') }),
  'coding-content-differs': () =>
    byCoding({ gzip: coded('gzip', [vary]), identity: coded('', [vary], { content: 'b' }) }),
  'coding-same-tag': () => byCoding({ gzip: coded('gzip', [vary, tagged]), identity: coded('', [vary, tagged]) }),
  'coding-unasked': () => byCoding({ gzip: coded('gzip', [vary]), identity: coded('gzip', [vary]) }),
  'coding-none': () => byCoding({ gzip: coded(''), identity: coded('') }),

  'head-agrees': () => otherwiseAsked.read({ plain, head: plain }),
  'head-differs': () => otherwiseAsked.read({ plain, head: answer([], { status: 405 }) }),
  'question-answered': () =>
    otherwiseAsked.read({
      plain,
      questions: [{ product: 'a cache', asked: [['X-Debug', 'x-cache']], answer: answer([['X-Cache', 'hit-fresh']]) }],
    }),
  'cached-copy-old': () =>
    otherwiseAsked.read({ plain, busted: { answer: answer([], { content: 'b' }), stable: true } }),
  'cached-copy-current': () => otherwiseAsked.read({ plain, busted: { answer: answer([]), stable: true } }),
  'bust-ineffective': () => otherwiseAsked.read({ plain, busted: { answer: hit('edge', 9), stable: true } }),

  'assets-agree': () => withAssets(page(), asset('/site.4f2c9a.css', [['Cache-Control', 'max-age=31536000']])),
  'asset-missing': () => withAssets(page(), asset('/site.4f2c9a.css', [], 404)),
  'asset-changed-after-page': () =>
    withAssets(page([['Age', '600']]), asset('/site.css', [['Last-Modified', 'Thu, 09 Oct 2025 08:50:00 GMT']])),
  'page-outlives-asset': () =>
    withAssets(page([['Cache-Control', 'max-age=3600']]), asset('/site.css', [['Cache-Control', 'max-age=60']])),
  'asset-outlives-build': () => withAssets(page(), asset('/site.css', [['Cache-Control', 'max-age=864000']])),
  'asset-refetched': () => withAssets(page(), asset('/site.4f2c9a.css', [['Cache-Control', 'max-age=60']])),
  'builds-differ': () => withAssets(page([['X-Build', '4f2c']]), asset('/site.css', [['X-Build', '9e01']])),
  'assets-left': () => pageAssets.read({ page: page(), assets: [], left: 3, now: NOW }),
};
