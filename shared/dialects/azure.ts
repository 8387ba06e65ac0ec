// How does Azure Front Door speak and behave? By a bare word in X-Cache beside X-Azure-Ref.
// Source: learn.microsoft.com, Front Door HTTP headers and caching; the form of the reference is not documented, two are known from responses.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { HIT, PASSED, REVALIDATED, wordsOf } from './cache-words.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastNamed, lastOfForm } from './members.ts';
import { furthest, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

/** It asked its regional tier, which had it. */
const REMOTE_HIT = 'TCP_REMOTE_HIT';

const words = wordsOf({
  TCP_HIT: HIT,
  TCP_REFRESH_HIT: REVALIDATED,
  TCP_MISS: { cacheStatus: { fwd: 'miss' } },
  [REMOTE_HIT]: { cacheStatus: { fwd: 'miss' } },
  // the response forbids storing
  PRIVATE_NOSTORE: PASSED,
  // the route has no caching
  CONFIG_NOCACHE: PASSED,
  'N/A': { cacheStatus: {}, made: 'answer', notSeparable: 'Refused by a rule or a signature: nothing was looked for.' },
});

const wordForm = new RegExp(`^(?:${[...words.keys()].join('|')})$`);

/** Beside the word: which layer answered. */
const layer = /^L\d_T\d$/;
const msRef = /\bRef B: ([A-Z0-9]{2,24})\b/;

const signature = (fields: FieldLines): number | undefined =>
  furthest(
    lastIndex(fields, 'x-azure-ref'),
    lastIndex(fields, 'x-fd-int-roxy-purgeid'),
    lastIndex(fields, 'x-cache-info', (value) => layer.test(value.trim())),
    lastIndex(fields, 'x-msedge-ref', (value) => msRef.test(value)),
  );

/** The edge, and behind it the regional tier where that had it. Whose an Age would be is not documented: none is read. */
function decodeAll(fields: FieldLines): readonly Decoded[] {
  if (signature(fields) === undefined) return [];
  const word = lastOfForm(fields, 'x-cache', wordForm)?.[0] ?? '';
  const said = words.get(word) ?? {
    cacheStatus: {},
    notSeparable: 'Without X-Cache nothing tells whether Front Door had it.',
  };
  const by = words.has(word) ? 'X-Cache' : 'X-Azure-Ref';
  const { cache, place } = nodeIn(fields);
  const edge: Decoded = {
    ...said,
    cacheStatus: { ...(cache !== undefined && { cache }), ...said.cacheStatus },
    by,
    ...(place !== undefined && { place }),
  };
  return word === REMOTE_HIT ? [edge, { cacheStatus: { cache: 'regional tier', hit: true }, by }] : [edge];
}

interface Node {
  readonly cache?: string;
  readonly place?: string;
}

function nodeIn(fields: FieldLines): Node {
  const open = msRef.exec(lastNamed(fields, 'x-msedge-ref') ?? '')?.[1];
  return serverOf(open) ?? nodeOf(lastNamed(fields, 'x-azure-ref') ?? '');
}

/** In browsers and in Node alike (https://html.spec.whatwg.org/multipage/webappapis.html#atob). */
declare const atob: (base64: string) => string;

/** The site stands in the new form as it is, and in the old one within base64 behind a zero. */
function nodeOf(reference: string): Node {
  const place = /^\d{8}T\d{6}Z-[0-9a-z]{16}hC1([A-Z]{2}[A-Z0-9])/.exec(reference)?.[1];
  if (place !== undefined) return { place };
  const coded = /^0([A-Za-z0-9+/]{40,300})={0,2}$/.exec(reference)?.[1];
  if (coded === undefined || coded.length % 4 === 1) return {};
  return serverOf(/[A-Z]{2,4}\d{0,3}EDGE\d{1,6}/.exec(atob(coded))?.[0]) ?? {};
}

function serverOf(name: string | undefined): Node | undefined {
  const place = /^([A-Z]{2,4}?)\d{0,3}EDGE\d{1,6}$/.exec(name ?? '')?.[1];
  return name === undefined ? undefined : { cache: name, ...(place !== undefined && { place }) };
}

function speak(event: Spoken): FieldLine[] {
  const { hit, fwd } = event.cacheStatus;
  const word = hit === true ? 'TCP_HIT' : event.revalidated ? 'TCP_REFRESH_HIT' : undefined;
  return [
    ['x-azure-ref', '20250101T000000Z-0000000000000000hC1LAB0000000000'],
    ['X-Cache', word ?? (fwd === 'bypass' ? 'CONFIG_NOCACHE' : 'TCP_MISS')],
  ];
}

export const azure: Dialect = {
  id: 'azure',
  title: 'Azure Front Door',
  reference: 'https://learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol',
  reads: ['x-azure-ref', 'x-fd-int-roxy-purgeid', 'x-cache-info', 'x-msedge-ref', 'x-cache'],
  signature,
  decode: (fields) => decodeAll(fields)[0],
  decodeAll,
  questions: [
    {
      fields: [['X-Azure-DebugInfo', '1']],
      tells: 'the status that the origin gave, and which error is Front Door’s own and which its origin’s',
      reference: 'https://learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol',
    },
  ],
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: [],
    // where nothing is said, one to three days at random: the least is taken here
    defaultTtl: 86_400,
    heuristicShare: 0,
    storesPost: false,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://learn.microsoft.com/azure/frontdoor/front-door-caching',
    except: { documented: ['lifetimeFrom', 'defaultTtl', 'heuristicShare', 'storesPost'] },
  },
};
