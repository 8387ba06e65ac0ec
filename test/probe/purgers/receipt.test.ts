import { describe, expect, it } from 'vitest';
import { planPurge } from '../../../probe/purgers/plan.ts';
import { intended } from '../../../probe/purgers/receipt.ts';
import { contractOf, siteOf, VENDORS } from './vendors/contract.ts';
import { purgeKind } from '../../../shared/purge/index.ts';

describe('a receipt', () => {
  it.each(VENDORS)('of %s keeps how long its vendor says that a purge takes, for whoever reads it later', (vendor) => {
    const contract = contractOf(vendor);
    const [step] = planPurge(siteOf(contract, contract.cases[0]!, 'http://127.0.0.1:1')).steps;
    const receipt = intended(step!, 1, 1_800_000_000);
    expect(receipt).toMatchObject({ id: 1, outcome: 'unknown', sentAt: 1_800_000_000 });
    expect(receipt.effect?.settles).toBe(purgeKind(step!.purge.by).settles);
  });
});
