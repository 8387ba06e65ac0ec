// Where one cause ends and the next begins, told one by one.
import { describe, expect, it } from 'vitest';
import { findCauses } from '../../../shared/causes/index.ts';
import type { Finding } from '../../../shared/causes/finding.ts';
import { chanceFrom } from '../../../shared/model/chance.ts';
import { SimulatedSite, type SiteLayer } from './simulated-site.ts';

const START = 1_800_000_000;
const PAGE = { target: 'home', variant: 'default' };

type Step = readonly [at: number, ...what: readonly string[]];

/** `look NODE`, `visit NODE`, `deploy ORIGIN BUILD`, `purge LAYER NODE` (`lost`, `refused`, `soft`, `unknown`) at seconds. */
function play(
  layers: readonly SiteLayer[],
  steps: readonly Step[],
  { origins = ['app-1'], settles }: { readonly origins?: readonly string[]; readonly settles?: number } = {},
): SimulatedSite {
  const site = new SimulatedSite({
    layers,
    origins,
    cacheControl: 'max-age=600',
    chance: chanceFrom(1),
    ...(settles === undefined ? {} : { settles }),
  });
  for (const [at, what, where = '', more = '', how = ''] of steps.toSorted((a, b) => a[0] - b[0])) {
    const now = START + at;
    if (what === 'look') site.look(where, PAGE, now);
    if (what === 'visit') site.visit(where, PAGE, now);
    if (what === 'deploy') site.deploy(where, more);
    if (what !== 'purge') continue;
    const lost = how === 'lost' || how === 'refused' || how === 'unknown' ? { reaches: () => false } : {};
    const outcome = how === 'refused' || how === 'unknown' ? ({ outcome: how } as const) : {};
    const node = more === '' || more === '*' ? {} : { node: more };
    site.purge({ layer: where, ...node, ...PAGE, ...lost, ...outcome, soft: how === 'soft' }, now);
  }
  return site;
}

const found = (site: SimulatedSite, at: number): Finding[] =>
  findCauses({ reading: site.reading, start: START, expect: 'v2' }, START + at);

const ids = (site: SimulatedSite, at = 100): string[] => found(site, at).map((f) => `${f.id} ${f.node}`);

const varnish: SiteLayer = { id: 'edge', dialect: 'varnish', nodes: ['e'] };
const nginx: SiteLayer = { id: 'edge', dialect: 'nginx', nodes: ['e'] };
const shield: SiteLayer = { id: 'shield', dialect: 'varnish', nodes: ['s'] };

/** Everybody holds the first version, and the origin turns at 1. */
const turned: readonly Step[] = [
  [0, 'look', 'app-1'],
  [0.1, 'look', 'e'],
  [1, 'deploy', 'app-1', 'v2'],
  [1.1, 'look', 'app-1'],
];

describe('a purge that was accepted a moment ago', () => {
  const lost: readonly Step[] = [...turned, [2, 'purge', 'edge', 'e', 'lost']];

  it('is not lost before two exchanges that began after it showed the same copy', () => {
    expect(ids(play([varnish], [...lost, [2.5, 'look', 'e']]))).toEqual([]);
    expect(ids(play([varnish], [...lost, [2.5, 'look', 'e'], [3, 'look', 'e']]))).toEqual(['purge-lost e']);
  });

  it('is not lost by an exchange that was on its way when it was accepted', () => {
    expect(ids(play([varnish], [...lost, [2.001, 'look', 'e'], [2.5, 'look', 'e']]))).toEqual([]);
  });

  it('is given the time that its vendor names, where it was for a whole layer', () => {
    const steps: readonly Step[] = [...turned, [2, 'purge', 'edge', '*', 'lost'], [8, 'look', 'e'], [9, 'look', 'e']];
    expect(found(play([varnish], steps, { settles: 5 }), 10).map((f) => f.id)).toEqual(['purge-lost']);
    expect(found(play([varnish], steps, { settles: 30 }), 10)).toEqual([]);
    expect(found(play([varnish], steps), 10)).toEqual([]);
  });
});

