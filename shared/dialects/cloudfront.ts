// How does Amazon CloudFront speak and behave? By a text in X-Cache that ends in its name.
// Source: docs.aws.amazon.com CloudFront Developer Guide, Expiration, Server-Timing header; of the texts no list is published, the log's result types are the nearest.
import type { FieldLine, FieldLines } from '../http/fields.ts';
import { HIT, REVALIDATED, wordsOf, type Said } from './cache-words.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastMember, lastNamed, lastOfForm, sentAge } from './members.ts';
import { furthest, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';
import { timingsIn } from './server-timing.ts';

const outcome = /^([A-Za-z]+) from cloudfront$/;
const pop = /^[A-Z]{3}\d+(?:-[A-Z]\d+)?$/;
/** The last member of Via, and so the nearest node's. */
const via = /^\S+ (\S+) \(CloudFront\)$/;

const MISS: Said = {
  cacheStatus: { fwd: 'miss' },
  notSeparable: 'Miss is also what CloudFront says where it is set to store nothing.',
};

const words = wordsOf({ Hit: HIT, RefreshHit: REVALIDATED, Miss: MISS });

const signature = (fields: FieldLines): number | undefined =>
  furthest(
    lastIndex(
      fields,
      'x-cache',
      (value) => value.includes('cloudfront') && value.split(',').some((member) => outcome.test(member.trim())),
    ),
    lastIndex(fields, 'via', (value) => via.test(lastMember(value))),
    lastIndex(fields, 'x-amz-cf-pop', () => true),
    lastIndex(fields, 'x-amz-cf-id', () => true),
  );

/** The edge, and behind it the layer that had the copy, where Server-Timing names one. */
function decodeAll(fields: FieldLines): readonly Decoded[] {
  if (signature(fields) === undefined) return [];
  const timings = timingsIn(fields);
  const said = named(saidIn(fields, timings), fields, timings);
  const { hit } = said.cacheStatus;
  const layer = timings.get('cdn-hit-layer');
  const parent = layer === 'REC' || layer === 'Origin Shield' ? layer : undefined;
  if (hit !== true) return [said];
  if (layer === 'EDGE') return [{ ...said, ...sentAge(fields) }];
  if (parent === undefined) return [{ ...said, ...sentAge(fields), notSeparable: HIDDEN_LAYER }];
  const edge: Decoded = {
    ...said,
    cacheStatus: { ...(said.cacheStatus.cache !== undefined && { cache: said.cacheStatus.cache }), fwd: 'miss' },
    by: 'Server-Timing',
    ...sentAge(fields),
  };
  return [edge, { cacheStatus: { cache: parent, hit: true }, by: 'Server-Timing' }];
}

/** A function of the customer’s, or a redirect from http to https. */
const answers = /(?:GeneratedResponse|Redirect)$/;

/** Error is on every status from 400 on; only where the Server is CloudFront too it wrote that page itself. */
function replaced(text: string, isServer: boolean): Said {
  if (answers.test(text))
    return { cacheStatus: {}, made: 'answer', notSeparable: 'Whether its store was asked, it does not tell.' };
  if (text !== 'Error')
    return { cacheStatus: {}, made: 'error', notSeparable: 'Whether its store was asked, it does not tell.' };
  return { cacheStatus: {}, ...(isServer && { made: 'error' as const }), notSeparable: HIDDEN_IN_ERROR };
}

const HIDDEN_IN_ERROR = 'Error does not tell whether this came from the store, nor whether the origin was asked.';

const HIDDEN_LAYER = 'Hit does not tell whether the edge had it, or a regional cache behind the edge.';

/** Other texts are of answers that it made itself, and of errors: they say nothing of its store. */
function saidIn(fields: FieldLines, timings: ReadonlyMap<string, string>): Decoded {
  const text = lastOfForm(fields, 'x-cache', outcome)?.[1];
  const word = text === undefined ? undefined : words.get(text);
  if (word !== undefined) return { ...word, ...(word === REVALIDATED && sentAge(fields)), by: 'X-Cache' };
  if (text !== undefined) return { ...replaced(text, lastNamed(fields, 'server') === 'CloudFront'), by: 'X-Cache' };
  const timed = timings.has('cdn-cache-hit') ? HIT : timings.has('cdn-cache-refresh') ? REVALIDATED : undefined;
  if (timed !== undefined) return { ...timed, by: 'Server-Timing' };
  if (timings.has('cdn-cache-miss')) return { ...MISS, by: 'Server-Timing' };
  const by = ['X-Amz-Cf-Pop', 'X-Amz-Cf-Id', 'Via'].find((name) => lastNamed(fields, name.toLowerCase()) !== undefined);
  return {
    cacheStatus: {},
    by: by ?? 'Via',
    notSeparable: 'X-Cache was removed, and nothing else tells whether CloudFront had it.',
  };
}

/** The server that the client reached, by the name that it has in Via. */
function named(said: Decoded, fields: FieldLines, timings: ReadonlyMap<string, string>): Decoded {
  const cache = lastOfForm(fields, 'via', via)?.[1];
  const place = lastNamed(fields, 'x-amz-cf-pop') ?? timings.get('cdn-pop');
  return {
    ...said,
    cacheStatus: { ...(cache !== undefined && { cache }), ...said.cacheStatus },
    ...(place !== undefined && pop.test(place) && { place }),
  };
}

function speak(event: Spoken): FieldLine[] {
  const text = event.cacheStatus.hit === true ? 'Hit' : event.revalidated ? 'RefreshHit' : 'Miss';
  return [
    ['X-Cache', `${text} from cloudfront`],
    ['Via', '1.1 00000000000000000000000000000000.cloudfront.net (CloudFront)'],
  ];
}

export const cloudfront: Dialect = {
  id: 'cloudfront',
  title: 'Amazon CloudFront',
  reference: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html',
  reads: ['x-cache', 'via', 'x-amz-cf-pop', 'x-amz-cf-id', 'age', 'server', 'server-timing'],
  signature,
  decode: (fields) => decodeAll(fields)[0],
  decodeAll,
  questions: [
    {
      fields: [['Pragma', 'server-timing']],
      tells: 'in Server-Timing, which of its layers answered, where the distribution has that field switched on',
      reference:
        'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header',
    },
  ],
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: [],
    // a distribution's Minimum, Default and Maximum TTL change all of this
    defaultTtl: 86_400,
    heuristicShare: 0,
    obeysRequestDirectives: [],
  },
  grounds: {
    usual: 'assumed',
    by: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html',
    except: {
      documented: [
        'lifetimeFrom',
        'defaultTtl',
        'heuristicShare',
        'grace',
        'obeysStaleWhileRevalidate',
        'obeysStaleIfError',
        'obeysRequestDirectives',
        'revalidates',
      ],
    },
  },
};
