// Which variants could a cache not find because it had just forgotten another one of the same page? They must be named again.
import type { PurgeReceipt } from '../../shared/trace.ts';
import type { PurgeStep } from './purger.ts';

/** A step that was carried out, and its receipt. */
export interface Done {
  readonly step: PurgeStep;
  readonly receipt: PurgeReceipt;
}

/**
 * Squid and nginx find a variant by what they keep under the page's own key. A purge of one variant may take that along:
 * then the others are "not there", and come back, old, as soon as the page is stored again.
 * @returns the steps to carry out once more, after the page had time to be stored
 */
export function hiddenVariants(done: readonly Done[]): PurgeStep[] {
  const forgotten = new Set(done.filter(({ receipt }) => receipt.outcome === 'accepted').map(pageOf));
  return done
    .filter(({ step, receipt }) => {
      const { effect, outcome } = receipt;
      const oneByOne = effect?.scope === 'url' && effect.variants === 'one' && step.node !== undefined;
      return oneByOne && !step.rebound && outcome === 'was-not-there' && forgotten.has(pageOf({ step, receipt }));
    })
    .map(({ step }) => ({
      ...step,
      rebound: true,
      because: `Once more: ${step.layer.id} could not find this variant while another one had just been purged.`,
    }));
}

const pageOf = ({ step }: Done): string => `${step.node?.id ?? ''} ${step.pages[0].target.id}`;
