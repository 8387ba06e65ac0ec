import { describe, expect, it } from 'vitest';
import { type PlanOptions, planPurge } from '../../../probe/purgers/plan.ts';
import { site, type Written } from './topology-of.ts';

const ONE = '  - { id: home, url: "https://shop.example/" }';
const PURGE = 'by: http-purge';
const AZURE = 'by: azure, subscription: s, resourceGroup: r, profile: p, frontDoor: f';

/** `wave layer`, with `+seconds` before the wave and `*` for once more; each layer of a wave once. */
function waves(written: Written, options: PlanOptions = {}): string[] {
  const { steps } = planPurge(site({ targets: ONE, ...written }), {}, options);
  return [...new Set(steps.map((s) => `${s.wave} ${s.layer.id} +${s.after}${s.rebound ? ' *' : ''}`))];
}

describe('between two waves a plan waits', () => {
  it('half a second, where nobody says more', () => {
    expect(waves({ edge: PURGE, shield: PURGE })).toEqual(['0 shield +0', '1 edge +0.5']);
  });

  it('as long as the inner layer says', () => {
    expect(waves({ edge: PURGE, shield: `${PURGE}, wait: 30s` })).toEqual(['0 shield +0', '1 edge +30']);
    expect(waves({ edge: PURGE, shield: `${PURGE}, wait: 0` })).toEqual(['0 shield +0', '1 edge +0']);
  });

  it('as long as the inner layer’s vendor takes, unless the layer says otherwise', () => {
    expect(waves({ edge: PURGE, shield: `${AZURE}, rebound: 0` })).toContain('1 edge +600');
    expect(waves({ edge: `${PURGE}, rebound: 0`, shield: `${AZURE}, wait: 5s` })).toEqual(['0 shield +0', '1 edge +5']);
  });

  it('nothing for layers that are not purged', () => {
    expect(waves({ edge: PURGE, inner: PURGE })).toEqual(['0 inner +0', '1 edge +0.5']);
  });
});

it('a layer behind layers that nobody purges says after which it comes', () => {
  const because = planPurge(site({ targets: ONE, edge: PURGE, inner: PURGE })).steps.map((s) => s.because);
  expect(because.at(-1)).toBe('After inner, from which it comes to edge by way of others.');
});

describe('a plan purges once more', () => {
  it('nothing, where every layer lets go at once', () => {
    expect(waves({ edge: PURGE, shield: PURGE, inner: PURGE }).filter((w) => w.endsWith('*'))).toEqual([]);
  });

  it('the layers outside one that lets go late, after that long, inside out', () => {
    expect(waves({ edge: PURGE, shield: PURGE, inner: AZURE })).toEqual([
      '0 inner +0',
      '1 shield +600',
      '2 edge +0.5',
      '3 shield +600 *',
      '4 edge +0.5 *',
    ]);
  });

  it('not the layers inside the one that lets go late', () => {
    expect(waves({ edge: PURGE, shield: AZURE, inner: PURGE }).filter((w) => w.endsWith('*'))).toEqual([
      '3 edge +600 *',
    ]);
  });

  it('not a layer that says rebound: 0', () => {
    const written = { edge: `${PURGE}, rebound: 0`, shield: AZURE };
    expect(waves(written)).toEqual(['0 shield +0', '1 edge +600']);
    expect(waves(written, { rebound: 10 })).toEqual(['0 shield +0', '1 edge +600']);
  });

  it('all but the innermost layer, where that is asked for', () => {
    expect(waves({ edge: PURGE, shield: PURGE, inner: PURGE }, { rebound: 10 }).slice(3)).toEqual([
      '3 shield +10 *',
      '4 edge +0.5 *',
    ]);
  });

  it('no layer by itself, where that is not wanted', () => {
    for (const edge of [PURGE, `${PURGE}, rebound: 60s`]) {
      expect(waves({ edge, shield: AZURE }, { rebound: 0 }).filter((w) => w.endsWith('*'))).toEqual([]);
    }
  });

  it('each layer at the time it says, the innermost too, and an outer one never before an inner one', () => {
    const written = {
      edge: `${PURGE}, rebound: 60s`,
      shield: `${PURGE}, rebound: 20s`,
      inner: `${PURGE}, rebound: 5s`,
    };
    expect(waves(written).slice(3)).toEqual(['3 inner +5 *', '4 shield +15 *', '5 edge +40 *']);
    const early = { edge: `${PURGE}, rebound: 1s`, shield: `${PURGE}, rebound: 20s, wait: 2s` };
    expect(waves(early).slice(2)).toEqual(['2 shield +20 *', '3 edge +2 *']);
  });
});
