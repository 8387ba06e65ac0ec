// What has come of a change so far: where and when did it arrive, and what holds it up elsewhere?
import type { Asked } from './causes/facts.ts';
import type { Finding } from './causes/finding.ts';
import { findCauses } from './causes/index.ts';
import { flipsIn, type FlipSummary } from './model/flips.ts';
import type { Instant } from './model/interval.ts';
import { origins } from './topology.ts';

export interface Propagated extends FlipSummary {
  readonly causes: readonly Finding[];
}

export interface Watched extends Asked {
  /** Whether a place is watched for its own sake; absent: all are. What others showed only helps to explain it. */
  readonly isChosen?: (place: { layer: string; node: string; target: string; variant: string }) => boolean;
}

/** Flips and causes as they are known at `now`; percentiles have bands where `chance` (numbers from 0 up to 1) is given. */
export function propagated(watched: Watched, now: Instant, chance?: () => number): Propagated {
  const { reading, start, expect, isChosen = () => true } = watched;
  const origin = new Set(origins(reading.topology).map((l) => l.id));
  const tracks = [...reading.tracks].filter(([, { state }]) => origin.has(state.layer) || isChosen(state));
  const all = flipsIn({ ...reading, tracks: new Map(tracks) }, start, expect, now, chance);
  const concerns = ({ layer, node, target, variant }: Finding): boolean =>
    origin.has(layer) ||
    node === undefined ||
    target === undefined ||
    variant === undefined ||
    isChosen({ layer, node, target, variant });
  return { ...all, flips: all.flips.filter(isChosen), causes: findCauses(watched, now).filter(concerns) };
}
