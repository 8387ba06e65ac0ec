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

  /** Takes in what a receipt tells; the keys of the places at which something may happen now. */
  take(receipt: PurgeReceipt): string[] {
    const { layer, node, outcome, sentAt, answeredAt, id } = receipt;
    const meant = this.byNode.get(node === undefined ? layer : `${layer}/${node}`) ?? [];
    const keys = meant
      .filter((p) =>
        reaches(receipt, { layer: p.layer.id, node: p.node.id, target: p.target.id, variant: p.variant.id }),
      )
      .map(placeKey);
    const known = keys.filter((key) => this.purged.get(key)?.receipt === id);
    if (outcome === 'refused' || outcome === 'failed') {
      for (const key of known) this.purged.delete(key);
      return [];
    }
    for (const key of keys)
      this.purged.set(key, { receipt: id, sentAt, ...(answeredAt === undefined ? {} : { answeredAt }) });
    return keys;
  }
}
