// The answer: which layers still hold the old page, and when does the last one let go? One sentence, for a person.
import { clockTime, digitsFor, duration, known, resolution } from './layout/clock-text.ts';
import { shortContent } from './layout/fit.ts';
import { isFooting } from '../shared/model/footing.ts';
import { sentence } from '../shared/model/reason.ts';
import type { Instant, Interval } from '../shared/model/interval.ts';
import type { CellView, LayerView, Picture, Version } from './derive.ts';

export type AnswerKind =
  | 'nothing-seen'
  | 'expected'
  | 'steady'
  | 'disagree'
  | 'origin-waits'
  | 'half-rolled'
  | 'rising'
  | 'visible'
  | 'unreachable'
  | 'cannot-tell';

/** A piece of the sentence: words, the name of a build, an instant on the clock, or the time left until one. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'build'; readonly text: string; readonly version: Version }
  | { readonly kind: 'instant'; readonly text: string }
  | { readonly kind: 'countdown'; readonly until: Instant };

export interface Answer {
  readonly kind: AnswerKind;
  readonly parts: readonly Part[];
  /** Why, and what to do now. */
  readonly second: readonly string[];
}

const text = (t: string): Part => ({ kind: 'text', text: t });
const build = (content: string | undefined, version: Version): Part => ({
  kind: 'build',
  text: content === undefined ? 'unknown' : shortContent(content, 16),
  version,
});

const list = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const few = (names: readonly string[]): string =>
  names.length <= 3 ? list(names) : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;

const failedIn = (p: Picture): CellView[] => [...p.cells.values()].filter((c) => c.outcome === 'failed');
const holds = (l: LayerView, v: Version): CellView[] => l.cells.filter((c) => c.version === v);

/** `edge-gru`, or `3 of 8 edge nodes`. */
function subjectOf(layer: LayerView, cells: readonly CellView[]): { readonly words: string; readonly one: boolean } {
  if (cells.length === 1) return { words: cells[0]!.node, one: true };
  const all = layer.cells.length === cells.length ? `All ${cells.length}` : `${cells.length} of ${layer.cells.length}`;
  return { words: `${all} ${layer.id} nodes`, one: false };
}

/** The instant by which every one of the cells shows the change; undefined when one of them is not bounded. */
export function lastOf(cells: readonly CellView[]): Interval | undefined {
  const ends = cells.map((c) => {
    const f = c.forecast;
    if (f === undefined) return undefined;
    const [early, late] = f.band90 ?? [f.earliest, f.latest ?? f.median];
    return late === undefined ? undefined : { earliest: early, latest: late };
  });
  if (ends.length === 0 || ends.includes(undefined)) return undefined;
  const known = ends.filter((e) => e !== undefined);
  return { earliest: Math.max(...known.map((e) => e.earliest)), latest: Math.max(...known.map((e) => e.latest)) };
}

/** `at 14:32:10.2, in 12 s` or `between 14:32:10 and 14:32:19, at most 21 s from now`. */
function whenParts(end: Interval, lead: string): Part[] {
  const width = end.latest - end.earliest;
  const digits = digitsFor(width);
  if (width >= 1)
    return [
      text(`${lead} between `),
      { kind: 'instant', text: `${clockTime(end.earliest)} and ${clockTime(end.latest)}` },
      text(', '),
      { kind: 'countdown', until: end.latest },
      text(' from now at the latest.'),
    ];
  const at = (end.earliest + end.latest) / 2;
  return [
    text(`${lead} at `),
    { kind: 'instant', text: clockTime(at, Math.min(digits, 2)) },
    text(', in '),
    { kind: 'countdown', until: at },
    text('.'),
  ];
}

