// What does one lane say in words, for whoever cannot see it, or wants to know it exactly?
import { betweenText, secondsText } from '../layout/seconds-text.ts';
import type { Lane } from './stretches.ts';

/** `shows it since 0.21 s`, `not seen within 42 s`, `old again since 12.3 s`; `now` in seconds since the start. */
export function laneWords(lane: Lane, now: number): string {
  const trouble = lane.failing ? '; it does not answer at present' : '';
  return `${statusOf(lane, now)}${trouble}`;
}

function statusOf(lane: Lane, now: number): string {
  const last = lane.stretches.at(-1);
  if (last === undefined) return 'has not answered yet';
  const before = last.from.latest <= 0;
  switch (lane.shows) {
    case 'new': {
      if (before) return 'showed it already at the start';
      const since = `shows it since ${betweenText({ earliest: Math.max(0, last.from.earliest), latest: last.from.latest })}`;
      return lane.again === 0 ? since : `${since}, after the old version had come back`;
    }
    case 'old':
      if (last.again === true) return `shows the old version again since ${betweenText(last.from)}`;
      return `not seen within ${secondsText(now, now < 10 ? 0.1 : 1)}`;
    case 'other':
      return `shows neither version since ${betweenText({ earliest: Math.max(0, last.from.earliest), latest: Math.max(0, last.from.latest) })}`;
    case 'unknown':
    case 'silent':
      return 'shows no content that could be compared';
  }
}

const NAMES = {
  new: 'the new version',
  old: 'the old version',
  other: 'neither version',
  unknown: 'nothing that tells',
} as const;

/** Every stretch of a lane, one sentence each. */
export function laneStory(lane: Lane): string[] {
  return lane.stretches.map((s, i) => {
    const what = s.again === true ? 'the old version again' : NAMES[s.version];
    const seen = `last seen at ${secondsText(Math.max(0, s.seen), 0.01)}`;
    if (i === 0 && s.from.latest <= 0) return `At the start: ${what}, ${seen}.`;
    const from = { earliest: Math.max(0, s.from.earliest), latest: s.from.latest };
    const width = from.latest - from.earliest;
    const turned = `From ${betweenText(from)}: ${what}`;
    return `${turned} (known to ${secondsText(width, width / 10)}), ${seen}.`;
  });
}
