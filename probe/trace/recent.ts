// What is a page given that opens now, so that it shows of every place what one shows that was open all the time?
import type { Observation } from '../../shared/observation.ts';
import { keyOf, type Reading } from '../../shared/model/reading.ts';
import type { Segment } from '../../shared/model/copy.ts';
import type { Track } from '../../shared/model/track.ts';
import type { LiveMessage, Trace } from '../../shared/trace.ts';

/** The newest exchanges, of all places together. */
const NEWEST = 1500;

/** What is kept besides of all places together, and of each. At least `FEWEST`: two changes, with what bounds them. */
const IN_ALL = 12_000;
const MOST = 200;
const FEWEST = 12;

/** Exchanges on each side of a turn on which what is known of it rests. */
const BESIDE = 2;

/** The newest messages of each other kind. */
const EVENTS = 2000;
const DEPLOYS = 100;
const RECEIPTS = 2000;
const FORECASTS = 500;

interface Kept {
  readonly observation: Observation;
  /** Beside a turn to another content, or a copy that came after a purge; else only to another copy of the same. */
  readonly isChange: boolean;
}

/** What is kept of one place. */
interface Place {
  /** Around its turns, oldest first. */
  turns: Kept[];
  /** The last exchanges, and the last that were answered: what the next turn rests on. */
  last: Observation[];
  answered: Observation[];
  held: Segment | undefined;
  /** How many more belong to the last turn, and whether that was a change. */
  after: number;
  isChange: boolean;
}

/**
 * Keeps the newest exchanges and, of every place, those around its turns: all of the last changes, and those from one copy
 * to another of the same content as long as there is room. Bounded, however long it goes on.
 */
export class Recent {
  private readonly heading: Trace;
  private readonly places = new Map<string, Place>();
  private readonly newest: Observation[] = [];
  private readonly room: number;

  /** @param heading The trace without anything in it. @param places How many there are to be. */
  constructor(heading: Trace, places: number) {
    this.heading = heading;
    this.room = Math.max(FEWEST, Math.min(MOST, Math.floor(IN_ALL / Math.max(1, places))));
  }

  /** @param reading With the message in it. */
  take(message: LiveMessage, reading: Reading): void {
    if (message.type !== 'observation') return;
    const { data } = message;
    this.newest.push(data);
    if (this.newest.length > 2 * NEWEST) this.newest.splice(0, this.newest.length - NEWEST);
    const key = keyOf(data);
    const track = reading.tracks.get(key);
    if (track !== undefined) this.places.set(key, this.withOne(this.places.get(key), data, track));
  }

  /** @param reading What all messages until now say. */
  trace({ events, receipts, forecasts }: Reading): Trace {
    const kept = new Map(this.newest.slice(-NEWEST).map((o) => [o.id, o]));
    for (const { turns, last, answered } of this.places.values()) {
      for (const { observation } of turns) kept.set(observation.id, observation);
      for (const observation of [...last, ...answered]) kept.set(observation.id, observation);
    }
    const told = events.slice(0, -EVENTS).filter((e) => e.type === 'deploy' || e.type === 'origin-ready');
    return {
      ...this.heading,
      observations: [...kept.values()].sort((a, b) => a.id - b.id),
      events: [...told.slice(-DEPLOYS), ...events.slice(-EVENTS)],
      receipts: receipts.slice(-RECEIPTS),
      forecasts: forecasts.slice(-FORECASTS),
    };
  }

  private withOne(before: Place | undefined, observation: Observation, track: Track): Place {
    const holds = track.history.at(-1);
    const { turns = [], last = [], answered = [], held } = before ?? {};
    const isTurn = held?.from.latest !== holds?.from.latest || isAnother(held, holds);
    const isChange = isTurn ? isAnother(held, holds) : (before?.isChange ?? false);
    const after = isTurn ? BESIDE : (before?.after ?? 0);
    if (isTurn) for (const o of inOrder([...last, ...answered])) turns.push({ observation: o, isChange });
    if (after > 0) turns.push({ observation, isChange });
    const wasAnswered = track.state.outcome !== 'failed';
    return {
      turns: turns.length > this.room * 1.25 ? trimmed(turns, this.room) : turns,
      last: [...last, observation].slice(-BESIDE),
      answered: wasAnswered ? [...answered, observation].slice(-BESIDE) : answered,
      held: holds,
      after: Math.max(0, after - 1),
      isChange,
    };
  }
}

const isAnother = (held: Segment | undefined, holds: Segment | undefined): boolean =>
  held?.content !== holds?.content || (held?.afterPurge !== holds?.afterPurge && holds?.afterPurge === true);

const inOrder = (all: readonly Observation[]): Observation[] => [...new Set(all)].sort((a, b) => a.id - b.id);

/** The newest `room`, those around changes first. Each once. */
function trimmed(turns: readonly Kept[], room: number): Kept[] {
  const once = new Map<number, Kept>();
  for (const kept of turns) {
    const isChange = kept.isChange || once.get(kept.observation.id)?.isChange === true;
    once.set(kept.observation.id, { ...kept, isChange });
  }
  const all = [...once.values()];
  const changes = all.filter((k) => k.isChange).slice(-room);
  const left = room - changes.length;
  const others = left === 0 ? [] : all.filter((k) => !k.isChange).slice(-left);
  return [...changes, ...others].sort((a, b) => a.observation.id - b.observation.id);
}
