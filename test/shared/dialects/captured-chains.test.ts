// Are two caches in a row told apart, in their order, and is history told as history? What the farther one was asked meanwhile tells.
import { describe, expect, it } from 'vitest';
import { hopsIn } from '../../../shared/hops.ts';
import type { Hop } from '../../../shared/hops.ts';
import { called, capturedNames, capturedOf, isChain } from './captured.ts';
import type { Captured } from './captured.ts';
import { trueVerdict, verdictOf } from './verdict.ts';

const hops = ({ fields, status }: Captured): Hop[] => hopsIn(fields, status);
/** For this answer; a Varnish in front that is in grace asks behind it. */
const wasAsked = ({ cache, midSaw, truth }: Captured): boolean =>
  (midSaw ?? []).length > 0 && !(cache.startsWith('varnish>') && truth.background > 0);

describe.each(capturedNames().filter(isChain))('in %s', (chain) => {
  const records = capturedOf(chain);
  const [near = '', far = ''] = chain.split('-over-');

  it('both are told, the nearer first', () => {
    // HAProxy's operator gives a word, and nothing tells whose it is
    const expected = [near === 'haproxy' ? 'generic' : near, far];
    for (const record of records)
      expect([called(record), hops(record).map((hop) => hop.dialect)]).toEqual([called(record), expected]);
  });

  it('the nearer one answered from its store exactly where the farther one was not asked', () => {
    for (const record of records) {
      const isHit = hops(record)[0]?.cacheStatus.hit === true;
      expect([called(record), isHit]).toEqual([called(record), !wasAsked(record)]);
    }
  });

  it('what the farther one says is marked as history where it was not asked, and as this request’s where it was', () => {
    for (const record of records) {
      const [first, second] = hops(record);
      // nginx keeps the fields that it has stored when a 304 confirms them
      const isHistory = !wasAsked(record) || (near === 'nginx' && first?.revalidated === true);
      expect([called(record), second?.replayed === true]).toEqual([called(record), isHistory]);
    }
  });

  it('of this request it says what the origin knows, or that it cannot be told', () => {
    const wrong = records.filter((record) => {
      const second = hops(record)[1];
      if (second === undefined || second.replayed === true || second.notSeparable !== undefined) return false;
      return verdictOf(second) !== trueVerdict(record);
    });
    expect(wrong.map((record) => `${called(record)} told as ${verdictOf(hops(record)[1])}`)).toEqual([]);
  });

  it('Age is told of one of them, of the one that worked it out for this request', () => {
    for (const record of records) {
      const told = hops(record).flatMap((hop) => (hop.age === undefined ? [] : [hop]));
      expect(told.length).toBeLessThanOrEqual(1);
      expect(told.some((hop) => hop.replayed === true)).toBe(false);
      const { trueAge } = record.truth;
      if (told[0]?.age === undefined || trueAge === null) continue;
      // nginx gives its parent's Age out again, so that Varnish in front of it counts from there
      if (far === 'nginx') expect(told[0].age).toBeLessThanOrEqual(trueAge + 1);
      else expect([called(record), Math.abs(told[0].age - trueAge) <= 1.01]).toEqual([called(record), true]);
    }
  });
});
