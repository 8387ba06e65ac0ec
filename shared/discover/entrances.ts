// Which nodes does a layer have, and where can each be asked by itself?
import type { Address } from './seen.ts';
import { nameOf, type FoundLayer } from './chain.ts';

export interface FoundNode {
  /** As the cache calls itself; absent where it does not. */
  readonly names: readonly string[];
  /** Where it answered; empty: it is reached through others only. */
  readonly ips: readonly string[];
}

/**
 * Two nodes of a layer are told apart by the names that they give themselves, otherwise it is one. Addresses that share a
 * name are one entrance: whoever stands behind it cannot be asked by itself.
 */
export function nodesOf(layer: FoundLayer, addresses: readonly Address[]): FoundNode[] {
  const near = layer.voices.filter(({ depth }) => depth === 0);
  const ips = addresses.map(({ ip }) => ip).filter((ip) => near.some(({ sighting }) => sighting.ip === ip));
  const entrances = ips.reduce<FoundNode[]>((found, ip) => {
    const own = near.filter(({ sighting }) => sighting.ip === ip);
    const names = [...new Set(own.map(nameOf).filter((name) => name !== undefined))];
    return joined(found, { names, ips: [ip] });
  }, []);
  const seen = new Set(entrances.flatMap((e) => [...e.names]));
  const hidden = [...new Set(layer.voices.map(nameOf))].filter((name) => name !== undefined && !seen.has(name));
  const inner = hidden.map((name) => ({ names: name === undefined ? [] : [name], ips: [] }));
  const found = [...entrances, ...inner];
  return found.length > 0 ? found : [{ names: [], ips: [] }];
}

function joined(entrances: readonly FoundNode[], next: FoundNode): FoundNode[] {
  const isSame = (e: FoundNode): boolean =>
    e.names.length + next.names.length === 0 || e.names.some((name) => next.names.includes(name));
  const same = [...entrances.filter(isSame), next];
  const one = { names: [...new Set(same.flatMap((e) => e.names))].toSorted(), ips: same.flatMap((e) => e.ips) };
  return [...entrances.filter((e) => !isSame(e)), one];
}