describe('a purge of which nobody knows what became', () => {
  it('is lost only when the copy is still there after it would have arrived', () => {
    const steps: readonly Step[] = [
      ...turned,
      [2, 'purge', 'edge', 'e', 'unknown'],
      [4, 'look', 'e'],
      [5, 'look', 'e'],
    ];
    expect(ids(play([varnish], steps))).toEqual([]);
    expect(ids(play([varnish], [...steps, [14, 'look', 'e'], [15, 'look', 'e']]))).toEqual(['purge-lost e']);
  });
});

describe('an old copy after an accepted purge, at a cache that tells no copy from another', () => {
  const behind = [nginx, shield];
  const steps: readonly Step[] = [...turned, [0.2, 'look', 's'], [1.2, 'look', 's']];

  it('has outlived it, where everything behind was new by then', () => {
    const site = play(behind, [
      ...steps,
      [1.5, 'purge', 'shield', 's'],
      [1.6, 'look', 's'],
      [2, 'purge', 'edge', 'e', 'lost'],
      [2.5, 'look', 'e'],
      [3, 'look', 'e'],
    ]);
    const [lost] = found(site, 4);
    expect(lost).toMatchObject({ id: 'purge-lost', node: 'e', confidence: 0.9 });
    expect(lost!.for).toContain(
      'Everything behind this node served the new version by then: the old one cannot have come again.',
    );
  });

  it('may have come after it, where the parent still held the old one: never said for certain', () => {
    const site = play(behind, [
      ...steps,
      [2, 'purge', 'edge', 'e'],
      [2.1, 'visit', 'e'],
      [2.5, 'look', 'e'],
      [2.6, 'look', 's'],
      [3, 'look', 'e'],
    ]);
    const [race] = found(site, 4);
    expect(race).toMatchObject({ id: 'purge-race', node: 'e' });
    expect(race!.confidence).toBeLessThan(0.7);
    expect(race!.against.join(' ')).toContain('the purge may have missed it instead');
  });

  it('is not explained while nobody has looked behind it', () => {
    const site = play(behind, [
      ...turned,
      [2, 'purge', 'edge', 'e'],
      [2.1, 'visit', 'e'],
      [2.5, 'look', 'e'],
      [3, 'look', 'e'],
    ]);
    expect(ids(site)).toEqual([]);
  });
});

describe('a copy that was fetched after the purge', () => {
  it('is no race where it was made after every origin was ready: something behind HTTP made old bytes', () => {
    const site = play(
      [varnish, shield],
      [
        ...turned,
        [0.2, 'look', 's'],
        [1.2, 'look', 's'],
        [1.5, 'purge', 'shield', 's'],
        [2, 'purge', 'edge', 'e'],
        // for a moment the origin makes the old page again, seen by nobody
        [20, 'deploy', 'app-1', 'v1'],
        [20.1, 'look', 'e'],
        [20.2, 'deploy', 'app-1', 'v2'],
        [20.3, 'look', 's'],
        [21, 'look', 'e'],
        [22, 'look', 'e'],
        [22.1, 'look', 'app-1'],
      ],
    );
    expect(ids(site)).toEqual([]);
  });

  it('tells by its Age that it was purged too early, though nobody saw the origin turn', () => {
    const site = play(
      [varnish],
      [
        [0, 'look', 'app-1'],
        [0.1, 'look', 'e'],
        [2, 'purge', 'edge', 'e'],
        [2.5, 'look', 'e'],
        [3, 'deploy', 'app-1', 'v2'],
        [60, 'look', 'app-1'],
        [60.5, 'look', 'e'],
      ],
    );
    const [early] = found(site, 61);
    expect(early).toMatchObject({ id: 'premature-purge', node: 'e' });
    expect(early!.clears!.earliest).toBeGreaterThan(START + 600);
  });

  it('is forgiven once a second purge has brought the new version', () => {
    const site = play(
      [varnish],
      [
        [0, 'look', 'app-1'],
        [0.1, 'look', 'e'],
        [2, 'purge', 'edge', 'e'],
        [2.5, 'look', 'e'],
        [2.6, 'look', 'app-1'],
        [3, 'deploy', 'app-1', 'v2'],
        [3.5, 'look', 'app-1'],
        [4, 'look', 'e'],
        [5, 'purge', 'edge', 'e'],
        [6, 'look', 'e'],
      ],
    );
    expect(found(site, 4.5).concat(found(site, 7))).toEqual([]);
  });
});

