// What do the answers say of how long copies live here, and what would the product do as it comes?
import { dialectOf } from '../dialects/index.ts';
import { spokenDuration } from '../duration.ts';
import { controlOf } from '../http/control.ts';
import { isExplicit, lifetimeOf, staleWindow, type Lifetime } from '../http/freshness.ts';
import { lineNamed, productName, type Claim, type FillIn } from './claim.ts';
import type { FoundLayer, Voice } from './chain.ts';

export interface PolicyHints {
  readonly claims: readonly Claim[];
  readonly fillIn: readonly FillIn[];
}

const FIELD: Readonly<Record<Lifetime['from'], string>> = {
  'x-accel-expires': 'X-Accel-Expires',
  's-maxage': 'Cache-Control',
  'max-age': 'Cache-Control',
  expires: 'Expires',
  heuristic: 'Last-Modified',
  default: 'Cache-Control',
  policy: 'Cache-Control',
};

export function policyHints(layer: FoundLayer): PolicyHints {
  const voice = layer.voices.find(({ sighting }) => sighting.status === 200) ?? layer.voices[0];
  const behaviour = dialectOf(layer.dialect)?.behaviour;
  if (voice === undefined || behaviour === undefined || layer.dialect === 'generic') {
    return { claims: [], fillIn: [] };
  }
  const { status, fields, responseTime } = voice.sighting;
  const lifetime = lifetimeOf(status, fields, behaviour, {}, responseTime);
  const grace = staleWindow(controlOf(fields, behaviour), behaviour, {});
  const claims = [
    ...(lifetime === undefined ? [] : [lifetimeClaim(layer, voice, lifetime)]),
    ...keptTime(layer),
    ...servedStale(layer),
  ];
  return { claims, fillIn: settings(layer, lifetime, grace) };
}

function lifetimeClaim(layer: FoundLayer, { sighting }: Voice, lifetime: Lifetime): Claim {
  const { from, seconds } = lifetime;
  const line = lineNamed(sighting.fields, FIELD[from]);
  const title = productName(layer.dialect);
  return {
    layer: layer.id,
    about: 'policy',
    what: `it keeps this page fresh for ${spokenDuration(seconds)}`,
    kind: 'guessed',
    because: isExplicit(lifetime)
      ? `${title} obeys ${from} as it comes; its operator may have set something else`
      : `nothing says how long, and ${title} as it comes takes this long (${from})`,
    ...(line !== undefined && { line }),
  };
}

/** What a cache itself says of the time left (RFC 9211 section 2.3). */
function keptTime(layer: FoundLayer): Claim[] {
  const voice = layer.voices.find(({ hop }) => hop.replayed === undefined && hop.cacheStatus.ttl !== undefined);
  const ttl = voice?.hop.cacheStatus.ttl;
  if (voice === undefined || ttl === undefined) return [];
  const what =
    ttl < 0
      ? `the lifetime that it grants had ended ${spokenDuration(-ttl)} before`
      : `of the lifetime that it grants ${spokenDuration(ttl)} were left`;
  return [
    {
      layer: layer.id,
      about: 'policy',
      what,
      kind: 'measured',
      because: 'it says so itself, as ttl',
      ...(voice.line !== undefined && { line: voice.line }),
    },
  ];
}

function servedStale(layer: FoundLayer): Claim[] {
  const voice = layer.voices.find(({ hop }) => hop.replayed === undefined && hop.stale === true);
  if (voice === undefined) return [];
  return [
    {
      layer: layer.id,
      about: 'policy',
      what: 'it serves copies that are no longer fresh',
      kind: 'measured',
      because: 'it did so in one of these answers',
      ...(voice.line !== undefined && { line: voice.line }),
    },
  ];
}

function settings(layer: FoundLayer, lifetime: Lifetime | undefined, grace: number): FillIn[] {
  const title = productName(layer.dialect);
  // what says no lifetime at all is no example of a longest one
  const longest = Math.round(lifetime?.seconds ?? 0);
  const cap = `cap: ${longest === 0 ? '1h' : `${longest}s`}`;
  return [
    {
      layer: layer.id,
      about: 'policy',
      write: `policy: { grace: ${Math.round(grace)}s, ${cap} }`,
      remedy: `only what its operator has set otherwise than ${title} comes: how long it serves stale, the longest lifetime it grants`,
    },
  ];
}
