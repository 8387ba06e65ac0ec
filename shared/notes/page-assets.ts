// Do a page and the scripts and styles that it names belong together, and will they still after the next deploy?
import { parseDate } from '../http/date.ts';
import { first } from '../http/fields.ts';
import { isExplicit, lifetimeOf } from '../http/freshness.ts';
import { seconds, cacheControlOf } from '../http/cache-control.ts';
import { spokenDuration } from '../duration.ts';
import type { Instant } from '../model/interval.ts';
import { ageOf, told, type Answered } from './answered.ts';
import { hasFingerprint, pathOf } from './conflicts.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';
import { common } from './scene.ts';

/** A page and what it names; `now` stands in for what is not known. */
export interface PageAssets {
  readonly page: Answered;
  readonly assets: readonly Answered[];
  /** Named, and not asked for: there were too many. */
  readonly left?: number;
  readonly now: Instant;
}

const kinds = {
  'assets-agree': {
    level: 'good',
    why: 'Every script and style that the page names is there, none changed after the page was made, and each has a URL of its own for each version.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9111, '4.2'),
  },
  'asset-missing': {
    level: 'bad',
    why: 'The page names a file that is not there (any more): it is older than the files, or newer. Visitors see a broken page until the page is purged.',
    remedy:
      'Keep the files of the last builds on the server for as long as any cache may keep a page; purge pages on deploy.',
    reference: rfc(9110, '15.5.5'),
  },
  'asset-changed-after-page': {
    level: 'warning',
    why: 'A file was changed after this copy of the page was made, and its URL is the same: an old page runs with a new file.',
    remedy: 'Put a hash of the content into the names of files; then old and new stand side by side.',
    reference: rfc(9110, '8.8.2'),
  },
  'page-outlives-asset': {
    level: 'warning',
    why: 'The page may be kept longer than this file, whose URL does not change with its content: after a deploy the old page gets the new file.',
    remedy: 'Put a hash into the file’s name and keep it for a year; keep the page shortly.',
    reference: rfc(9111, '4.2.1'),
  },
  'asset-outlives-build': {
    level: 'warning',
    why: 'The URL does not change with the content, and browsers keep the file for long: a new page runs with the old file, and no purge helps.',
    remedy: 'Put a hash of the content into its name; or shorten max-age and send an ETag.',
    reference: rfc(9111, '5.2.2.1'),
  },
  'asset-refetched': {
    level: 'info',
    why: 'The URL changes with the content, so that the file could be kept for a year; it is asked for again and again.',
    remedy: 'Cache-Control: max-age=31536000, immutable.',
    reference: rfc(8246, '2'),
  },
  'builds-differ': {
    level: 'bad',
    why: 'Page and files name their build in a field, and the builds differ: caches on the way hold parts of two deploys.',
    remedy: 'Purge the page and its files together; keep old files available under their own names.',
    reference: rfc(9111, '4.2.4'),
  },
  'assets-left': {
    level: 'info',
    why: 'Only so many files are asked for, so that a look stays a small load.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9110, '9.2.1'),
  },
} as const;

type Id = keyof typeof kinds;
const DAY = 86_400;
const BUILD_FIELDS = [
  'x-build',
  'x-build-id',
  'x-version',
  'x-app-version',
  'x-revision',
  'x-release',
  'x-commit',
  'x-git-commit',
  'x-git-sha',
  'x-deployment-id',
];

export const pageAssets = topic(kinds, (scene: PageAssets, say) => {
  const { page, assets, left = 0, now } = scene;
  const found = new Map<Id, { first: string; times: number; evidence: string[] }>();
  const tell: Say<Id> = (id, summary, evidence = []) => {
    const known = found.get(id) ?? { first: summary, times: 0, evidence: [] };
    known.times += 1;
    known.evidence.push(...evidence);
    found.set(id, known);
  };
  const present = assets.filter((asset) => isThere(asset, tell));
  const made = madeAt(page, now);
  for (const asset of present) {
    changed(asset, made, now, tell);
    lifetimes(page, asset, now, tell);
  }
  builds(page, present, tell);
  // a page names dozens of files: one note for all of one kind
  for (const [id, { first: summary, times, evidence }] of found) {
    say(id, times === 1 ? summary : `${summary} ${times - 1} more like it.`, evidence.slice(0, MOST_EVIDENCE));
  }
  if (left > 0) say('assets-left', `${left} more files were not asked for.`);
  if (found.size === 0 && present.length > 0) {
    say(
      'assets-agree',
      `${present.length} scripts and styles fit the page.`,
      present.slice(0, MOST_EVIDENCE).map(line),
    );
  }
});

