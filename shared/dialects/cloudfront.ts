// How does Amazon CloudFront speak and behave? By a text in X-Cache that ends in its name.
// Source: docs.aws.amazon.com CloudFront Developer Guide, Expiration; of the texts no list is published, the log's result types are the nearest.
import { last, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex, wholeNumber } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

const outcome = /^([A-Z][A-Za-z]+) from cloudfront$/;
/** The last member of Via, and so the nearest node's. */
const via = /\(CloudFront\)\s*$/;

function signature(fields: FieldLines): number | undefined {
  const found = Math.max(
    lastIndex(fields, 'x-cache', (value) => outcome.test(value.trim())) ?? -1,
    lastIndex(fields, 'via', (value) => via.test(value)) ?? -1,
    lastIndex(fields, 'x-amz-cf-pop', () => true) ?? -1,
    lastIndex(fields, 'x-amz-cf-id', () => true) ?? -1,
  );
  return found < 0 ? undefined : found;
}

/** The other texts are of answers that it made itself, and of errors: they say nothing of its store. */
function decode(fields: FieldLines): Decoded | undefined {
  const text = outcome.exec(last(fields, 'x-cache')?.trim() ?? '')?.[1];
  const age = wholeNumber(last(fields, 'age'));
  const fromStore = { by: 'X-Cache', ...(age === undefined ? {} : { age }) };
  switch (text) {
    case 'Hit':
      return { ...fromStore, cacheStatus: { hit: true } };
    case 'RefreshHit':
      return { ...fromStore, cacheStatus: { fwd: 'stale', fwdStatus: 304 }, revalidated: true };
    case 'Miss':
      return { by: 'X-Cache', cacheStatus: { fwd: 'miss' } };
    default:
      return undefined;
  }
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
  reads: ['x-cache', 'via', 'x-amz-cf-pop', 'x-amz-cf-id', 'age'],
  signature,
  decode,
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
