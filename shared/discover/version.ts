// Which sign of a version would this page's topology name, which others are there, and what if there is none?
import type { Claim, FillIn } from './claim.ts';
import { sameBody, signsIn, type Sign } from './marker.ts';
import type { Seen } from './seen.ts';

export interface Version {
  /** Absent: the digest of the body. */
  readonly marker?: Sign['marker'];
  readonly claims: readonly Claim[];
  readonly fillIn: readonly FillIn[];
}

/** The first sign that is stable over the answers; of all answers, where none is a 200. */
export function versionSigns({ sightings }: Seen): Version {
  const pages = sightings.filter(({ status }) => status === 200);
  const answers = pages.length > 0 ? pages : sightings;
  const signs = signsIn(answers);
  const stable = signs.filter(({ isStable }) => isStable);
  const [best, ...others] = stable;
  const fickle = signs
    .filter(({ isStable }) => !isStable)
    .map((sign): Claim => ({
      about: 'marker',
      what: `${sign.name} is no marker`,
      kind: 'measured',
      because: 'it was not the same in every answer: versions change just now, or it changes by itself',
      ...(sign.line !== undefined && { line: sign.line }),
    }));
  const fillIn = others.map(({ marker, name, value }): FillIn => {
    return {
      about: 'marker',
      write: `marker: ${flow(marker)}`,
      remedy: `instead, if ${name} (now ${value}) changes with your deploys`,
    };
  });
  if (best !== undefined) return { marker: best.marker, claims: [signClaim(best, answers.length), ...fickle], fillIn };
  return { claims: [digestClaim(sameBody(answers), answers.length), ...fickle], fillIn: noMarker };
}

const noMarker: readonly FillIn[] = [
  {
    about: 'marker',
    write: 'marker: { css: "meta[name=build]", attribute: content }',
    remedy: 'what your pages carry that is new with each deploy',
  },
  { about: 'marker', write: 'ignore: [ "[nonce]" ]', remedy: 'parts of the page that are new in every answer' },
];

function signClaim({ name, value, values, line }: Sign, answers: number): Claim {
  const same = answers === 1 ? 'was seen in the one answer' : `was the same in all ${answers} answers`;
  const passing = `${values} values came in ${answers} answers, each of them as a version does while a change is on its way`;
  return {
    about: 'marker',
    what: `${name} tells versions apart (now ${value})`,
    kind: 'guessed',
    because: values === 1 ? `it looks like a version and ${same}` : passing,
    ...(line !== undefined && { line }),
  };
}

function digestClaim(isSame: boolean | undefined, answers: number): Claim {
  const about = 'marker';
  if (isSame === false) {
    const because = `the body differed between ${answers} answers: the digest would call each of them a version of its own`;
    return { about, what: 'nothing here tells versions apart', kind: 'measured', because };
  }
  if (isSame === undefined) {
    const because = 'the body was empty or larger than is read, and no other sign of a version was found';
    return { about, what: 'nothing here tells versions apart', kind: 'measured', because };
  }
  const because = 'no sign of a version was found, and the body was the same in every answer';
  return { about, what: 'the digest of the body tells versions apart', kind: 'guessed', because };
}

/** One line of YAML. */
export const flow = (value: Readonly<Record<string, unknown>>): string =>
  `{ ${Object.entries(value)
    .map(([key, v]) => `${key}: ${typeof v === 'string' && /^[a-z-]+$/.test(v) ? v : JSON.stringify(v)}`)
    .join(', ')} }`;
