// How does Bunny speak and behave? By one word in CDN-Cache, and by its server's name in Server.
// Source: docs.bunny.net, caching and troubleshooting; of the words no list is published, they are nginx's; nothing was measured.
import { parseDate } from '../http/date.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { cacheWords, type Said } from './cache-words.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { frozenAge, lastNamed } from './members.ts';
import { furthest, lastIndex, wholeNumber } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';
import { statusWord } from './status-word.ts';

/** The code of the point of presence, and the server there. */
const server = /^BunnyCDN-([A-Z]{2,4}\d{0,2})-\d{1,6}$/;

const SILENT: Said = { cacheStatus: {}, notSeparable: 'Without CDN-Cache nothing tells what Bunny’s store had.' };

const signature = (fields: FieldLines): number | undefined =>
  furthest(
    lastIndex(fields, 'cdn-cache', (value) => cacheWords.has(value.trim())),
    lastIndex(fields, 'cdn-pullzone'),
    lastIndex(fields, 'cdn-requestid'),
    lastIndex(fields, 'server', (value) => value.startsWith('BunnyCDN')),
  );

/** An Age is the origin's, as it was stored: it is built on nginx. When it stored the copy, CDN-CachedAt tells. */
function decode(fields: FieldLines): Decoded | undefined {
  if (signature(fields) === undefined) return undefined;
  const sent = lastNamed(fields, 'cdn-cache');
  const said = pulled(cacheWords.get(sent ?? '') ?? SILENT, fields);
  const name = lastNamed(fields, 'server');
  const place = server.exec(name ?? '')?.[1];
  const storeId = said.cacheStatus.hit === true ? storedAs(fields) : undefined;
  return {
    ...said,
    cacheStatus: { ...(place !== undefined && name !== undefined && { cache: name }), ...said.cacheStatus },
    by: sent === undefined ? 'Server' : 'CDN-Cache',
    ...(place !== undefined && { place }),
    ...(storeId !== undefined && { storeId }),
    ...ageSinceStored(fields, said),
    ...frozenAge(fields, said),
  };
}

/** Month first, in UTC. */
const storedForm = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}:\d{2}:\d{2})$/;

/** Date is of this answer, CDN-CachedAt of the one that was stored. */
function ageSinceStored(fields: FieldLines, { cacheStatus }: Said): Pick<Decoded, 'age'> {
  if (cacheStatus.hit !== true) return {};
  const [, month, day, year, time] = storedForm.exec(lastNamed(fields, 'cdn-cachedat') ?? '') ?? [];
  const storedAt = Date.parse(`${year}-${month}-${day}T${time}Z`) / 1000;
  const now = parseDate(lastNamed(fields, 'date') ?? '', storedAt);
  return now === undefined || !(now >= storedAt) ? {} : { age: now - storedAt };
}

/** Where it asked, CDN-RequestPullCode is what it was answered; on a hit that is of the request that stored the copy. */
function pulled(said: Said, fields: FieldLines): Said {
  const status = wholeNumber(lastNamed(fields, 'cdn-requestpullcode'));
  if (said.cacheStatus.fwd === undefined || said.cacheStatus.fwdStatus !== undefined || status === undefined)
    return said;
  if (status < 200 || status > 599) return said;
  return {
    ...said,
    cacheStatus: { ...said.cacheStatus, fwdStatus: status },
    ...(said.cacheStatus.fwd === 'stale' && status === 304 && { revalidated: true }),
  };
}

/** One second and one server's store: the same again is the same copy. */
function storedAs(fields: FieldLines): string | undefined {
  const at = lastNamed(fields, 'cdn-cachedat');
  const where = lastNamed(fields, 'cdn-edgestorageid');
  return at === undefined ? undefined : where === undefined ? at : `${at} in ${where}`;
}

const speak = (event: Spoken): FieldLine[] => [
  ['Server', 'BunnyCDN-LAB1-1'],
  ['CDN-Cache', statusWord(event)],
];

export const bunny: Dialect = {
  id: 'bunny',
  title: 'Bunny',
  reference: 'https://docs.bunny.net/cdn/troubleshooting/run-traceroute',
  reads: [
    'cdn-cache',
    'cdn-pullzone',
    'cdn-requestid',
    'server',
    'cdn-requestpullcode',
    'cdn-cachedat',
    'cdn-edgestorageid',
    'age',
    'date',
  ],
  signature,
  decode,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: [],
    // as nginx, on which it is built
    honoursAge: false,
    emitsAge: 'never',
    keepsDate: false,
    heuristicShare: 0,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://bunny.net/docs/cdn/smart-cache',
    except: { documented: ['lifetimeFrom'] },
  },
};