function holdersParts(p: Picture): Part[] {
  const withOld = p.layers.filter((l) => l.role === 'cache' && holds(l, 'old').length > 0);
  if (withOld.length > 3) {
    const old = withOld.flatMap((l) => holds(l, 'old'));
    return [
      text(`${old.length} nodes in ${withOld.length} layers still serve `),
      build(p.change.previous[0] ?? old[0]?.content, 'old'),
    ];
  }
  return withOld.flatMap((layer, i): Part[] => {
    const subject = subjectOf(layer, holds(layer, 'old'));
    const words = i === 0 ? subject.words : subject.words.replace(/^All/, 'all');
    const lead = i === 0 ? '' : i === withOld.length - 1 ? ' and ' : ', ';
    const single = withOld.length === 1 && subject.one;
    const verb = single ? ' still serves ' : ' still serve ';
    return [
      text(lead + words),
      ...(i === withOld.length - 1
        ? [text(verb), build(p.change.previous[0] ?? holds(layer, 'old')[0]?.content, 'old')]
        : []),
    ];
  });
}

function whyOld(cells: readonly CellView[], p: Picture): string[] {
  const lead = cells.toSorted((a, b) => (b.forecast?.latest ?? 0) - (a.forecast?.latest ?? 0))[0];
  if (lead === undefined) return [];
  const relapsed = cells.find((c) => c.relapse !== undefined);
  if (relapsed !== undefined) {
    const from = relapsed.relapse?.from === undefined ? 'a parent' : relapsed.relapse.from;
    return [
      `${relapsed.node} was emptied and took the old page again from ${from}, which still held it. Purge from the inside out: innermost layer first.`,
    ];
  }
  const lines: string[] = [];
  const s = lead.state;
  if (s?.lifetime !== undefined && s.freshUntil !== undefined && p.at < s.freshUntil.latest) {
    const since =
      s.generatedAt === undefined ? '' : `, made ${clockTime((s.generatedAt.earliest + s.generatedAt.latest) / 2, 1)}`;
    lines.push(`${lead.node} is inside the ${duration(s.lifetime)} it may keep its copy${since}.`);
    const refill = lead.forecast?.terms.find((t) => t.because.code === 'refills-with-old');
    if (refill !== undefined) lines.push(sentence(refill.because));
  } else if (s?.freshUntil !== undefined) {
    lines.push(`The copy in ${lead.node} is no longer fresh; the next request there brings the new page.`);
  }
  const purged = p.events.some(
    (e) =>
      e.type === 'purge-accepted' &&
      e.at.latest >= (p.change.readyAt?.earliest ?? p.change.deployedAt?.earliest ?? Infinity),
  );
  if (!purged) lines.push('Nothing has been purged: wait, or purge from the inside out.');
  if (p.browserUntil !== undefined && p.browserUntil > p.at)
    lines.push(`A visitor who already has the page may keep it until ${clockTime(p.browserUntil)}.`);
  return lines;
}

function failuresText(p: Picture): string[] {
  const failed = failedIn(p);
  if (failed.length === 0) return [];
  const why = failed[0]?.state?.failure?.message;
  const names = few(failed.map((c) => c.node));
  const said = why === undefined ? '' : ` (${why.replace(/\.$/, '')})`;
  return [
    `${names} ${failed.length === 1 ? 'does' : 'do'} not answer${said}; what is shown there is the last that was seen.`,
  ];
}

function steady(p: Picture): Answer {
  const seen = [...p.cells.values()].filter((c) => c.content !== undefined);
  const others = seen.filter((c) => c.version !== 'new');
  if (others.length === 0)
    return {
      kind: 'steady',
      parts: [text('Everything serves build '), build(p.change.expect, 'new'), text('.')],
      second: ['No change is known yet.', ...failuresText(p)],
    };
  return {
    kind: 'disagree',
    parts: [
      text(`The nodes disagree: ${seen.length - others.length} serve build `),
      build(p.change.expect, 'new'),
      text(`, ${few(others.map((c) => c.node))} ${others.length === 1 ? 'serves' : 'serve'} `),
      build(others[0]?.content, others[0]?.version ?? 'other'),
      text('.'),
    ],
    second: ['No deploy is known, so neither can be called the old one.', ...failuresText(p)],
  };
}

