// What is known of every place, when somebody asks why it does not show the change?
import type { Topology } from '../topology.ts';
import { versionOf, type Change } from '../model/change.ts';
import type { Segment } from '../model/copy.ts';
import type { Instant } from '../model/interval.ts';
import type { Reading } from '../model/reading.ts';
import type { Track } from '../model/track.ts';
import type { LastPurge } from './last-purge.ts';

/** One node's history of one target and variant. */
export interface Place {
  readonly layer: string;
  readonly node: string;
  readonly target: string;
  readonly variant: string;
  readonly track: Track;
  readonly change: Change;
  /** The last purge since the start that was to reach it; none at an origin. */
  readonly purge?: LastPurge;
}

export interface Asked {
  readonly reading: Reading;
  /** Purges before it belong to another change. */
  readonly start: Instant;
  /** The content that counts as new. */
  readonly expect?: string;
  /** Seconds that a deploy usually takes to reach all origins. Default 60. */
  readonly roll?: number;
}

export interface Facts extends Asked {
  readonly topology: Topology;
  readonly roll: number;
  readonly now: Instant;
  readonly caches: readonly Place[];
  readonly origins: readonly Place[];
  /** All places by node, and by layer and page (`pageIn`). */
  readonly byNode: ReadonlyMap<string, readonly Place[]>;
  readonly byPage: ReadonlyMap<string, readonly Place[]>;
  /** Nodes behind whose address several caches answer: a copy came back after another had stood in its place. */
  readonly several: ReadonlySet<string>;
}

export const isNew = ({ change }: Place, segment: Segment): boolean => versionOf(segment, change) === 'new';

export const isOld = ({ change }: Place, segment: Segment): boolean => versionOf(segment, change) === 'old';

/** What it answered last; undefined before its first answer. */
export const shown = ({ track }: Place): Segment | undefined => track.history.at(-1);

/** The name of one page in one layer. */
export const pageIn = (layer: string, { target, variant }: Place): string => `${layer}/${target}/${variant}`;

/** The places of one page in one layer. */
export const inLayer = ({ byPage }: Facts, layer: string, page: Place): readonly Place[] =>
  byPage.get(pageIn(layer, page)) ?? [];

/** The other places of the same node. */
export const besides = ({ byNode }: Facts, place: Place): Place[] =>
  (byNode.get(place.node) ?? []).filter((p) => p !== place && p.layer === place.layer);

export const samePage = (a: Place, b: Place): boolean => a.target === b.target && a.variant === b.variant;

/** The old copies that it keeps and showed in exchanges that began at or after `at`, oldest first. */
export const oldSince = (place: Place, at: Instant): Segment[] =>
  place.track.history.filter((s) => s.notKept !== true && isOld(place, s) && (s.lastAsked ?? -Infinity) >= at);
