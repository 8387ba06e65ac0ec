// How often must a place show the change before it counts as there?
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/model/change.ts';
import type { Segment } from '../../../shared/model/copy.ts';
import { isSettled, settlingOf } from '../../../shared/model/settled.ts';

const change: Change = { expect: 'new', previous: ['old'], ready: true };

/** `old#6 old#9 new×3`: content, store id, and how many exchanges in a row showed it. */
const history = (text: string): Segment[] =>
  text.split(' ').map((word, i) => {
    const [, content, storeId, answers = '1'] = /^(\w+)(?:#(\w+))?(?:×(\d+))?$/.exec(word)!;
    const at = { earliest: i, latest: i };
    const id = storeId === undefined ? {} : { storeId };
    return { content: content!, ...id, storedAt: at, from: at, lastSeen: i, answers: Number(answers) };
  });

describe('a place counts as there', () => {
  it.each([
    ['old new', 1, 1],
    ['old#1 new#2', 1, 1],
    ['new×5', 5, 1],
    ['old new old new', 1, 2],
    ['old new old new×2', 2, 2],
    ['old new old new new', 2, 2],
    ['old#6 old#9 old#6 new#12', 1, 8],
    ['old#6 old#9 old#6 new#12 new#15 new#12×5', 7, 8],
    ['old#6 old#9 old#6 new#12 new#15 new#12×6', 8, 8],
    ['old#6 old#9 old#6 new×7 old#9 new×7', 7, 8],
    ['old#6 old new#9 old#6 new×2', 2, 8],
    ['old#1 old#2 old#3 new#4', 1, 1],
    ['old old new old', 0, 2],
    ['old', 0, 1],
  ])('%s: after %i of %i answers in a row', (text, seen, needed) => {
    const said = settlingOf(history(text), change);
    expect(said).toMatchObject({ seen, needed });
    expect(isSettled(history(text), change)).toBe(seen >= needed);
  });
});
