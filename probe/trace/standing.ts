// What does a place show at the end of a wait, since when, and if it is not the change: why?
import type { TraceDocument } from '../../shared/api.ts';
import type { Standing } from '../../shared/api-wait.ts';
import { versionOf, type Change } from '../../shared/model/change.ts';
import type { Segment } from '../../shared/model/copy.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Observation } from '../../shared/observation.ts';
import { changeIn, type Reading } from '../../shared/model/reading.ts';
import { isSettled, settlingOf } from '../../shared/model/settled.ts';
import type { Track } from '../../shared/model/track.ts';
import { placeKey, type Place } from './places.ts';

export type { Standing } from '../../shared/api-wait.ts';

type Cause = TraceDocument['causes'][number];

export interface WaitedFor {
  /** The last exchange of every place, by observation id. */
  readonly observations: ReadonlyMap<number, Observation>;
  /** The content that counts as new. */
  readonly expect: string;
  /** From which arrivals are counted. */
  readonly start: Instant;
  readonly causes: readonly Cause[];
}

/**
 * One line a place, in their order. Another form of URL under which no origin serves the page (it may be a redirect there) is
 * not waited for.
 */
export function standingsOf(reading: Reading, places: readonly Place[], wanted: WaitedFor): Standing[] {
  const changes = new Map<string, Change>();
  const several = new Set(places.map(pageOf)).size > 1;
  return places.flatMap((place) => {
    const page = pageOf(place);
    const change = changes.get(page) ?? changeIn(reading, place.target.id, place.variant.id, wanted.expect);
    changes.set(page, change);
    if (place.target.sameAs !== undefined && !change.ready) return [];
    const name = several ? `${place.node.id} ${page}` : place.node.id;
    return [standingOf(place, name, reading.tracks.get(placeKey(place)), change, wanted)];
  });
}

const pageOf = ({ target, variant }: Place): string => `${target.id}/${variant.id}`;

/** How many places of each layer show the change now, of how many; outermost first. */
export function layersOf(standings: readonly Standing[]): { layer: string; seen: number; of: number }[] {
  const layers = new Map<string, { layer: string; seen: number; of: number }>();
  for (const { layer, shows } of standings) {
    const before = layers.get(layer) ?? { layer, seen: 0, of: 0 };
    layers.set(layer, { layer, seen: before.seen + (shows === 'new' ? 1 : 0), of: before.of + 1 });
  }
  return [...layers.values()];
}

function standingOf(place: Place, name: string, track: Track | undefined, change: Change, wanted: WaitedFor): Standing {
  const { layer, node, target, variant } = place;
  const held = track?.history.at(-1);
  const unread = shownBy(track, change) === 'new' ? undefined : unreadIn(place, track, wanted.observations);
  const shows = unread === undefined ? shownBy(track, change) : 'unknown';
  const cause = shows === 'new' ? undefined : causeAt(place, wanted.causes);
  const content = held?.content;
  const turn = shows === 'new' && track !== undefined ? turnToNew(track.history, change) : undefined;
  return {
    layer: layer.id,
    node: node.id,
    target: target.id,
    variant: variant.id,
    ...(layer.role === 'origin' ? { origin: true } : {}),
    shows,
    ...(content === undefined ? {} : { content }),
    ...(turn === undefined ? {} : { visibleAfter: since(turn, wanted.start) }),
    ...(cause === undefined ? {} : { cause: cause.id }),
    because: `${name} ${unread ?? said(shows, track, change, wanted.expect)}${shows === 'unknown' ? '' : causeText(cause)}.`,
  };
}

/** By its last answer; the new version counts once it has been seen as often in a row as this place makes needful. */
function shownBy(track: Track | undefined, change: Change): Standing['shows'] {
  const held = track?.history.at(-1);
  const version = held && versionOf(held, change);
  if (track === undefined || held === undefined || version === undefined) return 'unknown';
  if (version !== 'new') return version;
  return isSettled(track.history, change) ? 'new' : 'unsettled';
}

/** The first of the copies that have shown the new version without a break until now. */
function turnToNew(history: readonly Segment[], change: Change): Segment | undefined {
  const last = history.findLastIndex((s) => versionOf(s, change) !== 'new');
  return history[last + 1];
}

const since = ({ from }: Segment, start: Instant) => ({
  earliest: Math.max(0, from.earliest - start),
  latest: Math.max(0, from.latest - start),
});

/** The likeliest one at this very place; else one at the whole node or layer, or at the origin of the same page. */
function causeAt({ layer, node, target, variant }: Place, causes: readonly Cause[]): Cause | undefined {
  const fits = (told: string | undefined, own: string) => told === undefined || told === own;
  const page = causes.filter((c) => fits(c.target, target.id) && fits(c.variant, variant.id));
  return (
    page.find((c) => c.layer === layer.id && fits(c.node, node.id)) ??
    page.find((c) => c.id === 'half-rolled-origin' && layer.role === 'cache')
  );
}

const causeText = (cause: Cause | undefined): string =>
  cause === undefined ? '' : ` (${cause.id.replaceAll('-', ' ')}: ${cause.summary.replace(/\.$/, '')})`;

/** Why its page tells nothing although it came: without its marker nobody knows which version it is. */
function unreadIn(
  { target }: Place,
  track: Track | undefined,
  observations: WaitedFor['observations'],
): string | undefined {
  const result = track && observations.get(track.state.observation)?.result;
  if ('digest' in target.marker || result?.kind !== 'answer' || result.marker !== undefined) return undefined;
  const problem = result.problems?.[0];
  return problem === undefined ? undefined : `answered, but ${problem.replace(/\.$/, '')}`;
}

function said(shows: Standing['shows'], track: Track | undefined, change: Change, expect: string): string {
  switch (shows) {
    case 'new':
      return `shows ${expect}`;
    case 'unsettled': {
      const { several, seen, needed } = settlingOf(track?.history ?? [], change);
      return several
        ? `is answered by several caches, and has shown ${expect} only in the last ${seen === 1 ? 'answer' : `${seen} answers`}, not yet in ${needed} in a row`
        : `went back to the old version, and has shown ${expect} only once since`;
    }
    case 'old':
      return `still shows ${shownText(track)}`;
    case 'other':
      return `shows ${shownText(track)}`;
    case 'unknown': {
      const failure = track?.state.failure?.message.replace(/\.$/, '');
      return `never answered${failure === undefined ? '' : ` (${failure})`}`;
    }
  }
}

function shownText(track: Track | undefined): string {
  const { content, status } = { content: track?.history.at(-1)?.content ?? '', status: track?.state.status };
  const answered = status === undefined || status === 200 ? '' : `, answered with ${status}`;
  if (!content.startsWith('sha256:')) return `${content.slice(0, 60)}${answered}`;
  return `a page without that marker (digest ${content.slice(7, 19)}${answered})`;
}
