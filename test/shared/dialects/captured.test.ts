// Do the dialects say of real responses what the origin behind them measured? One record a line in test/fixtures/captured.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../shared/dialects/dialect.ts';
import { dialectOf, recognise } from '../../../shared/dialects/index.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';

type Served =
  | 'fetched'
  | 'hit'
  | 'revalidated'
  | 'validated-and-replaced'
  | 'stale'
  | 'stale-on-error'
  | 'cache-generated-error'
  | 'cache-command'
  | 'forwarded-to-origin';

/** A response as it came from one cache in front of an origin that counted what it was asked meanwhile. */
interface Captured {
  readonly version: string;
  readonly at: string;
  readonly scenario: string;
  readonly method: string;
  readonly status: number;
  readonly served: Served;
  readonly fields: readonly FieldLine[];
}

const recordsOf = (id: string): Captured[] =>
  readFileSync(join(import.meta.dirname, `../../fixtures/captured/${id}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Captured);

/** One word for what was decoded; `cannot tell` contradicts nothing. */
function wordOf(decoded: Decoded | undefined): string {
  const { hit, fwd } = decoded?.cacheStatus ?? {};
  if (hit === true) return decoded?.stale === true ? 'stale' : 'hit';
  if (decoded?.revalidated === true) return 'revalidated';
  return fwd === undefined ? 'cannot tell' : 'forward';
}

/** What may be said of each, besides `cannot tell`. */
const allowed: Readonly<Record<Served, readonly string[]>> = {
  fetched: ['forward'],
  hit: ['hit'],
  revalidated: ['revalidated'],
  'validated-and-replaced': ['forward'],
  stale: ['stale'],
  'stale-on-error': ['stale'],
  'cache-generated-error': ['forward'],
  'cache-command': ['forward'],
  'forwarded-to-origin': ['forward'],
};

/** Age 0 hides a 304 at Squid; without codes in Via, or without a word, Traffic Server and HAProxy tell by Age alone. */
const tolds: Readonly<Record<string, number>> = { squid: 0.75, trafficserver: 0.5, httpd: 0.8, haproxy: 0.5 };

describe.each(Object.keys(tolds))('of what %s sent', (id) => {
  const dialect = dialectOf(id)!;
  const records = recordsOf(id);

  it('nothing is decoded that the origin knows to be otherwise', () => {
    const wrong = records
      .map((r) => ({ ...r, said: wordOf(dialect.decode(r.fields, r.status)) }))
      .filter((r) => r.said !== 'cannot tell' && !allowed[r.served].includes(r.said))
      .map((r) => `${r.scenario} ${r.method} ${r.status}: ${r.served}, decoded as ${r.said}`);
    expect(wrong).toEqual([]);
  });

  it('most is told', () => {
    const told = records.filter((r) => wordOf(dialect.decode(r.fields, r.status)) !== 'cannot tell');
    expect(told.length / records.length).toBeGreaterThan(tolds[id]!);
  });

  it('it is recognised by what it signs, also before a parent that signs too', () => {
    const signed = records.filter((r) => dialect.signature(r.fields) !== undefined);
    // HAProxy writes nothing that is its alone
    expect(signed.length > 0).toBe(id !== 'haproxy');
    for (const r of signed) expect([r.scenario, recognise(r.fields).id]).toEqual([r.scenario, id]);
  });
});

describe('what the words of these products hide', () => {
  const said = (id: string, scenario: string, served: Served) => {
    const found = recordsOf(id).filter((r) => r.scenario === scenario && r.served === served);
    expect(found.length).toBeGreaterThan(0);
    return found.map((r) => dialectOf(id)!.decode(r.fields, r.status));
  };

  it('Squid: a 304 and a hit in the first second look alike, so that neither is claimed', () => {
    for (const decoded of said('squid', 'client-max-age-0', 'revalidated'))
      expect(decoded).toMatchObject({ cacheStatus: {}, age: 0 });
  });

  it('Traffic Server: the old copy in place of a 503 is written like a refetch, and told by its Age and Expires', () => {
    const told = said('trafficserver', 'stale-if-error-503', 'stale-on-error').filter((d) => d?.by === 'Via');
    expect(told).toEqual([{ cacheStatus: { hit: true }, stale: true, by: 'Via', age: 7 }]);
  });

  it('httpd: a stale copy behind a lock is a hit to it, told by a Warning and the Age that is not there', () => {
    const [decoded] = said('httpd', 'expired-second-of-two', 'stale');
    expect(decoded).toEqual({ cacheStatus: { hit: true }, stale: true, by: 'X-Cache' });
  });

  it('HAProxy: an answer without Age is none from its store', () => {
    const [decoded] = said('haproxy', 'miss', 'fetched');
    expect(decoded).toEqual({ cacheStatus: { fwd: 'miss' }, by: 'Age' });
  });
});
