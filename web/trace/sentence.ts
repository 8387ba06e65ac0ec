// How far has the change come, how soon, and who does not show it yet? One sentence for a person, and what asking cost.
import { shortContent } from '../layout/fit.ts';
import { betweenText, secondsText } from '../layout/seconds-text.ts';
import type { Percentiles } from '../layout/share-curve.ts';
import type { Interval } from '../../shared/model/interval.ts';
import type { Part } from '../answer.ts';
import type { Cause } from './causes.ts';
import type { LayerStanding } from './standing.ts';
import type { Lane } from './stretches.ts';
import type { Start } from './start.ts';

export interface Told {
  readonly start: Start;
  readonly standings: readonly LayerStanding[];
  /** Over all caches. */
  readonly percentiles: Percentiles;
  /** When the last of them had it; absent while one has not. */
  readonly last?: Interval | undefined;
  readonly causes: readonly Cause[];
  /** Seconds since the start. */
  readonly now: number;
  readonly running: boolean;
}

const text = (t: string): Part => ({ kind: 'text', text: t });

export const START_WORDS: Readonly<Record<Start['kind'], string>> = {
  deploy: 'the deploy',
  purge: 'the purge',
  'origin-ready': 'the origin had it',
  look: 'the first look',
};

/** Tenths at first; nobody reads them beside whole minutes. */
const soFar = (now: number): string => secondsText(now, now < 10 ? 0.1 : 1);

const few = (names: readonly string[]): string => {
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
};

const nodesOf = (lanes: readonly Lane[]): string[] => [...new Set(lanes.map((l) => l.node))];

const counted = (s: LayerStanding): string => `${s.layer} ${s.nodes === 1 ? 'node' : 'nodes'}`;

/** `on all 8 edge nodes`, `on 7 of 8 edge nodes`, `not yet on any of the 8 edge nodes`. */
function share(s: LayerStanding): string {
  if (s.nodes === 1) return s.shown === 1 ? `on the ${counted(s)}` : `not on the ${counted(s)}`;
  if (s.shown === s.nodes) return `on all ${s.nodes} ${counted(s)}`;
  return s.shown === 0 ? `on none of the ${s.nodes} ${counted(s)}` : `on ${s.shown} of ${s.nodes} ${counted(s)}`;
}

/** Where the change is: the origins while these wait, the layers that are behind, and the outermost. */
function whereParts(standings: readonly LayerStanding[]): string {
  const origins = standings.filter((s) => s.role === 'origin');
  const caches = standings.filter((s) => s.role === 'cache');
  const waiting = origins.filter((s) => s.shown < s.nodes);
  if (waiting.length > 0 && caches.every((s) => s.shown === 0)) return waiting.map(share).join(' and ');
  if (caches.length === 0) return origins.map(share).join(' and ');
  if (caches.every((s) => s.shown === s.nodes)) {
    const nodes = caches.reduce((sum, s) => sum + s.nodes, 0);
    return caches.length === 1 ? share(caches[0]!) : `on all ${nodes} nodes of ${caches.length} cache layers`;
  }
  const behind = caches.filter((s) => s.outermost || s.shown < s.nodes);
  return behind.slice(0, 3).map(share).join(' and ');
}

const PHRASES: Readonly<Record<string, string>> = {
  'purge-race': 'refilled with the old page after the purge',
  'premature-purge': 'purged before the origin was ready',
  'purge-lost': 'the purge was lost there',
  'variant-not-purged': 'the purge did not reach this variant',
  'wrong-key-purged': 'the purge was for another form of the URL',
  'nodes-disagree': 'the nodes of its layer disagree',
  'half-rolled-origin': 'the origins do not agree',
  'stale-while-revalidate': 'it serves the old page while it fetches the new one',
};

/** The cause that was found for these lanes, as a clause; empty where none was, or several were. */
function because(late: readonly Lane[], causes: readonly Cause[]): string {
  const concerns = (c: Cause): boolean =>
    late.some((l) => c.layer === l.layer && (c.node === undefined || c.node === l.node));
  const ids = new Set(causes.filter(concerns).map((c) => c.id));
  const [id] = ids;
  return ids.size !== 1 || id === undefined || PHRASES[id] === undefined ? '' : `: ${PHRASES[id]}`;
}

