// What has happened in a trace that nobody was told yet?
import type { Finding } from '../../shared/causes/finding.ts';
import type { Flip, LayerArrival } from '../../shared/model/flips.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Propagated } from '../../shared/propagation.ts';
import type { PurgeReceipt, TraceEvent } from '../../shared/trace.ts';

export type TraceCause = Finding;

/** What happens while a trace runs, as it happens. */
export interface TraceProgress {
  readonly onEvent?: (event: TraceEvent) => void;
  readonly onReceipt?: (receipt: PurgeReceipt) => void;
  readonly onFlip?: (flip: Flip) => void;
  /** Once for each cause at each place; it may turn out otherwise, the summary has what was left at the end. */
  readonly onCause?: (cause: TraceCause) => void;
  /** How far each layer has come, whenever that has changed; `at` is when. */
  readonly onLayers?: (layers: readonly LayerArrival[], at: Instant) => void;
}

/** Tells each thing once. */
export class Reporter {
  private readonly progress: TraceProgress;
  private readonly told = new Set<string>();
  private layers = '';

  constructor(progress: TraceProgress) {
    this.progress = progress;
  }

  tell({ flips, causes, layers }: Propagated, now: Instant): void {
    const { onFlip, onCause, onLayers } = this.progress;
    for (const flip of flips) {
      const { node, target, variant, flippedAt, back } = flip;
      if (this.isNew(`flip ${node}/${target}/${variant}/${flippedAt.latest}/${back}`)) onFlip?.(flip);
    }
    for (const cause of causes) if (this.isNew(causeKey(cause))) onCause?.(cause);
    const counts = layers.map(({ layer, seen, of }) => `${layer} ${seen}/${of}`).join();
    if (counts === this.layers) return;
    this.layers = counts;
    onLayers?.(layers, now);
  }

  private isNew(key: string): boolean {
    if (this.told.has(key)) return false;
    this.told.add(key);
    return true;
  }
}

const causeKey = ({ id, layer, node, target, variant }: TraceCause): string =>
  `cause ${id} ${layer}/${node}/${target}/${variant}`;
