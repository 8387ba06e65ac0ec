// Which places were purged, and when? There a flip may come at any moment.
import { reaches } from '../../shared/model/purge/effect.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';
import { placeKey, type Place } from './places.ts';
import type { Purged } from './schedule.ts';

export class Expectations {
  private readonly byNode = new Map<string, Place[]>();
  private readonly purged = new Map<string, Purged & { readonly receipt: number }>();

  constructor(places: readonly Place[]) {
    for (const place of places) {
      const { layer, node } = place;
      for (const key of [layer.id, `${layer.id}/${node.id}`]) {
        const known = this.byNode.get(key);
        if (known === undefined) this.byNode.set(key, [place]);
        else known.push(place);
      }
    }
  }

  /** The last purge that was meant for a place, by the place's key; undefined where there was none, or it was not taken. */
  of(key: string): Purged | undefined {
    return this.purged.get(key);
  }

  /** The keys of the places for which a purge is meant. */
  meant(receipt: PurgeReceipt): string[] {
    const { layer, node } = receipt;
    const there = this.byNode.get(node === undefined ? layer : `${layer}/${node}`) ?? [];
    const names = (p: Place) => ({ layer, node: p.node.id, target: p.target.id, variant: p.variant.id });
    return there.filter((p) => reaches(receipt, names(p))).map(placeKey);
  }

  /** Takes in what a receipt tells; the keys of the places at which something may happen now. */
  take(receipt: PurgeReceipt): string[] {
    const { outcome, sentAt, answeredAt, id } = receipt;
    const keys = this.meant(receipt);
    if (outcome === 'refused' || outcome === 'failed') {
      for (const key of keys) if (this.purged.get(key)?.receipt === id) this.purged.delete(key);
      return [];
    }
    for (const key of keys)
      this.purged.set(key, { receipt: id, sentAt, ...(answeredAt === undefined ? {} : { answeredAt }) });
    return keys;
  }
}
