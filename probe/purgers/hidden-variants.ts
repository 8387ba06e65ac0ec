// What if a cache finds a page's variants by way of the one it stored first? Then their order matters, and some are named again.
import type { PurgeEffect } from '../../shared/model/purge/effect.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import type { PurgeStep } from './purger.ts';

/** A step that was carried out, and its receipt. */
export interface Done {
  readonly step: PurgeStep;
  readonly receipt: PurgeReceipt;
}

/**
 * The steps of one wave in lists, each to be sent one by one: a page's variants where a purge takes only one of them, the
 * usual one last. It is likely to be the one by which the others are found, and gone first it would hide them.
 */
export function inTurn(wave: readonly PurgeStep[], effectOf: (step: PurgeStep) => PurgeEffect): PurgeStep[][] {
  const turns = new Map<string, PurgeStep[]>();
  for (const [i, step] of wave.entries()) {
    const key = isOneVariant(step, effectOf(step)) ? pageOf(step) : String(i);
    turns.set(key, [step, ...(turns.get(key) ?? [])]);
  }
  return [...turns.values()];
}

/**
 * Squid and nginx find a variant by what they keep under the page's own key. A purge of one variant may take that along:
 * then the others are "not there", and come back, old, as soon as the page is stored again.
 * @returns the steps to carry out once more, when the page is stored again
 */
export function hiddenVariants(done: readonly Done[]): PurgeStep[] {
  const forgotten = new Set(done.filter(({ receipt }) => receipt.outcome === 'accepted').map((d) => pageOf(d.step)));
  return done
    .filter(({ step, receipt }) => {
      const isHidden = receipt.outcome === 'was-not-there' && forgotten.has(pageOf(step));
      return isHidden && !step.rebound && isOneVariant(step, receipt.effect);
    })
    .map(({ step }) => ({
      ...step,
      rebound: true,
      because: `Once more: ${step.layer.id} could not find this variant while another one had just been purged.`,
    }));
}

const isOneVariant = ({ node }: PurgeStep, effect: PurgeEffect | undefined): boolean =>
  effect?.scope === 'url' && effect.variants === 'one' && node !== undefined;

const pageOf = ({ node, pages }: PurgeStep): string => `${node?.id ?? ''} ${pages[0].target.id}`;
