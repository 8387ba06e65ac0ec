// What does each letter in the square brackets of Traffic Server's Via mean?
// Source: docs.trafficserver.apache.org (appendix FAQ, Via decoder), src/traffic_via, HttpTransact.h.

/** One place of the code string: its key letter, what it is about, and what each value letter says. A space is a value too. */
export interface ViaCode {
  readonly key: string;
  /** What it answers; a clause. */
  readonly about: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Before the colon: what became of the request. Level 2 writes c, s and f alone. */
export const RESULT_CODES: readonly ViaCode[] = [
  {
    key: 'u',
    about: 'what the client asked',
    values: {
      C: 'with a Cookie',
      E: 'wrongly: there was an error in the request',
      I: 'with a precondition',
      N: 'for no stored answer (no-cache)',
      S: 'plainly, without a precondition',
      ' ': 'nothing that is told',
    },
  },
  {
    key: 'c',
    about: 'what it found in its store',
    values: {
      A: 'something that does not fit the request: a miss',
      H: 'a fresh copy',
      M: 'nothing: a miss',
      R: 'a fresh copy, in memory',
      S: 'a copy that is no longer fresh',
      W: 'a fresh copy that was just being written for another request',
      ' ': 'it did not look',
    },
  },
  {
    key: 's',
    about: 'what its parent answered',
    values: {
      E: 'nothing: there was an error',
      N: 'that the copy still holds (304)',
      S: 'with a whole response',
      ' ': 'it was not asked',
    },
  },
  {
    key: 'f',
    about: 'what it did with its store',
    values: {
      D: 'removed the old copy',
      U: 'brought the old copy up to date',
      W: 'stored a new copy',
      ' ': 'nothing',
    },
  },
  {
    key: 'p',
    about: 'how it answered the client',
    values: {
      N: 'that nothing has changed (304)',
      R: 'with what its parent has confirmed',
      S: 'with what its parent sent',
      ' ': 'from its store, or with a page of its own',
    },
  },
  {
    key: 'e',
    about: 'which error occurred',
    values: {
      A: 'missing or wrong credentials',
      C: 'no connection to its parent, or it broke',
      D: 'the name of its parent was not found',
      F: 'the request is forbidden',
      H: 'a field that cannot be read',
      L: 'a loop',
      M: 'moved for a while',
      N: 'none',
      R: 'its store could not be read',
      S: 'its parent sent what cannot be used',
      T: 'its parent took too long, or was not to be asked',
      ' ': 'none that is told',
    },
  },
];

/** Behind the colon: how it got there. Some letters are those of the first half, and mean other things. */
export const DETAIL_CODES: readonly ViaCode[] = [
  {
    key: 't',
    about: 'why it only passed the request on',
    values: {
      A: 'credentials',
      F: 'a field of the request',
      M: 'the method',
      N: 'it was not to pass it on at all',
      O: 'its cache is off',
      U: 'the URL looks like a program',
      ' ': 'it did not',
    },
  },
  {
    key: 'c',
    about: 'where it looked, and with what result',
    values: {
      C: 'in its own store',
      L: 'in a cluster of caches',
      P: 'at a parent cache',
      S: 'at a server',
      D: 'a copy, but the method must go forward',
      H: 'a copy that it used',
      I: 'a copy that fails the precondition (412)',
      K: 'a copy that it does not use because of a Cookie',
      M: 'nothing',
      N: 'a copy that the client has too (304)',
      U: 'a copy that the client asks to have confirmed',
      ' ': 'nowhere, or nothing to tell',
    },
  },
  {
    key: 'i',
    about: 'what neighbouring caches had (before 8.0)',
    values: { H: 'a copy', M: 'nothing', F: 'no answer', ' ': 'they were not asked' },
  },
  {
    key: 'p',
    about: 'whether a parent cache could be reached',
    values: { F: 'no', S: 'yes', ' ': 'it was not tried' },
  },
  {
    key: 's',
    about: 'whether the origin could be reached',
    values: { F: 'no', S: 'yes', ' ': 'it was not tried' },
  },
];

/** In the result of a lookup these two letters mean something else than in its place. */
const LOOKUP_RESULTS: Readonly<Record<string, string>> = {
  S: 'a copy that has expired',
  C: 'a copy that its configuration has confirmed each time',
};

/** One letter in words. */
export interface ViaWord {
  readonly half: 'result' | 'detail';
  readonly key: string;
  readonly code: string;
  readonly about: string;
  readonly meaning: string;
}

/** What follows each key letter, before and behind the colon. */
export interface ViaCodes {
  readonly result: ReadonlyMap<string, string>;
  readonly detail: ReadonlyMap<string, string>;
}

/** Of `uScMsSfWpSeN:t cCMp sS`, with or without the brackets; of any length, since older versions write more and level 2 less. */
export function viaCodes(text: string): ViaCodes {
  const cut = text.search(/[:;]/);
  const [result, detail] = cut === -1 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)];
  return { result: pairs(result), detail: pairs(detail) };
}

/** A key letter is lower case, its values capitals and spaces. */
function pairs(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, key = '', code = ''] of text.matchAll(/([a-z])([A-Z ]*)/g)) found.set(key, code);
  return found;
}

/** The code string in words, letter by letter; letters that no page explains are told as such. */
export function viaWords(text: string): ViaWord[] {
  const { result, detail } = viaCodes(text);
  return [...wordsOf('result', result, RESULT_CODES), ...wordsOf('detail', detail, DETAIL_CODES)];
}

function wordsOf(half: ViaWord['half'], codes: ReadonlyMap<string, string>, table: readonly ViaCode[]): ViaWord[] {
  return [...codes].map(([key, code]) => {
    const known = table.find((place) => place.key === key);
    const letters = code === '' ? [' '] : code.split('');
    const meaning = letters.map((letter, i) => meaningOf(known, half, letter, i)).filter((text) => text !== '');
    return { half, key, code, about: known?.about ?? 'not documented', meaning: meaning.join(': ') };
  });
}

function meaningOf(known: ViaCode | undefined, half: string, letter: string, place: number): string {
  const isLookup = half === 'detail' && known?.key === 'c' && place === 1;
  if (isLookup && letter === ' ') return '';
  return (isLookup ? LOOKUP_RESULTS[letter] : undefined) ?? known?.values[letter] ?? 'not documented';
}
