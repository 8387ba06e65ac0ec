// What is there in front of this page, as far as its answers tell? Claims, and a topology file that holds no more than them.
import type { DiscoverDocument } from '../api-discover.ts';
import { iso } from '../documents.ts';
import type { Instant } from '../model/interval.ts';
import { urlParts } from '../url-parts.ts';
import { chainOf } from './chain.ts';
import type { Claim, FillIn } from './claim.ts';
import { layerClaims, nameClaims, orderClaims } from './layer-claims.ts';
import { policyHints } from './lifetimes.ts';
import type { Seen } from './seen.ts';
import { sharingClaims } from './sharing.ts';
import { versionSigns } from './version.ts';
import { wayClaims } from './way-claims.ts';
import { builtLayer, originLayer, purgeLine, type WrittenTopology } from './written-layers.ts';

export interface Discovered {
  readonly topology: WrittenTopology;
  readonly claims: Claim[];
  readonly fillIn: FillIn[];
}

/** What the answers tell, and nothing that they do not. */
export function discover(seen: Seen): Discovered {
  const chain = chainOf(seen.sightings);
  const ids = new Set<string>();
  const built = chain.layers.map((layer) => builtLayer(layer, seen, chain, ids));
  const hints = chain.layers.map(policyHints);
  const version = versionSigns(seen);
  const origin = originLayer(seen, chain, ids);
  const total = seen.sightings.length;
  return {
    topology: {
      title: hostOf(seen.url),
      layers: [...built.map(({ layer }) => layer), origin.layer],
      targets: [{ id: 'page', url: seen.url, ...(version.marker !== undefined && { marker: version.marker }) }],
    },
    claims: [
      ...chain.layers.flatMap((layer, i) => [
        ...layerClaims(layer, chain.layers, total),
        ...nameClaims(layer, built[i]!.idOf),
        ...built[i]!.claims,
        ...sharingClaims(layer),
        ...hints[i]!.claims,
      ]),
      ...orderClaims(chain),
      ...origin.claims,
      ...version.claims,
      ...wayClaims(seen, chain),
    ],
    fillIn: [
      ...built.flatMap(({ fillIn }, i) => [...fillIn, ...hints[i]!.fillIn, ...purgeLine(chain.layers[i]!)]),
      ...origin.fillIn,
      ...version.fillIn,
    ],
  };
}

/** @param now when it was asked */
export function discoverDocument(seen: Seen, now: Instant): DiscoverDocument {
  const { url, sightings } = seen;
  return { strata: 1, verb: 'discover', at: iso(now), url, answers: sightings.length, ...discover(seen) };
}

const hostOf = (url: string): string => urlParts(url)?.host ?? url;
