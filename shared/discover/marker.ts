// By what would one tell this page's versions apart? The first sign that is the same in every answer and looks like a version.
import { first, type FieldLines } from '../http/fields.ts';
import type { Marker } from '../topology.ts';
import { lineText } from './claim.ts';
import type { Sighting } from './seen.ts';

export interface Sign {
  readonly marker: Marker;
  /** Where it stands: `meta build`, `ETag`. */
  readonly name: string;
  /** As it was last seen. */
  readonly value: string;
  /** The same in every answer; of the page's own word for its build, also where each value came more than once. */
  readonly isStable: boolean;
  /** How many different values there were. */
  readonly values: number;
  /** The field line, where it is one. */
  readonly line?: string;
}

const BUILD =
  /^(?:x-)?(?:app-?)?(?:build|version|release|revision|commit|git-?(?:sha|hash|commit|revision)|deploy(?:ment)?)(?:-?(?:id|number|version|hash|sha))?$/i;
const LONGEST = 100;

/** Every sign of a version in these answers, the likeliest first: the page's own word, its maker's, a field's. */
export function signsIn(sightings: readonly Sighting[]): Sign[] {
  const pages = sightings.map(({ text }) => (text === undefined ? [] : metasIn(text)));
  const metas = [...new Set(pages.flat().map(({ name }) => name))];
  return [
    ...metas.filter((name) => BUILD.test(name)).flatMap((name) => metaSign(name, pages)),
    ...metas.filter((name) => /^generator$/i.test(name)).flatMap((name) => metaSign(name, pages)),
    ...fieldNames(sightings, BUILD).flatMap((name) => fieldSign(name, sightings)),
    ...fieldSign('ETag', sightings),
  ];
}

/** Whether every answer had the same body; undefined where that is not known. */
export function sameBody(sightings: readonly Sighting[]): boolean | undefined {
  const digests = sightings.map(({ digest }) => digest);
  return digests.includes(undefined) ? undefined : new Set(digests).size === 1;
}

/** A word with a digit in it, or an entity tag. */
const isVersion = (value: string): boolean => value.length <= LONGEST && /\d|^(?:W\/)?"/.test(value);

function signOf(values: readonly (string | undefined)[], name: string, word: string, marker: Marker): Sign[] {
  const value = values.findLast((v) => v !== undefined);
  if (value === undefined || !isVersion(value)) return [];
  const different = new Set(values).size;
  // while a change is on its way, some nodes still show the version before
  const isPassing = BUILD.test(word) && !values.includes(undefined) && different * 2 <= values.length;
  return [{ marker, name, value, isStable: different === 1 || isPassing, values: different }];
}

function metaSign(name: string, pages: readonly (readonly Meta[])[]): Sign[] {
  const values = pages.map((metas) => metas.find((meta) => meta.name === name)?.content);
  return signOf(values, `meta ${name}`, name, {
    css: `meta[name=${/^[a-z][\w-]*$/i.test(name) ? name : JSON.stringify(name)}]`,
    attribute: 'content',
  });
}

function fieldSign(name: string, sightings: readonly Sighting[]): Sign[] {
  const values = sightings.map(({ fields }) => first(fields, name));
  return signOf(values, name, name, { header: name.toLowerCase() }).map((sign) => ({
    ...sign,
    line: lineText(name, sign.value),
  }));
}

function fieldNames(sightings: readonly Sighting[], pattern: RegExp): string[] {
  const names = (fields: FieldLines): string[] => fields.map(([name]) => name).filter((name) => pattern.test(name));
  const found = new Map(sightings.flatMap(({ fields }) => names(fields)).map((name) => [name.toLowerCase(), name]));
  return [...found.values()];
}

interface Meta {
  /** Of letters, digits, `-`, `_`, `.` and `:` only. */
  readonly name: string;
  readonly content: string;
}

/** The named meta elements of a page (HTML section 4.2.5), the first of each name. */
function metasIn(html: string): Meta[] {
  return [...html.matchAll(/<meta\s([^<>]{1,1000})>/gi)].flatMap(([, written = '']) => {
    const name = attribute(written, 'name');
    const content = attribute(written, 'content')?.trim();
    return name !== undefined && content !== undefined && /^[\w.:-]{1,60}$/.test(name) ? [{ name, content }] : [];
  });
}

function attribute(written: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(written);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}