function originFirst(p: Picture, origin: readonly CellView[]): Answer | undefined {
  const ready = origin.filter((c) => c.version === 'new');
  if (ready.length === origin.length || origin.length === 0) return undefined;
  const lagging = origin.filter((c) => c.version !== 'new');
  const second = ['Caches that ask now may store the old page again, so do not purge yet.', ...failuresText(p)];
  if (ready.length === 0)
    return {
      kind: 'origin-waits',
      parts: [text('Build '), build(p.change.expect, 'new'), text(' is deployed, but no origin node serves it yet.')],
      second,
    };
  return {
    kind: 'half-rolled',
    parts: [
      text(`${ready.length} of ${origin.length} origin nodes ${ready.length === 1 ? 'serves' : 'serve'} build `),
      build(p.change.expect, 'new'),
      text(`; ${few(lagging.map((c) => c.node))} still ${lagging.length === 1 ? 'serves' : 'serve'} `),
      build(lagging[0]?.content ?? p.change.previous[0], lagging[0]?.version ?? 'old'),
      text('.'),
    ],
    second,
  };
}

function visible(p: Picture): Answer {
  const flips = [...p.cells.values()].flatMap((c) => c.segments.filter((s) => s.version === 'new').slice(0, 1));
  const last = flips.toSorted((a, b) => b.from.latest - a.from.latest)[0]?.from;
  const parts: Part[] = [text('Build '), build(p.change.expect, 'new'), text(' is visible everywhere')];
  if (last !== undefined) parts.push(text(' since '), { kind: 'instant', text: clockTime(last.latest, 1) });
  if (last !== undefined && p.change.deployedAt !== undefined)
    parts.push(text(`, ${duration(last.latest - p.change.deployedAt.earliest)} after the deploy`));
  const errors = p.scored.flatMap((f) => (f.score === undefined ? [] : [f.score.absoluteError]));
  const naive = p.scored.flatMap((f) => (f.score?.naiveError === undefined ? [] : [f.score.naiveError]));
  const worst = Math.max(...errors);
  const helped = p.scored.some((f) =>
    p.events.some((e) => e.type === 'purge-accepted' && e.at.latest >= f.forecast.madeAt),
  );
  if (helped)
    return {
      kind: 'visible',
      parts: [...parts, text('.')],
      second: [
        'A purge came before the lifetimes ran out, so the forecasts were not put to the test.',
        ...failuresText(p),
      ],
    };
  const second =
    errors.length === 0 ? [] : [`The forecast was off by ${resolution(worst)}${errors.length > 1 ? ' at most' : ''}.`];
  if (errors.length > 0 && naive.length > 0)
    second.push(`Lifetime minus Age would have been off by ${resolution(Math.max(...naive))}.`);
  return { kind: 'visible', parts: [...parts, text('.')], second: [...second, ...failuresText(p)] };
}

/** Names of the layers that wholly serve the new build, the origin first. */
function liveAt(p: Picture): string[] {
  const done = p.layers.toReversed().filter((l) => l.cells.length > 0 && l.cells.every((c) => c.version === 'new'));
  return done.map((l) => `the ${l.id}`);
}

/** Why nothing bounds it, where a forecast says so. */
function unbounded(cells: readonly CellView[]): string[] {
  const reasons = cells.flatMap((c) => (c.forecast?.latest === undefined ? (c.forecast?.terms ?? []) : []));
  return [...new Set(reasons.filter((t) => t.seconds === 0 && !isFooting(t.because)).map((t) => sentence(t.because)))];
}

