// What does a whole response say, in one sentence, and what should be done first?
import { spokenDuration } from '../../shared/duration.ts';
import { nameOf, productOf, type Cache, type Level, type Response } from './explained.ts';

/** The largest thing on the page: who answered, and how long that lasts. */
export function sentenceOf(response: Response): string {
  const [nearest, ...behind] = response.caches;
  if (nearest === undefined) return 'No cache left a sign in this response.';
  const parent = behind.find(({ replayed }) => replayed !== true);
  const then = parent === undefined ? '' : ` Behind it, ${called(parent)} ${parent.says}.`;
  const age = nearest.age ?? response.age;
  const life = lasting(age, nearest.freshFor ?? response.freshFor, nearest);
  return `${opening(called(nearest))} ${nearest.says}.${then}${life}`;
}

function lasting(age: number | undefined, freshFor: number | undefined, { cacheStatus }: Cache): string {
  const what = cacheStatus.hit === true ? 'The copy' : 'What came';
  const old = age === undefined ? undefined : `is ${spokenDuration(age)} old`;
  const left =
    freshFor === undefined
      ? undefined
      : freshFor > 0
        ? `${old === undefined ? 'stays' : 'and stays'} fresh for another ${spokenDuration(freshFor)}`
        : `${old === undefined ? 'has been' : 'and has been'} stale for ${spokenDuration(-freshFor)}`;
  const said = [old, left].filter((part) => part !== undefined).join(' ');
  return said === '' ? '' : ` ${what} ${said}.`;
}

/** Its product, and its own name where it has one: somebody who reads `localhost` would not know what that is. */
function called(cache: Cache): string {
  const product = productOf(cache);
  const anybody = cache.dialect === 'rfc9211' || cache.dialect === 'generic';
  return cache.node === undefined || anybody ? nameOf(cache) : `${product} (${cache.node})`;
}

/** Names stay as they are written: nginx, edge.example. */
const opening = (name: string): string =>
  name.replace(/^an? /, (article) => `${article.charAt(0).toUpperCase()}${article.slice(1)}`);

/** Worst first. */
export const LEVELS: readonly Level[] = ['bad', 'warning', 'info', 'good'];

export const levelTitles: Readonly<Record<Level, string>> = {
  bad: 'Wrong',
  warning: 'May hurt',
  info: 'Worth knowing',
  good: 'As it should be',
};

/** Stands beside each level, so that colour is never alone. */
export const levelMarks: Readonly<Record<Level, string>> = { bad: '✕', warning: '!', info: 'i', good: '✓' };

/** `1 thing is wrong, 2 may hurt.`; empty where nothing is amiss. */
export function troubleIn({ notes }: Response): string {
  const count = (level: Level): number => notes.filter((note) => note.level === level).length;
  const [bad, warnings] = [count('bad'), count('warning')];
  if (bad === 0 && warnings === 0) return '';
  const things = (n: number): string => `${n} ${n === 1 ? 'thing' : 'things'}`;
  if (bad === 0) return `${things(warnings)} may hurt.`;
  const wrong = `${things(bad)} ${bad === 1 ? 'is' : 'are'} wrong`;
  return warnings === 0 ? `${wrong}.` : `${wrong}, ${warnings} may hurt.`;
}

/** The worst level among its notes, where that is worth a mark. */
export function worstOf({ notes }: Response): 'bad' | 'warning' | undefined {
  if (notes.some(({ level }) => level === 'bad')) return 'bad';
  return notes.some(({ level }) => level === 'warning') ? 'warning' : undefined;
}

/** How a link to a standard or a vendor's page is written: `9111 §4.2`, `developers.cloudflare.com`. */
export function referenceLabel(href: string): string {
  const [, number, section] = /\/rfc(\d+)(?:#section-([\w.]+))?$/.exec(href) ?? [];
  if (number !== undefined) return section === undefined ? `RFC ${number}` : `${number} §${section}`;
  return URL.canParse(href) ? new URL(href).hostname.replace(/^www\./, '') : href;
}
