// Which propagation is looked at: the one that is going on, a recorded one, or one from a file? The view's few sources of state.
import { readTraceFile } from '../../shared/trace-file.ts';
import type { Reading } from '../../shared/model/reading.ts';
import type { LiveMessage, Trace } from '../../shared/trace.ts';
import { Beat } from '../clock.svelte.ts';
import { connect } from '../live.ts';
import type { Connection, Snapshot } from '../live.ts';
import { clockTime } from '../layout/clock-text.ts';
import { causesIn } from './causes.ts';
import type { Cause } from './causes.ts';
import { Fold, messagesOf } from './fold.ts';
import type { Asked } from './sentence.ts';
import { isFollowed, problemOf, underway } from './history.ts';
import type { Underway } from './history.ts';
import { lanesIn } from './lanes.ts';
import { startOf, startsIn } from './start.ts';
import type { Start } from './start.ts';

export type Source =
  /** `id`: what the service records of it, where that was asked for. */
  | { readonly kind: 'live'; readonly id?: string }
  | { readonly kind: 'recorded'; readonly id: string }
  | { readonly kind: 'file'; readonly name: string };

/** What is known of a recorded trace besides its messages. */
export type Heading = Omit<Trace, 'observations' | 'events' | 'receipts' | 'forecasts' | 'topology'>;

/** Milliseconds of work after which the page gets a turn. */
const SLICE = 8;

/** Why a trace ended before the change was everywhere. */
const ENDED = { budget: 'It ended because its time was out.', interrupted: 'It was stopped before its end.' } as const;

/** Milliseconds between two looks for causes at least, and the longest that one may hold the page up unasked. */
const EXPLAIN_PAUSE = 1000;
const LONG_LOOK = 50;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** A recorded trace, folded without holding the page up. Tells how far it is, from 0 to 1; undefined when given up. */
export async function folded(
  trace: Trace,
  progress: (share: number) => void,
  isWanted: () => boolean,
): Promise<Fold | undefined> {
  const messages = messagesOf(trace);
  const fold = new Fold(trace.topology);
  let began = performance.now();
  for (const [i, message] of messages.entries()) {
    fold.take(message);
    if (performance.now() - began < SLICE) continue;
    progress(i / messages.length);
    await turn();
    if (!isWanted()) return undefined;
    began = performance.now();
  }
  return fold;
}

export class Propagation {
  readonly beat = new Beat();
  source = $state.raw<Source>({ kind: 'live' });
  connection = $state<Connection>('connecting');
  /** Why nothing can be shown, in one sentence. */
  problem = $state<string>();
  /** What is under way; one clause. */
  busy = $state('');
  reading = $state.raw<Reading>();
  heading = $state.raw<Heading>();
  mayDelete = $state(false);
  /** Which of several changes; undefined: the newest. */
  #wanted = $state<number>();

  #fold: Fold | undefined;
  #newest = $state(0);
  #due: ReturnType<typeof setTimeout> | undefined;
  #disconnect: (() => void) | undefined;
  #opened = 0;
  #found = $state.raw<readonly Cause[]>([]);
  #explainPause = EXPLAIN_PAUSE;
  /** What was asked for by its id, until it is known whether it is what is followed. */
  #sought: Underway | undefined;
  #explainDue: ReturnType<typeof setTimeout> | undefined;
  /** Looking for causes holds the page up, so it is done when somebody asks for it. */
  toldWhenAsked = $state(false);