function rising(p: Picture, old: readonly CellView[]): Answer {
  const answering = old.filter((c) => c.outcome !== 'failed');
  const end = lastOf(answering.length > 0 ? answering : old);
  const parts: Part[] = [
    text('Build '),
    build(p.change.expect, 'new'),
    text(` is live at ${list(liveAt(p))}. `),
    ...holdersParts(p),
  ];
  const lead =
    old.length === 1
      ? '; it lets go'
      : answering.length < old.length
        ? '; the last that answers lets go'
        : '; the last lets go';
  if (end === undefined) parts.push(text('; nothing bounds for how long.'));
  else if (end.latest < p.at) parts.push(text('; with any request now it may let go.'));
  else parts.push(...whenParts(end, lead));
  const second = [
    ...whyOld(answering.length > 0 ? answering : old, p),
    ...(end === undefined ? unbounded(old) : []),
    ...failuresText(p),
  ];
  return { kind: end === undefined ? 'cannot-tell' : 'rising', parts, second };
}

function cannotTell(p: Picture, blind: readonly CellView[]): Answer {
  const seen = blind.map((c) => c.state?.observedAt).filter((i) => i !== undefined);
  const latest = seen.toSorted((a, b) => b.latest - a.latest)[0];
  return {
    kind: 'cannot-tell',
    parts: [
      text('Build '),
      build(p.change.expect, 'new'),
      text(
        ` is live at ${list(liveAt(p)) || 'no layer as a whole'}. What ${few(blind.map((c) => c.node))} ${blind.length === 1 ? 'holds' : 'hold'} cannot be told.`,
      ),
    ],
    second: [
      latest === undefined ? 'There has been no answer from there.' : `Last asked ${known(latest)}.`,
      ...failuresText(p),
    ],
  };
}

/** The picture of an instant to come: nothing of it has been seen. */
function ahead(p: Picture, cells: readonly CellView[]): Answer {
  const late = cells.filter((c) => c.version !== 'new');
  const parts: Part[] = [
    text('By '),
    { kind: 'instant', text: clockTime(p.at) },
    text(' build '),
    build(p.change.expect, 'new'),
  ];
  if (late.length === 0) parts.push(text(' is expected everywhere.'));
  else
    parts.push(
      text(
        ` is expected at ${cells.length - late.length} of ${cells.length} nodes; ${few(late.map((c) => c.node))} may still serve `,
      ),
      build(late[0]?.content, 'old'),
      text('.'),
    );
  return { kind: 'expected', parts, second: ['This is a forecast for requests that keep coming, not a record.'] };
}

/** The sentence for this picture. Every state of the world has one; none of them is an error. */
export function answerFor(p: Picture): Answer {
  const cells = [...p.cells.values()];
  const asked = cells.filter((c) => c.state !== undefined);
  if (asked.length === 0)
    return {
      kind: 'nothing-seen',
      parts: [text('Nothing has answered yet.')],
      second: ['The first answers arrive within moments.'],
    };
  if (asked.every((c) => c.outcome === 'failed' && c.content === undefined))
    return { kind: 'unreachable', parts: [text('No node answers.')], second: failuresText(p) };
  if (!p.changed) return steady(p);
  if (cells.some((c) => c.expected)) return ahead(p, cells);
  const origin = originFirst(
    p,
    cells.filter((c) => c.role === 'origin'),
  );
  if (origin !== undefined) return origin;
  const old = cells.filter((c) => c.version === 'old');
  if (old.length > 0) return rising(p, old);
  const blind = cells.filter((c) => c.version !== 'new');
  return blind.length > 0 ? cannotTell(p, blind) : visible(p);
}

/** Time left, in the words of a countdown: tenths under ten seconds. */
export const countdown = (until: Instant, now: Instant): string => (until <= now ? 'a moment' : duration(until - now));

/** The answer as text to paste. */
export function plain(answer: Answer, now: Instant): string {
  const first = answer.parts.map((p) => (p.kind === 'countdown' ? countdown(p.until, now) : p.text)).join('');
  return [first, ...answer.second].join(' ');
}