describe('origins of two versions', () => {
  const two = ['app-1', 'app-2'];
  const rolling: readonly Step[] = [
    [0, 'look', 'app-1'],
    [0, 'look', 'app-2'],
    [1, 'deploy', 'app-1', 'v2'],
    [1.1, 'look', 'app-1'],
  ];

  it('are a deploy under way for a minute, and half rolled after that', () => {
    expect(ids(play([varnish], [...rolling, [55, 'look', 'app-2']], { origins: two }))).toEqual([]);
    expect(ids(play([varnish], [...rolling, [65, 'look', 'app-2']], { origins: two }))).toEqual([
      'half-rolled-origin app-2',
    ]);
  });

  it('are no accusation where one was rolled back once and deployed again', () => {
    const steps: readonly Step[] = [
      ...turned,
      [10, 'deploy', 'app-1', 'v1'],
      [11, 'look', 'app-1'],
      [20, 'deploy', 'app-1', 'v2'],
      [21, 'look', 'app-1'],
    ];
    expect(ids(play([varnish], steps))).toEqual([]);
  });
});

describe('a refused purge', () => {
  it('is told as refused, with what to mend', () => {
    const steps: readonly Step[] = [
      ...turned,
      [2, 'purge', 'edge', 'e', 'refused'],
      [3, 'look', 'e'],
      [4, 'look', 'e'],
    ];
    const [refused] = found(play([varnish], steps), 5);
    expect(refused!.summary).toBe('e refused the purge and still serves the copy of before.');
    expect(refused!.action).toContain('address list, token, method');
  });
});

describe('what is told', () => {
  it('names the instants that were measured, with how exactly they are known', () => {
    const site = play(
      [varnish, shield],
      [...turned, [0.2, 'look', 's'], [2, 'purge', 'edge', 'e'], [2.5, 'look', 'e'], [3, 'look', 's']],
    );
    const [race] = found(site, 4);
    expect(race!.summary).toBe('e was purged and filled itself again from s, which still held the old page.');
    expect(race!.for).toEqual([
      'The purge of e was accepted at 08:00:02.004 UTC.',
      'The old copy was stored at 08:00:02.503 UTC (± 4 ms), after that purge.',
      // made at 08:00:00.103, and the shield had cut 0.4 s off the Age that it sent
      'Its Age, 2 s when it was first seen, says that the copy was made between 07:59:59.500 UTC and 08:00:00.506 UTC.',
      's still answered with the old version after 08:00:02.004 UTC.',
      'Every origin served the change by then.',
    ]);
  });
});

describe('a variant that comes back, old, after it and another one were purged one by one', () => {
  const other = { ...PAGE, variant: 'mobile' };

  /** The origin turns at 1; the node shows the new default page, then is purged of both variants, then shows this. */
  function purgedOneByOne(layer: SiteLayer, outcome: 'accepted' | 'refused' = 'accepted'): SimulatedSite {
    const site = new SimulatedSite({
      layers: [layer],
      origins: ['app-1'],
      cacheControl: 'max-age=600',
      variants: true,
      chance: chanceFrom(1),
    });
    const both = (node: string, at: number) => {
      for (const page of [PAGE, other]) site.look(node, page, START + at);
    };
    both('app-1', 0);
    both('e', 0.1);
    site.deploy('app-1', 'v2');
    both('app-1', 1.1);
    site.purge({ layer: layer.id, node: 'e', ...other, outcome }, START + 2);
    site.look('e', other, START + 2.05);
    site.purge({ layer: layer.id, node: 'e', ...PAGE }, START + 2.1);
    site.look('e', PAGE, START + 2.11);
    site.purge({ layer: layer.id, node: 'e', ...PAGE }, START + 2.2);
    site.show('e', PAGE, 'v1', START + 2.5);
    site.show('e', PAGE, 'v1', START + 3);
    return site;
  }

  it('was hidden: no second cache is made up behind the address', () => {
    const findings = found(purgedOneByOne(nginx), 4);
    expect(findings.map((f) => `${f.id} ${f.variant}`)).toEqual(['variant-not-purged default']);
  });

  it('is another cache where the other variant kept its place', () => {
    expect(ids(purgedOneByOne(nginx, 'refused'), 4)).toContain('nodes-disagree e');
  });
});
