// How does Akamai speak and behave? By a TCP_ word in X-Cache, where it was asked for it; how it caches is each property's own choice.
// Source: techdocs.akamai.com, Edge Diagnostics, Pragma headers; nothing was measured.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { EXPIRED, HIT, REVALIDATED, STALE, wordsOf, type Said } from './cache-words.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastNamed, lastOfForm, membersFromEnd } from './members.ts';
import { furthest, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';
import { timingsIn } from './server-timing.ts';

/** Other caches write TCP_ words too, without the name of the server software. */
const outcome = /^(TCP_[A-Z_]{1,40}) from (\S{1,100}) \(AkamaiGHost\b/;

const MISS: Said = { cacheStatus: { fwd: 'miss' } };
const REFUSED: Said = {
  cacheStatus: {},
  made: 'answer',
  notSeparable: 'The client was refused before anything was looked for.',
};

const words = wordsOf({
  TCP_HIT: HIT,
  TCP_MEM_HIT: HIT,
  // the client asked conditionally and the copy was fresh
  TCP_IMS_HIT: HIT,
  // a stored error
  TCP_NEGATIVE_HIT: HIT,
  TCP_MISS: MISS,
  TCP_REFRESH_HIT: REVALIDATED,
  // a new one came
  TCP_REFRESH_MISS: EXPIRED,
  TCP_REFRESH_FAIL_HIT: STALE,
  TCP_DENIED: REFUSED,
  TCP_COOKIE_DENY: REFUSED,
});

/** In Akamai-Cache-Status, each with "from child" or "from parent". */
const plainWords = wordsOf({
  Hit: HIT,
  Miss: MISS,
  RefreshHit: REVALIDATED,
  HitStale: STALE,
  Constructed: { cacheStatus: {}, made: 'answer' },
  Redirect: { cacheStatus: {}, made: 'answer' },
  Error: { cacheStatus: {}, made: 'error' },
});
const plain = /^([A-Za-z]{1,20}) from (child|parent)$/;

/** Of Server-Timing. A 304 and a new response are one word there. */
const timed = wordsOf({
  HIT,
  MISS,
  REVALIDATE: { cacheStatus: { fwd: 'stale' }, notSeparable: 'REVALIDATE tells that it asked, not what was answered.' },
});

function signature(fields: FieldLines): number | undefined {
  return furthest(
    lastIndex(fields, 'x-cache', (value) => outcome.test(value.trim())),
    lastIndex(fields, 'x-cache-remote', (value) => outcome.test(value.trim())),
    lastIndex(fields, 'akamai-cache-status', (value) => plain.test(value.slice(value.lastIndexOf(',') + 1).trim())),
    lastIndex(fields, 'akamai-grn'),
    lastIndex(fields, 'x-akamai-request-id'),
    lastIndex(fields, 'server', (value) => value.trim() === SERVER),
    lastIndex(fields, 'server-timing', (value) => value.includes('ak_p')),
  );
}

/** The edge, and the parent behind it. What an Age beside them counts is not documented, so that none is read. */
function decodeAll(fields: FieldLines, status: number): readonly Decoded[] {
  const remote = saidIn(fields, 'X-Cache-Remote');
  const [child, ...parents] = plainIn(fields);
  const own = saidIn(fields, 'X-Cache') ?? child ?? timedIn(fields) ?? unsaid(fields, status);
  if (own === undefined) return [];
  return [
    { ...own, cacheStatus: { ...own.cacheStatus, ...keyIn(fields, own) } },
    ...(remote === undefined ? parents : [remote]),
  ];
}

function saidIn(fields: FieldLines, by: 'X-Cache' | 'X-Cache-Remote'): Decoded | undefined {
  const [, word = '', cache] = lastOfForm(fields, by.toLowerCase(), outcome) ?? [];
  if (cache === undefined) return undefined;
  const said = words.get(word) ?? { cacheStatus: {}, notSeparable: `What Akamai means by ${word} is not documented.` };
  return { ...said, cacheStatus: { cache, ...said.cacheStatus }, by };
}

function plainIn(fields: FieldLines): Decoded[] {
  const found = membersFromEnd(fields, 'akamai-cache-status').flatMap(({ text }) => {
    const [, word = '', cache] = plain.exec(text) ?? [];
    const said = plainWords.get(word);
    if (said === undefined || cache === undefined) return [];
    return [{ ...said, cacheStatus: { cache, ...said.cacheStatus }, by: 'Akamai-Cache-Status' }];
  });
  // the child is the nearer one, whichever way round they stand
  return found.toSorted((a, b) => Number(a.cacheStatus.cache === 'parent') - Number(b.cacheStatus.cache === 'parent'));
}

function timedIn(fields: FieldLines): Decoded | undefined {
  const said = timed.get(timingsIn(fields).get('cdn-cache')?.toUpperCase() ?? '');
  return said === undefined ? undefined : { ...said, by: 'Server-Timing' };
}

/** Its name as the Server stands only on what it wrote itself. */
function unsaid(fields: FieldLines, status: number): Decoded | undefined {
  if (signature(fields) === undefined) return undefined;
  if (lastNamed(fields, 'server') === SERVER)
    return { cacheStatus: {}, by: 'Server', made: status >= 400 ? 'error' : 'answer' };
  const by = ['Akamai-GRN', 'X-Akamai-Request-ID'].find((name) => lastNamed(fields, name.toLowerCase()) !== undefined);
  return { cacheStatus: {}, by: by ?? 'Server-Timing', notSeparable: SILENT };
}

const SERVER = 'AkamaiGHost';
const SILENT =
  'Nothing here tells whether Akamai had it: its debug fields are sent only to those who ask for them, and may.';

/** The key without what is not of the URL first; X-Check-Cacheable says whether what came may be stored. */
function keyIn(fields: FieldLines, { cacheStatus: { fwd } }: Decoded): Partial<Decoded['cacheStatus']> {
  const key = lastNamed(fields, 'x-true-cache-key') ?? lastNamed(fields, 'x-cache-key');
  const isStaging = lastNamed(fields, 'x-akamai-staging') !== undefined;
  const cacheable = lastNamed(fields, 'x-check-cacheable');
  return {
    ...(fwd !== undefined && cacheable === 'NO' && { stored: false }),
    ...(key !== undefined && { key }),
    ...(isStaging && { detail: 'staging' }),
  };
}

function wordFor(event: Spoken): string {
  if (event.stale) return 'TCP_REFRESH_FAIL_HIT';
  if (event.cacheStatus.hit === true) return 'TCP_MEM_HIT';
  if (event.revalidated) return 'TCP_REFRESH_HIT';
  return event.cacheStatus.fwd === 'stale' ? 'TCP_REFRESH_MISS' : 'TCP_MISS';
}

const speak = (event: Spoken): FieldLine[] => [
  ['X-Cache', `${wordFor(event)} from a192-0-2-1.deploy.akamaitechnologies.com (AkamaiGHost/0) (-)`],
];

const asked = [
  'akamai-x-cache-on',
  'akamai-x-cache-remote-on',
  'akamai-x-check-cacheable',
  'akamai-x-get-cache-key',
  'akamai-x-get-true-cache-key',
  'akamai-x-get-request-id',
];

export const akamai: Dialect = {
  id: 'akamai',
  title: 'Akamai',
  reference: 'https://techdocs.akamai.com/edge-diagnostics/docs/pragma-headers',
  reads: [
    'x-cache',
    'x-cache-remote',
    'akamai-cache-status',
    'akamai-grn',
    'x-akamai-request-id',
    'x-akamai-staging',
    'x-cache-key',
    'x-true-cache-key',
    'x-check-cacheable',
    'server',
    'server-timing',
  ],
  signature,
  decode: (fields, status) => decodeAll(fields, status)[0],
  decodeAll,
  questions: [
    {
      fields: [['Pragma', asked.join(', ')]],
      tells:
        'what the edge and the parent behind it did, the key with its lifetime, and whether it may be stored, where the property allows to ask',
      reference: 'https://techdocs.akamai.com/edge-diagnostics/docs/pragma-headers',
    },
  ],
  speak,
  behaviour: rfcBehaviour,
  grounds: {
    usual: 'assumed',
    by: 'https://techdocs.akamai.com/edge-diagnostics/docs/pragma-headers',
    except: { documented: ['revalidates'] },
  },
};
