// What is claimed of one layer: that it is there, who made it, where in the row it stands, what its nodes call themselves?
import { cityOf } from '../places.ts';
import type { Chain, FoundLayer, Voice } from './chain.ts';
import { nameOf } from './chain.ts';
import { productName, type Claim } from './claim.ts';

/**
 * @param all the layers that were found, this one among them
 * @param total how many answers there were in all
 */
export function layerClaims(layer: FoundLayer, all: readonly FoundLayer[], total: number): Claim[] {
  const { id, voices } = layer;
  const voice = tellingVoice(voices);
  const line = voice?.line === undefined ? {} : { line: voice.line };
  const answers = new Set(voices.map(({ sighting }) => sighting)).size;
  return [
    {
      layer: id,
      about: 'layer',
      what: whoSpeaks(layer),
      kind: isAgeAlone(layer) || isOneOfSeveralWords(layer, all) ? 'guessed' : 'measured',
      because: `${answers} of ${total} answers carry its word${replayedPart(voices)}`,
      ...line,
    },
    ...dialectClaim(layer, line),
    ...separabilityClaims(layer),
  ];
}

const isAgeAlone = ({ voices }: FoundLayer): boolean => voices.every(({ hop }) => hop.by.toLowerCase() === 'age');

/** Where several layers are known only by words that operators have written, one of them may have written two. */
const isOneOfSeveralWords = (layer: FoundLayer, all: readonly FoundLayer[]): boolean =>
  isKnownByWord(layer) && all.findIndex(isKnownByWord) < all.indexOf(layer);

const isKnownByWord = ({ dialect }: FoundLayer): boolean => ['generic', 'nginx', 'haproxy'].includes(dialect);

const whoSpeaks = (layer: FoundLayer): string =>
  layer.dialect === 'generic' || layer.guess !== undefined
    ? 'a cache speaks here'
    : `${productName(layer.dialect)} speaks here`;

/** The one that decided by a line of its own and told of this request, where there is such a one. */
const tellingVoice = (voices: readonly Voice[]): Voice | undefined =>
  voices.find(({ hop, line }) => line !== undefined && hop.replayed === undefined) ??
  voices.find(({ line }) => line !== undefined);

function replayedPart(voices: readonly Voice[]): string {
  const replayed = voices.filter(({ hop }) => hop.replayed === true).length;
  if (replayed === 0) return '';
  return replayed === voices.length
    ? '; it spoke when the copy was stored that a nearer cache has served'
    : `; in ${replayed} of them it spoke when the copy was stored that a nearer cache has served`;
}

function dialectClaim(layer: FoundLayer, line: { readonly line?: string }): Claim[] {
  if (layer.dialect === 'generic') return [];
  const { guess } = layer;
  return [
    {
      layer: layer.id,
      about: 'dialect',
      what: `it is ${productName(layer.dialect)}`,
      kind: guess === undefined ? 'measured' : 'guessed',
      because: guess ?? `only ${productName(layer.dialect)} writes this`,
      ...line,
    },
  ];
}

function separabilityClaims({ id, voices }: FoundLayer): Claim[] {
  const reasons = new Map(voices.map((voice) => [voice.hop.notSeparable, voice]));
  return [...reasons].flatMap(([reason, { line }]): Claim[] =>
    reason === undefined
      ? []
      : [
          {
            layer: id,
            about: 'layer',
            what: 'not everything it says can be told apart',
            kind: 'measured',
            because: reason,
            ...(line !== undefined && { line }),
          },
        ],
  );
}

/** Whom a layer asks. */
export function orderClaims({ layers, parents, contradictions }: Chain): Claim[] {
  const order = layers.map((layer): Claim => orderClaim(layer, layers, parents.get(layer.id) ?? []));
  const both = contradictions.map(([a, b]): Claim => {
    return {
      layer: a,
      about: 'parents',
      what: `whether it stands before ${b} is not certain`,
      kind: 'guessed',
      because: 'the answers have the two in either order; the order of most of them is written here',
    };
  });
  return [...order, ...both];
}

function orderClaim(layer: FoundLayer, layers: readonly FoundLayer[], parents: readonly string[]): Claim {
  const { id, voices } = layer;
  if (parents.length === 0) {
    const because = 'no cache was seen behind it; one that writes no field of its own would not be seen';
    return { layer: id, about: 'parents', what: 'it asks the origin', kind: 'guessed', because };
  }
  const inner = layers.filter((l) => parents.includes(l.id)).flatMap((l) => l.voices);
  const deeper = inner.find((v) => voices.some((w) => w.sighting === v.sighting && w.depth < v.depth));
  const because = 'in one answer its line stands where a cache writes that is nearer to the client';
  return {
    layer: id,
    about: 'parents',
    what: `it asks ${parents.join(' or ')}`,
    kind: 'measured',
    because,
    ...(deeper?.line !== undefined && { line: deeper.line }),
  };
}

/** The names and places that the nodes of a layer gave, each once. `idOf`: what a node of this name is called in the file. */
export function nameClaims(layer: FoundLayer, idOf: ReadonlyMap<string, string>): Claim[] {
  const seen = new Map<string, Voice>();
  for (const voice of layer.voices) {
    const key = [nameOf(voice), voice.hop.place].filter((part) => part !== undefined).join(' ');
    if (key !== '' && !seen.has(key)) seen.set(key, voice);
  }
  return [...seen.values()].map((voice): Claim => {
    const name = nameOf(voice);
    const id = name === undefined ? undefined : idOf.get(name);
    const at = placeText(layer.dialect, voice.hop.place);
    return {
      layer: layer.id,
      about: 'node',
      ...(id !== undefined && { node: id }),
      what: [name === undefined ? 'a node' : `a node calls itself ${name}`, at && `in ${at}`].filter(Boolean).join(' '),
      kind: 'measured',
      because: voice.hop.replayed === true ? 'it was so when the copy was stored' : 'its own line names it',
      ...(voice.line !== undefined && { line: voice.line }),
    };
  });
}

/** `AMS, Amsterdam NL`; the code alone where it is not known. */
function placeText(dialect: string, code: string | undefined): string {
  if (code === undefined) return '';
  const place = cityOf(dialect, code);
  return place === undefined ? code : `${code}, ${[place.city, place.country].filter(Boolean).join(' ')}`;
}