  readonly starts = $derived.by((): readonly Start[] => {
    if (this.reading === undefined || this.heading === undefined) return [];
    if (this.source.kind !== 'live' && (this.heading.run !== undefined || this.heading.summary !== undefined))
      return [startOf({ ...this.heading, events: this.reading.events })];
    const starts = startsIn(this.reading.events);
    if (starts.length > 0 || this.source.kind === 'live') return starts;
    return [startOf({ ...this.heading, events: [] })];
  });
  readonly chosen = $derived(Math.min(this.#wanted ?? Infinity, this.starts.length - 1));
  readonly start = $derived(this.starts[this.chosen]);
  /** Nothing more is expected of the change that is shown. */
  readonly running = $derived(this.source.kind === 'live' && this.start?.until === undefined);
  /** Without a connection nobody knows what came after the newest that was heard. */
  readonly #isHeard = $derived(this.running && this.connection !== 'lost');
  readonly groups = $derived.by(() => {
    if (this.reading === undefined || this.start === undefined) return [];
    return lanesIn(this.reading, this.start, this.source.kind === 'live' ? {} : this.heading?.run);
  });
  /** Until when this propagation was looked at, in seconds since its start; by tenths while it runs. */
  readonly now = $derived.by(() => {
    if (this.start === undefined) return 0;
    const end = this.heading?.endedAt ?? this.heading?.interruptedAt ?? this.#newest;
    const at = this.#isHeard ? this.beat.tenth : (this.start.until ?? end);
    return Math.max(0, at - this.start.at);
  });

  /** What was found when it was recorded, as was said then; else what is found now. */
  readonly causes = $derived<readonly Cause[]>(this.heading?.summary?.causes ?? this.#found);
  /** What asking cost since the start. */
  readonly asked = $derived.by((): Asked | undefined => {
    void this.reading;
    const { start } = this;
    // a command asked for nothing but this change
    const isAlone = this.heading?.run !== undefined || start?.kind === 'look';
    const from = isAlone ? undefined : start?.at;
    const { summary } = this.heading ?? {};
    if (summary?.observer !== undefined) return { requests: summary.requests, ...summary.observer };
    return this.#fold?.askedBetween(from, start?.until);
  });
  /** Where it comes from, and whether that is all of it; one sentence each. */
  readonly about = $derived.by((): string[] => {
    const { source, heading } = this;
    const from =
      source.kind === 'file' ? [`From ${source.name}.`] : source.kind === 'recorded' ? [`Trace ${source.id}.`] : [];
    const cut =
      heading?.interruptedAt === undefined
        ? []
        : [`What recorded it died; what is certain ends at ${clockTime(heading.interruptedAt, 3)}.`];
    const { ended, stopped } = heading?.summary ?? {};
    const end = ended === undefined || ended === 'visible' ? [] : [ENDED[ended]];
    return [...from, ...cut, ...end, ...(stopped === undefined ? [] : [stopped])];
  });

  choose(index: number): void {
    this.#wanted = index >= this.starts.length - 1 ? undefined : index;
    this.#found = [];
    this.explain();
  }

  /** Looks for causes in what is known by now. */
  explain(): void {
    clearTimeout(this.#explainDue);
    this.#explainDue = undefined;
    const { reading, start } = this;
    if (reading === undefined || start === undefined || this.heading?.summary !== undefined) return;
    const began = performance.now();
    this.#found = causesIn(reading, start, this.#isHeard ? this.beat.service.now() : start.at + this.now);
    const took = performance.now() - began;
    this.#explainPause = Math.max(EXPLAIN_PAUSE, took * 100);
    this.toldWhenAsked = took > LONG_LOOK;
  }

  /** Follows the live trace until something else is opened. */
  follow(): void {
    this.#reset({ kind: 'live' });
    this.#connect();
  }

  #connect(): void {
    const stopBeat = this.beat.start();
    const stop = connect(this.beat.service, {
      snapshot: (s) => void this.#begin(s),
      message: (m) => this.#take(m),
      connection: (state, problem) => {
        // what was heard until then is all that is shown from then on
        if (state === 'lost' && this.#due !== undefined) this.#publish();
        this.connection = state;
        this.problem = problem;
      },
    });
    this.#disconnect = () => {
      stopBeat();
      stop();
    };
  }

  async openRecorded(id: string): Promise<void> {
    const mine = this.#reset({ kind: 'recorded', id });
    this.busy = 'Fetching the trace …';
    try {
      const response = await fetch(`/api/v1/traces/${encodeURIComponent(id)}`, {
        headers: { accept: 'application/json' },
      });
      const isJson = /json/i.test(response.headers.get('content-type') ?? '');
      if (mine !== this.#opened) return;
      if (response.status === 404 && isJson) return this.#refuse(`There is no trace ${id}; it may have been deleted.`);
      if (response.status === 409) return await this.#followRecorded(id, await problemOf(response), mine);
      if (!response.ok || !isJson) return this.#refuse(await problemOf(response));
      await this.#openText(await response.text(), mine);
    } catch {
      if (mine === this.#opened) this.#refuse('No service answers here. A trace file can be opened without one.');
    }
  }

  /** What is still being recorded is followed live, where it is the change that is under way. */
  async #followRecorded(id: string, problem: string, mine: number): Promise<void> {
    const sought = await underway(id, problem, AbortSignal.timeout(10_000));
    if (mine !== this.#opened) return;
    this.#reset({ kind: 'live', id });
    this.#sought = sought;
    this.#connect();
  }

  async openFile(file: File, largest: number): Promise<void> {
    const mine = this.#reset({ kind: 'file', name: file.name });
    if (file.size > largest) {
      const size = Math.round(file.size / 2 ** 20);
      return this.#refuse(`${file.name} has ${size} MB, and the most is ${Math.round(largest / 2 ** 20)} MB.`);
    }
    await this.#announceReading(file.name);
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
      await this.#openText(text, mine);
    } catch (error) {
      const why = error instanceof TypeError ? 'it is no text in UTF-8' : 'it cannot be read';
      if (mine === this.#opened) this.#refuse(`${file.name} is no trace file: ${why}.`);
    }
  }

  /** A trace file that is there already. @param name where it comes from */
  async openText(name: string, text: string): Promise<void> {
    const mine = this.#reset({ kind: 'file', name });
    await this.#announceReading(name);
    await this.#openText(text, mine);
  }

  stop(): void {
    this.#reset(this.source);
  }

  async #announceReading(name: string): Promise<void> {
    this.busy = `Reading ${name} …`;
    await turn();
  }

  async #openText(text: string, mine: number): Promise<void> {
    const read = readTraceFile(text);
    if (mine !== this.#opened) return;
    if ('problem' in read) return this.#refuse(read.problem);
    await this.#show(read.trace, mine);
  }

  async #show(trace: Trace, mine: number): Promise<boolean> {
    const { observations: _o, events: _e, receipts: _r, forecasts: _f, topology: _t, ...heading } = trace;
    const fold = await folded(
      trace,
      (share) => (this.busy = `Reading the trace … ${Math.round(share * 100)} %`),
      () => mine === this.#opened,
    );
    if (fold === undefined) return false;
    this.#fold = fold;
    this.heading = heading;
    this.busy = '';
    this.#publish();
    return true;
  }

  #refuse(problem: string): void {
    this.busy = '';
    this.problem = problem;
  }

  #reset(source: Source): number {
    this.#disconnect?.();
    this.#disconnect = undefined;
    clearTimeout(this.#due);
    clearTimeout(this.#explainDue);
    this.#due = undefined;
    this.#explainDue = undefined;
    this.toldWhenAsked = false;
    this.#found = [];
    this.#fold = undefined;
    this.#wanted = undefined;
    this.reading = undefined;
    this.heading = undefined;
    this.problem = undefined;
    this.busy = '';
    this.connection = 'connecting';
    this.#sought = undefined;
    this.source = source;
    return ++this.#opened;
  }

  async #begin(snapshot: Snapshot): Promise<void> {
    const mine = this.#opened;
    this.mayDelete = snapshot.mayPurge;
    this.#waiting = [];
    const isShown = await this.#show(snapshot.trace, mine);
    if (!isShown) return;
    const sought = this.#sought;
    this.#sought = undefined;
    if (sought !== undefined && !isFollowed(sought, snapshot.trace.id, this.starts.at(-1))) {
      this.#reset({ kind: 'recorded', id: sought.id });
      return this.#refuse(sought.problem);
    }
    this.beat.sync();
    const missed = this.#waiting;
    this.#waiting = undefined;
    for (const message of missed ?? []) this.#take(message);
  }

  /** Messages that came while the snapshot was being folded. */
  #waiting: LiveMessage[] | undefined = [];

  #take(message: LiveMessage): void {
    if (this.#waiting !== undefined) return void this.#waiting.push(message);
    if (this.#fold === undefined) return;
    this.#fold.take(message);
    this.#due ??= setTimeout(() => this.#publish(), (this.reading?.tracks.size ?? 0) > 200 ? 300 : 80);
  }

  #publish(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    if (this.#fold === undefined) return;
    this.reading = this.#fold.reading;
    this.#newest = this.#fold.newest;
    if (!this.toldWhenAsked) this.#explainDue ??= setTimeout(() => this.explain(), this.#explainPause);
  }
}