function lateParts(told: Told): Part[] {
  const caches = told.standings.filter((s) => s.role === 'cache');
  const late = caches.flatMap((s) => s.late);
  const back = late.filter((l) => l.again > 0);
  const never = late.filter((l) => l.again === 0);
  const has = (lanes: readonly Lane[], one: string, several: string): string =>
    nodesOf(lanes).length === 1 ? one : several;
  const parts: Part[] = [];
  if (back.length > 0) {
    const verb = told.running ? has(back, 'shows', 'show') : 'showed';
    parts.push(text(`${few(nodesOf(back))} ${verb} the old version again${because(back, told.causes)}`));
  }
  const none = caches.every((s) => s.shown === 0) && back.length === 0;
  if (never.length > 0 && !none) {
    const verb = told.running ? has(never, 'has not shown it', 'have not shown it') : 'had not shown it';
    const when = told.running ? `for ${soFar(told.now)}` : `after ${soFar(told.now)}`;
    parts.push(text(`${few(nodesOf(never))} ${verb} ${when}${because(never, told.causes)}`));
  }
  return parts;
}

function nameParts({ kind, expect }: Start): Part[] {
  if (expect !== undefined) return [text('Build '), { kind: 'build', text: shortContent(expect, 16), version: 'new' }];
  return [text(kind === 'look' ? 'What the origins serve' : 'The change')];
}

/** The sentence, in pieces: words, the name of a build, and spans of time. */
export function sentenceFor(told: Told): Part[] {
  const { start, standings, percentiles, now } = told;
  const caches = standings.filter((s) => s.role === 'cache');
  const isQuiet = start.kind === 'look' && start.expect === undefined && standings.every((s) => !s.turned);
  const where = text(` ${told.running ? 'is' : 'was'} ${whereParts(standings)}`);
  if (isQuiet && standings.every((s) => s.late.length === 0))
    return [text('No change was seen: what the origins serve'), where, text('.')];
  const parts: Part[] = [...nameParts(start), where];
  const after = start.kind === 'origin-ready' ? 'after the origin had it' : `after ${START_WORDS[start.kind]}`;
  // what did not turn did not take any time
  if (isQuiet) parts.push(text(`, ${soFar(now)} ${after}`));
  else if (percentiles.p50 !== undefined && caches.length > 0)
    parts.push(text('; half had it '), { kind: 'instant', text: betweenText(percentiles.p50) }, text(` ${after}`));
  else if (caches.length > 0) parts.push(text(`, ${soFar(now)} ${after}`));
  for (const part of lateParts(told)) parts.push(text('; '), part);
  const isEverywhere = caches.every((s) => s.late.length === 0);
  if (isEverywhere && told.last !== undefined && caches.some((s) => s.nodes > 1))
    parts.push(text(', the last '), { kind: 'instant', text: betweenText(told.last) }, text(' after'));
  return [...parts, text('.')];
}

/** Requests of ours, and at how many of them a cache may have changed what it holds (shared/model/observer.ts). */
export interface Asked {
  readonly requests: number;
  readonly refreshing: number;
  readonly stale: number;
  readonly untold: number;
}

/** What asking cost, and what it may have changed. */
export function costSentences({ requests, refreshing, stale, untold }: Asked, isRunning: boolean): string[] {
  const so = isRunning ? 'so far' : 'in all';
  const said = [`Strata sent ${requests} ${requests === 1 ? 'request' : 'requests'} ${so}.`];
  if (refreshing > 0)
    said.push(
      `At ${refreshing} of them a cache fetched or validated its copy because Strata asked, so these copies may be fresher than visitors alone would have made them.`,
    );
  if (stale > 0) said.push(`${stale} met a stale copy, which may have been refreshed behind the answer.`);
  if (untold > 0) said.push(`At ${untold} nothing tells whether a cache did.`);
  if (requests > 0 && refreshing + stale + untold === 0)
    said.push('No cache said that it fetched anything because Strata asked.');
  return said;
}
