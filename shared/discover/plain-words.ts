// Whose are words that operators of any product may write? Told over several answers, where one alone does not tell.
import { ageValue } from '../http/age.ts';
import type { Voice } from './chain.ts';

interface Spoken {
  readonly dialect: string;
  readonly voices: readonly Voice[];
}

/**
 * Without those layers of plain words that said the same as another in every answer: the operator of that other may have
 * written the word, and it is none of its own.
 */
export function ownWords<T extends Spoken>(layers: readonly T[]): T[] {
  const kept = layers.filter(({ dialect }) => dialect !== 'generic');
  for (const layer of layers.filter(({ dialect }) => dialect === 'generic')) {
    if (kept.every((other) => disagree(layer, other))) kept.push(layer);
  }
  return kept;
}

/** They never stood in one answer, or in one of them one had a hit and the other none. */
function disagree(a: Spoken, b: Spoken): boolean {
  const both = a.voices.flatMap((v) => b.voices.filter((w) => w.sighting === v.sighting).map((w) => [v, w] as const));
  return both.length === 0 || both.some(([v, w]) => isHit(v) !== isHit(w));
}

const isHit = ({ hop }: Voice): boolean => hop.cacheStatus.hit === true;

/** Why the product is a guess though its dialect is known: operators choose the name of the field, and others say the same. */
const SHARED: Readonly<Record<string, string>> = {
  nginx: 'operators choose the name of this field; its word is one of nginx’s own, and others say the same',
  haproxy: 'operators choose the name of this field and its words',
  rfc9211:
    'Cache-Status is a standard’s field and names no product, so that the standard’s behaviour is taken for its own',
};

/** Names under which the two are usually told to write. */
const NGINX = new Set(['x-cache-status', 'x-proxy-cache', 'x-nginx-cache']);
const HAPROXY = new Set(['x-cache-status', 'x-haproxy-cache', 'x-cache']);

/** The product that these words are likeliest from; `generic` where nothing speaks for one. */
export function productOf(dialect: string, voices: readonly Voice[]): { dialect: string; guess?: string } {
  const isPlain = dialect === 'generic' || dialect === 'nginx';
  if (isPlain && soundsLikeHaproxy(voices) && (dialect === 'generic' || countsAge(voices))) {
    return { dialect: 'haproxy', guess: LIKE_HAPROXY };
  }
  if (dialect === 'generic' && soundsLikeNginx(voices)) return { dialect: 'nginx', guess: LIKE_NGINX };
  const shared = SHARED[dialect];
  return shared === undefined ? { dialect } : { dialect, guess: shared };
}

const LIKE_HAPROXY =
  'the word stands in a field that operators name, in lower case as HAProxy writes every name, and with an Age where it is HIT';
const LIKE_NGINX =
  'the word is one of nginx’s own, in a field that its operators often name so, and no Age is counted with it';

const soundsLikeHaproxy = (voices: readonly Voice[]): boolean =>
  voices.every((v) => HAPROXY.has(v.hop.by) && /: (?:HIT|MISS)$/.test(v.line ?? '') && agesWhenHit(v));

const soundsLikeNginx = (voices: readonly Voice[]): boolean =>
  voices.every(({ hop: { by } }) => NGINX.has(by.toLowerCase()) && by !== by.toLowerCase()) && !countsAge(voices);

const ageOf = ({ sighting }: Voice): number | undefined => ageValue(sighting.fields);

const agesWhenHit = (voice: Voice): boolean => !isHit(voice) || ageOf(voice) !== undefined;

/** Whether Age goes on while it is the nearest to answer from its store. */
function countsAge(voices: readonly Voice[]): boolean {
  const ages = voices.filter((voice) => voice.depth === 0 && isHit(voice)).map(ageOf);
  const known = ages.filter((age) => age !== undefined);
  return new Set(known).size > 1;
}
