import { describe, expect, it } from 'vitest';
import { hopVerdict } from '../../shared/hop-words.ts';

describe('the verdict on a cache', () => {
  it('does not call an answer stale that was fetched because the copy had expired', () => {
    expect(hopVerdict({ cacheStatus: { fwd: 'stale' } })).toBe('expired, asked');
    expect(hopVerdict({ cacheStatus: { hit: true }, stale: true })).toBe('hit, stale');
  });

  it('is the reason for which it asked its parent, or nothing where it does not say', () => {
    expect(hopVerdict({ cacheStatus: { fwd: 'vary-miss' } })).toBe('vary-miss');
    expect(hopVerdict({ cacheStatus: {} })).toBe('');
  });
});
