// What does a reading keep of all events, receipts and forecasts, so that one can be read on for months? The newest, and the last word on each thing.

/** So many of the newest are kept for certain; with what is kept besides and until there is enough to drop, a quarter more. */
export const NEWEST = 8000;

/** So many older ones are kept at most: each the last that tells of its thing. */
const OLDER = NEWEST / 8;

/**
 * `all` with one more at the end, or with another in the place of the one of its id. Never more than 1.25 × `NEWEST`: where
 * there would be, the newest `NEWEST` stay, and of those before them the newest thousand of which each is the last with
 * its `thing`.
 */
export function withNewest<T extends { readonly id: number }>(
  all: readonly T[],
  item: T,
  thing: (item: T) => string | number,
): readonly T[] {
  // what is told again was told not long ago
  const at = all.findLastIndex((x) => x.id === item.id);
  if (at >= 0) return all.with(at, item);
  const more = all.concat([item]);
  return more.length > 1.25 * NEWEST ? trimmed(more, thing) : more;
}

function trimmed<T>(all: readonly T[], thing: (item: T) => string | number): T[] {
  const newest = all.slice(-NEWEST);
  const told = new Set(newest.map(thing));
  const older = all.slice(0, -NEWEST).reverse();
  const last = older.filter((item) => !told.has(thing(item)) && told.add(thing(item)));
  return [...last.slice(0, OLDER).reverse(), ...newest];
}
