import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../shared/causes/finding.ts';
import { story, type Fault, type Told } from './story.ts';

const STORIES = 100;

const told = (f: Finding, seed: number) =>
  `story ${seed}: ${f.id} at ${f.layer}/${f.node}: ${f.summary} ${f.for.join(' ')}`;

/** What is true beside the fault itself: what could not be told from it at first, or follows from it. */
const companions: Record<Fault, { readonly everAlso: readonly string[]; readonly lastAlso: readonly string[] }> = {
  'purge-race': { everAlso: [], lastAlso: [] },
  'premature-purge': { everAlso: [], lastAlso: [] },
  'purge-lost': { everAlso: [], lastAlso: [] },
  'variant-not-purged': { everAlso: [], lastAlso: [] },
  'wrong-key-purged': { everAlso: [], lastAlso: [] },
  // until one of the caches behind the address has shown the new version, only the other is seen
  'nodes-disagree': { everAlso: ['purge-lost'], lastAlso: [] },
  // an origin that is late is only late, until it is later than a roll
  'half-rolled-origin': { everAlso: ['premature-purge'], lastAlso: [] },
  // what a parent serves once more, a child that refreshes itself just then takes for new
  'stale-while-revalidate': { everAlso: ['purge-race', 'nodes-disagree'], lastAlso: ['purge-race', 'nodes-disagree'] },
};

describe('a purge with everything done right', () => {
  it('raises no accusation, in 300 random stories, at any instant', () => {
    const accused = Array.from({ length: 300 }, (_, i) => story(i + 1)).flatMap((t) =>
      t.findings.slice(0, 1).map((f) => told(f, t.seed)),
    );
    expect(accused).toEqual([]);
  });
});

/** Whether a soft purge truly made some node serve the old version and then the new. */
const servedOnceMore = ({ afterPurge }: Told): boolean =>
  [...afterPurge.values()].some((builds) => builds[0] === 'v1' && builds.includes('v2'));

const named = (fault: Fault, t: Told): boolean => t.last.some((f) => f.id === fault && t.guilty.has(f.node!));

describe.each(Object.keys(companions) as Fault[])('%s', (fault) => {
  it(`is named in each of ${STORIES} random stories, where it was made and nowhere else`, () => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= STORIES; seed++) {
      const t = story(seed, fault);
      const { everAlso, lastAlso } = companions[fault];
      const made = fault !== 'stale-while-revalidate' || servedOnceMore(t);
      if (made && !named(fault, t)) wrong.push(`story ${seed}: not named`);
      const stray = (all: readonly Finding[], also: readonly string[]) =>
        all.find((f) => (f.id === fault ? !t.guilty.has(f.node!) : !also.includes(f.id)));
      const accused = stray(t.last, lastAlso) ?? stray(t.findings, everAlso);
      if (accused !== undefined) wrong.push(told(accused, seed));
    }
    expect(wrong).toEqual([]);
  });

  it('is told in whole sentences, with what would refute it and what to do', () => {
    const all = [1, 2, 3].flatMap((seed) => story(seed, fault).last);
    for (const f of all) {
      for (const text of [f.summary, ...f.for, ...f.against, f.refutedBy, f.action]) expect(text).toMatch(/^\S.*\.$/);
      expect(f.for.length).toBeGreaterThan(0);
      expect(f.confidence).toBeGreaterThan(0);
      expect(f.confidence).toBeLessThan(1);
    }
  });
});
