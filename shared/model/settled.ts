// How often must a place show the change before it counts as there?
import { versionOf, type Change } from './change.ts';
import type { Segment } from './copy.ts';

/** A place that went back to the old version must show the new one so often in a row. */
const AFTER_GOING_BACK = 2;

/**
 * The same where several caches answer by turns: were one of two still old and the turns a matter of chance, it would show
 * itself within so many answers in all but four of a thousand cases.
 */
const WITH_SEVERAL_CACHES = 8;

export interface Settling {
  /** Answers in a row, the last one among them, that showed the new version. */
  readonly seen: number;
  /** How many of them are enough. */
  readonly needed: number;
  /** Stored responses that had been replaced came back before: one cache alone cannot do that. */
  readonly several: boolean;
}

export function settlingOf(history: readonly Segment[], change: Change): Settling {
  const isNew = (s: Segment) => versionOf(s, change) === 'new';
  const last = history.findLastIndex((s) => !isNew(s));
  const seen = history.slice(last + 1).reduce((sum, s) => sum + s.answers, 0);
  const several = storeIdBack(history);
  const first = history.findIndex(isNew);
  const wentBack = first >= 0 && history.slice(first).some((s) => (versionOf(s, change) ?? 'new') !== 'new');
  return { seen, several, needed: several ? WITH_SEVERAL_CACHES : wentBack ? AFTER_GOING_BACK : 1 };
}

export function isSettled(history: readonly Segment[], change: Change): boolean {
  const { seen, needed } = settlingOf(history, change);
  return seen >= needed;
}

/** A stored response came back after another had stood in its place. */
export function storeIdBack(history: readonly Pick<Segment, 'storeId'>[]): boolean {
  const left = new Set<string>();
  let held: string | undefined;
  for (const { storeId } of history) {
    if (storeId === undefined || storeId === held) continue;
    if (left.has(storeId)) return true;
    if (held !== undefined) left.add(held);
    held = storeId;
  }
  return false;
}
