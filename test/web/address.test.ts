import { describe, expect, it } from 'vitest';
import { readAddress, writeAddress } from '../../web/address.ts';
import type { Address } from '../../web/address.ts';

describe('the address of a view', () => {
  it('opens the same view again', () => {
    const view: Address = {
      cell: 'edge/edge-ams',
      table: true,
      theme: 'dark',
      at: 1763850000.123,
      target: 'home',
      variant: 'mobile',
    };
    expect(readAddress(writeAddress(view))).toEqual(view);
  });

  it('is empty for the first view', () => {
    expect(writeAddress({ table: false, theme: 'system' })).toBe('');
  });

  it('leaves out what it cannot read', () => {
    expect(readAddress('?at=yesterday&theme=pink&view=poem')).toEqual({ table: false, theme: 'system' });
  });

  it('survives names that would mean something else in an address', () => {
    const view: Address = { cell: 'edge/a&b=c #1', table: false, theme: 'system' };
    expect(readAddress(writeAddress(view)).cell).toBe('edge/a&b=c #1');
  });
});
