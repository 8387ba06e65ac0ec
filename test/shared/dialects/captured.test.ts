// Is what is told of a real response what the origin behind the cache knows of it? Each record of test/fixtures/captured.
import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../shared/dialects/dialect.ts';
import { dialectOf } from '../../../shared/dialects/index.ts';
import { hopsIn } from '../../../shared/hops.ts';
import type { Hop } from '../../../shared/hops.ts';
import { called, capturedNames, capturedOf, isChain } from './captured.ts';
import type { Captured } from './captured.ts';
import { graded, verdictOf } from './verdict.ts';

const products = capturedNames().filter((name) => !isChain(name));

/** The nearest cache; the origin of one scenario plays a cache named upstream. */
const nearest = ({ fields, status }: Captured): Hop | undefined =>
  hopsIn(fields, status).find(({ cacheStatus }) => cacheStatus.cache !== 'upstream');

/** Products that write no field of their own: only an operator's word, or Age, shows that there is a cache. */
const nameless = new Set(['haproxy', 'undici']);

describe.each(products)('of what %s sent', (product) => {
  const records = capturedOf(product);

  it('nothing is told that the origin knows to be otherwise', () => {
    const wrong = records.filter((record) => graded(record, nearest(record)) === 'wrong');
    expect(wrong.map((record) => `${called(record)} told as ${verdictOf(nearest(record))}`)).toEqual([]);
  });

  it('nobody else is recognised', () => {
    const expected = nameless.has(product) ? [product, 'generic', undefined] : [product, undefined];
    const others = records.filter((record) => !expected.includes(nearest(record)?.dialect));
    expect(others.map((record) => `${called(record)} told as ${nearest(record)?.dialect}`)).toEqual([]);
  });

  it('what is not told has a reason', () => {
    const without = records.filter((record) => {
      const said = nearest(record);
      return said !== undefined && verdictOf(said) === 'cannot tell' && said.notSeparable === undefined;
    });
    expect(without.map(called)).toEqual([]);
  });

  it('Age is told in whole seconds since the origin made or confirmed it, and a frozen one as such', () => {
    const before = (record: Captured) => (record.scenario.startsWith('upstream-age') ? 30 : 0);
    for (const record of records) {
      const { trueAge, served } = record.truth;
      const said = nearest(record);
      expect([called(record), product === 'nginx' ? said?.age : undefined]).toEqual([called(record), undefined]);
      if (said?.frozenAge !== undefined)
        expect([called(record), said.frozenAge]).toEqual([called(record), before(record)]);
      // undici shows what was before a 304 on what a 304 has confirmed, or is about to
      if (said?.age === undefined || trueAge === null || (product === 'undici' && served !== 'hit')) continue;
      expect([called(record), Math.abs(said.age - trueAge - before(record)) <= 1]).toEqual([called(record), true]);
    }
  });

  it('what forbids to be stored is not told as stored, and what a hit follows is not told as kept out', () => {
    const forbidden = records.filter((r) => /^(?:no-store|private|vary-star|origin-500)/.test(r.scenario));
    // Traffic Server does store what varies by everything, and uses it for nothing
    const storedAllTheSame = (r: Captured) => product === 'trafficserver' && r.scenario.startsWith('vary-star');
    const told = forbidden.filter((r) => nearest(r)?.cacheStatus.stored === true && !storedAllTheSame(r));
    expect(told.map(called)).toEqual([]);
    const kept = records.filter((r) => r.scenario.endsWith(':prime') && !r.scenario.startsWith('no-cache'));
    expect(kept.filter((r) => nearest(r)?.cacheStatus.stored === false).map(called)).toEqual([]);
  });

  it('the node is called by the name that it was given', () => {
    const names: Record<string, string> = { squid: 'squid-edge', trafficserver: 'ats-edge', httpd: 'localhost' };
    const told = records.flatMap((r) => nearest(r)?.cacheStatus.cache ?? []);
    expect([...new Set(told)]).toEqual(names[product] === undefined ? [] : [names[product]]);
  });
});

describe('of a node whose product is known from a topology', () => {
  const silent = /^(?:purge|soft-purge|ban|invalidate-post)/;
  /** undici throws; what stands in the record then is the page of the proxy that it ran in. */
  const isThrown = ({ cache, status }: Captured): boolean => cache === 'undici' && status === 502;
  const decoded = ({ fields, status }: Captured, product: string) => dialectOf(product)!.decode(fields, status);

  it.each(products)('nothing is decoded that the origin knows to be otherwise: %s', (product) => {
    const contradicted = capturedOf(product).filter((record) => {
      const said = decoded(record, product);
      const grade = graded(record, said);
      // a dialect does not count lifetimes, and takes a single word for what it says; both are left to the model
      const isLeft = verdictOf(said) === 'hit' || (product === 'varnish' && verdictOf(said) === 'forward');
      return (
        grade === 'wrong' &&
        verdictOf(said) !== 'cannot tell' &&
        !isLeft &&
        !isThrown(record) &&
        !silent.test(record.scenario)
      );
    });
    expect(contradicted.map((record) => `${called(record)} as ${verdictOf(decoded(record, product))}`)).toEqual([]);
  });

  it('HAProxy and undici are told by Age where nobody names them', () => {
    const share = (product: string) => {
      const records = capturedOf(product);
      return records.filter((record) => graded(record, decoded(record, product)) === 'told').length / records.length;
    };
    expect(share('haproxy')).toBeGreaterThan(0.8);
    expect(share('undici')).toBeGreaterThan(0.65);
  });
});

/** How much is told, and by what reasons the rest is not. */
function shares(): string {
  const rows = products.flatMap((product) => {
    const records = capturedOf(product);
    const profiles = [...new Set(records.map(({ profile }) => profile))];
    return profiles.flatMap((profile) =>
      sharesOf(
        product,
        profile,
        records.filter((r) => r.profile === profile),
      ),
    );
  });
  return `${rows.join('\n')}\n`;
}

function sharesOf(product: string, profile: string, records: readonly Captured[]): string[] {
  const grades = records.map((record) => graded(record, nearest(record)));
  const count = (grade: string) => grades.filter((g) => g === grade).length;
  const counted = ['told', 'not separable', 'silent', 'wrong'].map((grade) => `${count(grade)} ${grade}`).join(', ');
  const reasons = new Map<string, number>();
  records.forEach((record, i) => {
    const reason = (nearest(record) as Decoded | undefined)?.notSeparable;
    if (grades[i] === 'not separable' && reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  });
  const listed = [...reasons].map(([reason, times]) => `    ${times} ${reason}`);
  return [`${product} ${profile}: ${records.length} responses: ${counted}`, ...listed];
}

it('as much is told as can be, and what hides the rest has been read', async () => {
  await expect(shares()).toMatchFileSnapshot('captured-shares.txt');
});