const MOST_EVIDENCE = 20;

const line = (asset: Answered): string => told(pathOf(asset.response.url), asset);
const nameOf = ({ response }: Answered): string => pathOf(response.url);

function isThere(asset: Answered, say: Say<Id>): boolean {
  const { status } = asset.response;
  if (status >= 400) say('asset-missing', `${nameOf(asset)} answers ${status}.`, [line(asset)]);
  return status < 400;
}

/** When this copy of the page was made, at the latest: its Date, or so long ago as Age says. */
function madeAt(page: Answered, now: Instant): Instant | undefined {
  const received = page.response.receivedAt ?? now;
  const age = ageOf(page);
  const date = parseDate(first(page.response.fields, 'date') ?? '', now);
  if (age === undefined) return date;
  return date === undefined ? received - age : Math.min(date, received - age);
}

function changed(asset: Answered, made: Instant | undefined, now: Instant, say: Say<Id>): void {
  const { fields, url } = asset.response;
  const modified = parseDate(first(fields, 'last-modified') ?? '', now);
  if (made === undefined || modified === undefined || modified <= made || hasFingerprint(url)) return;
  say(
    'asset-changed-after-page',
    `${nameOf(asset)} was changed ${spokenDuration(modified - made)} after the page was made.`,
    [line(asset)],
  );
}

const browserLifetime = ({ response: { fields } }: Answered): number | undefined => {
  const own = seconds(cacheControlOf(fields), 'max-age');
  return typeof own === 'number' ? own : undefined;
};

function sharedLifetime({ response: { status, fields, receivedAt } }: Answered, now: Instant): number | undefined {
  const lifetime = lifetimeOf(status, fields, common, {}, receivedAt ?? now);
  return isExplicit(lifetime) && lifetime?.invalid !== true ? lifetime?.seconds : undefined;
}

function lifetimes(page: Answered, asset: Answered, now: Instant, say: Say<Id>): void {
  const own = browserLifetime(asset);
  if (hasFingerprint(asset.response.url)) {
    if (own !== undefined && own < DAY)
      say('asset-refetched', `${nameOf(asset)} is kept for ${spokenDuration(own)} only.`, [line(asset)]);
    return;
  }
  const [ofPage, ofAsset] = [sharedLifetime(page, now), sharedLifetime(asset, now)];
  if (own !== undefined && own >= DAY)
    say('asset-outlives-build', `${nameOf(asset)} is kept by browsers for ${spokenDuration(own)}.`, [line(asset)]);
  else if (ofPage !== undefined && ofAsset !== undefined && ofPage > ofAsset) {
    say(
      'page-outlives-asset',
      `The page is kept for ${spokenDuration(ofPage)}, ${nameOf(asset)} for ${spokenDuration(ofAsset)}.`,
      [line(asset)],
    );
  }
}

function builds(page: Answered, assets: readonly Answered[], say: Say<Id>): void {
  for (const name of BUILD_FIELDS) {
    const own = first(page.response.fields, name);
    if (own === undefined) continue;
    const others = assets.filter((asset) => (first(asset.response.fields, name) ?? own) !== own);
    if (others.length === 0) continue;
    const evidence = [
      `page: ${name}: ${own}`,
      ...others.map((a) => `${nameOf(a)}: ${name}: ${first(a.response.fields, name) ?? ''}`),
    ];
    say('builds-differ', `The page is of ${own}, ${others.length} of its files are not.`, evidence);
  }
}
