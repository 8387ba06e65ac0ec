// Has a value of unknown shape, such as parsed JSON, the shape that it should? If not: at which place, and what would be right?
import { dotted } from './config-problem.ts';
import { fieldOf } from './raw-value.ts';

export interface Misshape {
  readonly path: readonly PropertyKey[];
  /** A clause: `must be a number`. */
  readonly message: string;
}

/** The first place where the value departs from the shape; undefined where it does not. Never throws, changes nothing. */
export type Check = (raw: unknown) => Misshape | undefined;

/** `observations[3].id must be a number` */
export const spoken = ({ path, message }: Misshape): string => `${dotted(path)} ${message}`.trim();

const simple =
  (fits: (raw: unknown) => boolean, message: string): Check =>
  (raw) =>
    fits(raw) ? undefined : { path: [], message: raw === undefined ? 'is missing' : message };

export const text = simple((raw) => typeof raw === 'string', 'must be text');
export const flag = simple((raw) => typeof raw === 'boolean', 'must be true or false');
export const number = simple((raw) => Number.isFinite(raw), 'must be a number');
export const anything = simple((raw) => raw !== undefined, '');

/** One of these texts or numbers. */
export const oneOf = (...allowed: readonly (string | number | boolean)[]): Check =>
  simple((raw) => allowed.some((value) => value === raw), `must be ${allowed.join(' or ')}`);

/** A property that may be absent. */
export const optional =
  (check: Check): Check =>
  (raw) =>
    raw === undefined ? undefined : check(raw);

/** A list of any length. */
export const list =
  (check: Check): Check =>
  (raw) =>
    Array.isArray(raw) ? first(raw, check) : { path: [], message: raw === undefined ? 'is missing' : 'must be a list' };

function first(items: readonly unknown[], check: Check): Misshape | undefined {
  for (let i = 0; i < items.length; i += 1) {
    const wrong = check(items[i]);
    if (wrong !== undefined) return under(i, wrong);
  }
  return undefined;
}

/** A list of exactly these. */
export const tuple =
  (...checks: readonly Check[]): Check =>
  (raw) => {
    if (!Array.isArray(raw) || raw.length !== checks.length) {
      return { path: [], message: `must be a list of ${checks.length}` };
    }
    for (const [i, check] of checks.entries()) {
      const wrong = check(raw[i]);
      if (wrong !== undefined) return under(i, wrong);
    }
    return undefined;
  };

/** An object whose own properties, whatever their names, all fit. */
export const record =
  (check: Check): Check =>
  (raw) => {
    if (!isObject(raw)) return notAnObject(raw);
    for (const [key, value] of Object.entries(raw)) {
      const wrong = check(value);
      if (wrong !== undefined) return under(key, wrong);
    }
    return undefined;
  };

/** The first shape's verdict counts where the value has `key` with this value; else the other's. */
export const when =
  (key: string, value: unknown, check: Check, otherwise: Check): Check =>
  (raw) =>
    fieldOf(raw, key) === value ? check(raw) : otherwise(raw);

/** One check for every key that T, or any member of a union T, may have. */
export type Checks<T> = { readonly [K in T extends unknown ? keyof T : never]: Check };

/** An object; keys that are not named here are let through unread. */
export function shaped<T>(checks: Checks<T>): Check {
  const all = Object.entries<Check>(checks);
  return (raw) => {
    if (!isObject(raw)) return notAnObject(raw);
    for (const [key, check] of all) {
      const wrong = check(fieldOf(raw, key));
      if (wrong !== undefined) return under(key, wrong);
    }
    return undefined;
  };
}

const isObject = (raw: unknown): raw is object => typeof raw === 'object' && raw !== null && !Array.isArray(raw);

const notAnObject = (raw: unknown): Misshape => ({
  path: [],
  message: raw === undefined ? 'is missing' : 'must be an object',
});

const under = (key: PropertyKey, { path, message }: Misshape): Misshape => ({ path: [key, ...path], message });
