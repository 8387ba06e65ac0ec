// How does Akamai speak and behave? By a TCP_ word in X-Cache, where it was asked for it; how it caches is each property's own choice.
// Source: techdocs.akamai.com, Edge Diagnostics, Pragma headers; nothing was measured.
import { last, type FieldLine, type FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

const outcome = /^(TCP_[A-Z_]+) from \S+ \(AkamaiGHost\b/;

/** Those that are documented. */
const words: ReadonlyMap<string, Omit<Decoded, 'by'>> = new Map(
  Object.entries({
    TCP_HIT: { cacheStatus: { hit: true } },
    TCP_MEM_HIT: { cacheStatus: { hit: true } },
    // the client asked conditionally and the copy was fresh
    TCP_IMS_HIT: { cacheStatus: { hit: true } },
    // a stored error
    TCP_NEGATIVE_HIT: { cacheStatus: { hit: true } },
    TCP_MISS: { cacheStatus: { fwd: 'uri-miss' } },
    TCP_REFRESH_HIT: { cacheStatus: { fwd: 'stale', fwdStatus: 304 }, revalidated: true },
    // a new one came
    TCP_REFRESH_MISS: { cacheStatus: { fwd: 'stale' } },
    TCP_REFRESH_FAIL_HIT: { cacheStatus: { hit: true }, stale: true },
  } satisfies Record<string, Omit<Decoded, 'by'>>),
);

/** Other caches write TCP_ words too, without the name of the server software. */
function signature(fields: FieldLines): number | undefined {
  const found = Math.max(
    lastIndex(fields, 'x-cache', (value) => outcome.test(value.trim())) ?? -1,
    lastIndex(fields, 'akamai-grn', () => true) ?? -1,
  );
  return found < 0 ? undefined : found;
}

/** What an Age beside it counts is not documented, so that none is read. */
function decode(fields: FieldLines): Decoded | undefined {
  const word = outcome.exec(last(fields, 'x-cache')?.trim() ?? '')?.[1];
  const said = word === undefined ? undefined : words.get(word);
  return said === undefined ? undefined : { ...said, by: 'X-Cache' };
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

export const akamai: Dialect = {
  id: 'akamai',
  title: 'Akamai',
  reference: 'https://techdocs.akamai.com/edge-diagnostics/docs/pragma-headers',
  reads: ['x-cache', 'akamai-grn'],
  signature,
  decode,
  speak,
  behaviour: rfcBehaviour,
  grounds: {
    usual: 'assumed',
    by: 'https://techdocs.akamai.com/edge-diagnostics/docs/pragma-headers',
    except: { documented: ['revalidates'] },
  },
};
