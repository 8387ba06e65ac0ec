// What should whoever sent this response know about how caches read it? To add a note: a kind and a rule in one topic.
import type { Hop } from '../hops.ts';
import type { Instant } from '../model/interval.ts';
import type { RecordedResponse } from '../recorded-response.ts';
import { ageDate } from './age-date.ts';
import { cacheControl } from './cache-control.ts';
import { chains } from './chains.ts';
import { conflicts } from './conflicts.ts';
import { cookies } from './cookies.ts';
import { encodings } from './encodings.ts';
import { freshness } from './freshness.ts';
import type { Note, Topic } from './note.ts';
import { sceneOf, type Scene } from './scene.ts';
import { staleWindows } from './stale-windows.ts';
import { status } from './status.ts';
import { targeted } from './targeted.ts';
import { validators } from './validators.ts';
import { vary } from './vary.ts';
import { vendor } from './vendor.ts';

/** Topics of one response, in the order in which a reader wants them. */
export const topics: readonly Topic<Scene>[] = [
  chains,
  freshness,
  status,
  staleWindows,
  ageDate,
  cacheControl,
  conflicts,
  targeted,
  cookies,
  vary,
  encodings,
  validators,
  vendor,
];

/** Notes on one response; `hops` are those of `hopsIn`. `now` stands in for an instant that the response does not have. */
export function notesOn(response: RecordedResponse, hops: readonly Hop[], now: Instant): Note[] {
  const scene = sceneOf(response, hops, now);
  return topics.flatMap((topic) => topic.read(scene));
}
