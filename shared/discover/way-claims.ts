// What do the answers say of the way as a whole: addresses, redirects, intermediaries that may store nothing, what is silent?
import { dialectOf } from '../dialects/index.ts';
import { listMembers, valuesOf } from '../http/fields.ts';
import type { Chain } from './chain.ts';
import { nameOf } from './chain.ts';
import { lineNamed, lineText, productName, type Claim } from './claim.ts';
import type { Seen } from './seen.ts';

export const wayClaims = (seen: Seen, chain: Chain): Claim[] => [
  ...addressClaims(seen),
  ...statusClaims(seen),
  ...redirectClaims(seen),
  ...intermediaries(seen, chain),
  ...hintClaims(chain),
  ...silentCounter(chain),
];

function addressClaims({ addresses, sightings }: Seen): Claim[] {
  return addresses.map(({ ip, at, problem, notAsked }): Claim => {
    const times = sightings.filter((s) => s.ip === ip).length;
    const from = at !== undefined ? 'named in the topology' : `DNS ${ip.includes(':') ? 'AAAA' : 'A'}, or as written`;
    const common = { about: 'way' as const, kind: 'measured' as const };
    if (notAsked) {
      return { ...common, what: `${ip} was not asked`, because: 'there are more addresses than connections' };
    }
    if (problem !== undefined) return { ...common, what: `${ip} did not answer from here`, because: problem };
    return {
      ...common,
      what: `${ip} answered`,
      because: `${times} new connections to it (${from})`,
    };
  });
}

function statusClaims({ sightings }: Seen): Claim[] {
  const odd = [...new Set(sightings.map(({ status }) => status))].filter((status) => status !== 200);
  return odd.map((status): Claim => {
    const times = sightings.filter((s) => s.status === status).length;
    return {
      about: 'target',
      what: `the page answered ${status} in ${times} of ${sightings.length} answers`,
      kind: 'measured',
      because: 'caches may treat it otherwise than a 200: what is said here is of such answers',
    };
  });
}

function redirectClaims({ asked, url }: Seen): Claim[] {
  if (asked === url) return [];
  const what = 'this is where the redirects end';
  return [{ about: 'target', what, kind: 'measured', because: `${asked} leads there; the topology is of that page` }];
}

/** Weaker signs: of whom they are, one line alone does not tell. */
function hintClaims({ hints }: Chain): Claim[] {
  const each = new Map(hints.map((voice) => [`${voice.hop.dialect} ${voice.hop.by.toLowerCase()}`, voice]));
  return [...each.values()].map(({ hop, line }): Claim => {
    return {
      about: 'way',
      what: hop.dialect === 'generic' ? 'a cache may have written this' : `there may be ${productName(hop.dialect)}`,
      kind: 'guessed',
      because: `${hop.notSeparable ?? 'it says no more than a layer that is here already'} No layer is made of it.`,
      ...(line !== undefined && { line }),
    };
  });
}

/** Words by which a dialect's own member of Via is known. */
const OWN_VIA: Readonly<Record<string, RegExp>> = {
  varnish: /varnish|vinyl/i,
  fastly: /varnish|fastly/i,
  squid: /squid/i,
  trafficserver: /TrafficServer|^\S+ \S+ \(ATS/i,
  cloudfront: /cloudfront/i,
  google: /google/i,
  wikimedia: /varnish|ATS|^\S+ cp\d/i,
};

/** Via names whoever passed the message on (RFC 9110 section 7.6.3): that somebody stores, it does not say. */
function intermediaries({ sightings }: Seen, { layers }: Chain): Claim[] {
  const names = new Set(layers.flatMap(({ voices }) => voices.map(nameOf)));
  const own = layers.map(({ dialect }) => OWN_VIA[dialect]).filter((pattern) => pattern !== undefined);
  const members = new Set(sightings.flatMap(({ fields }) => valuesOf(fields, 'via').flatMap(listMembers)));
  const strange = [...members].filter((member) => {
    const receivedBy = member.split(/\s+/)[1];
    return !own.some((pattern) => pattern.test(member)) && (receivedBy === undefined || !names.has(receivedBy));
  });
  return strange.slice(0, 8).map((member): Claim => ({
    about: 'way',
    what: 'somebody else passes the page on, and may store it or not',
    kind: 'measured',
    because: 'Via names whoever passes on; no line says that it keeps copies, so that no layer is made of it',
    line: lineText('Via', member),
  }));
}

/** Where the nearest cache does not count Age, and Age goes on all the same, another one counts. */
function silentCounter({ layers }: Chain): Claim[] {
  const [outer] = layers;
  if (outer === undefined || dialectOf(outer.dialect)?.behaviour.emitsAge !== 'never') return [];
  const near = outer.voices.filter(({ depth }) => depth === 0).map(({ sighting }) => sighting);
  const lines = near.map(({ fields }) => lineNamed(fields, 'age'));
  const ages = lines.map((line) => Number(line?.slice(5).trim()));
  const isRising = ages.length > 1 && ages.at(-1)! > ages[0]! && ages.every((age, i) => i === 0 || age >= ages[i - 1]!);
  if (!isRising) return [];
  const title = productName(outer.dialect);
  return [
    {
      about: 'way',
      what: `a cache that writes no word of its own may stand before ${outer.id}`,
      kind: 'guessed',
      because: `Age went on from ${ages[0]} to ${ages.at(-1)} between answers, and ${title} does not count Age`,
      ...(lines.at(-1) !== undefined && { line: lines.at(-1)! }),
    },
  ];
}
