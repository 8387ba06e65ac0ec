// Which facts does a trace hold for those who ask why a place does not show the change?
import { changeIn } from '../model/reading.ts';
import type { Change } from '../model/change.ts';
import type { Instant } from '../model/interval.ts';
import { origins } from '../topology.ts';
import { pageIn, type Asked, type Facts, type Place } from './facts.ts';
import { lastPurge } from './last-purge.ts';
import { severalCaches } from './several-caches.ts';

/** Everything that causes look at, worked out once. */
export function factsOf(asked: Asked, now: Instant): Facts {
  const { reading, start, expect } = asked;
  const originLayers = new Set(origins(reading.topology).map((l) => l.id));
  const changes = new Map<string, Change>();
  const receipts = grouped(reading.receipts, (r) => `${r.layer}/${r.node ?? ''}`);
  const places = [...reading.tracks.values()].map((track): Place => {
    const { layer, node, target, variant } = track.state;
    const page = `${target}/${variant}`;
    const change = changes.get(page) ?? changeIn(reading, target, variant, expect);
    changes.set(page, change);
    const place = { layer, node, target, variant };
    if (originLayers.has(layer)) return { ...place, track, change };
    const meant = [...(receipts.get(`${layer}/${node}`) ?? []), ...(receipts.get(`${layer}/`) ?? [])];
    const purge = lastPurge(meant, place, start);
    return { ...place, track, change, ...(purge === undefined ? {} : { purge }) };
  });
  const facts = {
    ...asked,
    topology: reading.topology,
    roll: asked.roll ?? 60,
    now,
    caches: places.filter((p) => !originLayers.has(p.layer)),
    origins: places.filter((p) => originLayers.has(p.layer)),
    byNode: grouped(places, (p) => p.node),
    byPage: grouped(places, (p) => pageIn(p.layer, p)),
    several: new Set<string>(),
  };
  return { ...facts, several: severalCaches(facts) };
}

function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(by(one));
    if (group === undefined) groups.set(by(one), [one]);
    else group.push(one);
  }
  return groups;
}
