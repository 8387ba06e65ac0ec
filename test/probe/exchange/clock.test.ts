// The wall clock that one exchange reads only ever moves forward.
import { expect, it } from 'vitest';
import { reanchor, wallClock, wallNow, wallStep } from '../../../probe/exchange/clock.ts';

it('agrees with the system’s clock and keeps the fraction of a millisecond', () => {
  expect(Math.abs(wallNow() - Date.now() / 1000)).toBeLessThan(0.05);
  expect(Math.abs(wallStep())).toBeLessThan(0.05);
});

it('does not move within one exchange, whatever is done about a step', () => {
  const wall = wallClock();
  const before = wall(1000);
  reanchor();
  expect(wall(1000)).toBe(before);
  expect(wall(1500) - before).toBeCloseTo(0.5, 6);
});
