// What is being looked at? The few sources of the page's state; everything else follows from them.
import { SvelteMap } from 'svelte/reactivity';
import { answerFor } from './answer.ts';
import { Beat } from './clock.svelte.ts';
import { expectations, picture, traceAt } from './derive.ts';
import type { Picture, Subject } from './derive.ts';
import { readAddress, writeAddress } from './address.ts';
import type { Theme } from './address.ts';
import { connect } from './live.ts';
import type { Connection, Snapshot } from './live.ts';
import { advance, changeIn, keyOf, readTrace } from '../shared/model/reading.ts';
import { cacheControlOf, seconds } from '../shared/http/cache-control.ts';
import type { Reading } from '../shared/model/reading.ts';
import type { Forecast } from '../shared/model/forecast.ts';
import type { Instant } from '../shared/model/interval.ts';
import type { Observation } from '../shared/observation.ts';
import type { LiveMessage, Trace } from '../shared/trace.ts';

/** The newest observation of every place. */
function latestOf(observations: readonly Observation[]): Map<string, Observation> {
  return new Map(observations.map((o) => [keyOf(o), o]));
}

export class Session {
  readonly beat = new Beat();
  connection = $state<Connection>('connecting');
  problem = $state<string>();
  lab = $state(false);
  mayPurge = $state(false);
  selected = $state<string>();
  table = $state(false);
  theme = $state<Theme>('system');
  /** The instant looked at; undefined: now. */
  instant = $state<Instant>();
  playing = $state(false);
  reading = $state.raw<Reading>();
  forecasts = $state.raw<readonly Forecast[]>([]);
  /** Exchanges that have just been seen, for the dots that travel. */
  readonly arrivals = new SvelteMap<number, Observation>();

  #trace = $state.raw<Trace>();
  #observations: Observation[] = [];
  /** The reading with everything that arrived; shown a few times a second, however fast messages come. */
  #newest: Reading | undefined;
  #showDue: ReturnType<typeof setTimeout> | undefined;
  #before: { readonly of: Subject; readonly picture: Picture } | undefined;
  #latest = new Map<string, Observation>();
  #wanted = $state.raw<Partial<Subject>>({});
  #playback: ReturnType<typeof setInterval> | undefined;
  #forecastPause = 250;
  #forecastDue: ReturnType<typeof setTimeout> | undefined;

  constructor(query: string) {
    const a = readAddress(query);
    this.selected = a.cell;
    this.table = a.table;
    this.theme = a.theme;
    this.instant = a.at;
    this.#wanted = { ...(a.target && { target: a.target }), ...(a.variant && { variant: a.variant }) };
  }

  readonly topology = $derived(this.reading?.topology);
  readonly subject = $derived.by((): Subject => {
    const target = this.topology?.targets.find((t) => t.id === this.#wanted.target) ?? this.topology?.targets[0];
    const variant = target?.variants.find((v) => v.id === this.#wanted.variant) ?? target?.variants[0];
    return { target: target?.id ?? '', variant: variant?.id ?? '' };
  });

  /** The instant that the picture shows, by seconds and by tenths. */
  readonly at = $derived(this.instant ?? this.beat.second);
  readonly fine = $derived(this.instant ?? this.beat.tenth);
  readonly isPast = $derived(this.instant !== undefined && this.instant < this.beat.second);

  /** How many answers had come by the instant looked at: the past is read again only when this changes. */
  readonly #seen = $derived.by((): number => {
    void this.reading;
    if (!this.isPast || this.instant === undefined) return -1;
    const at = this.instant;
    return this.#observations.filter((o) => o.responseTime <= at).length;
  });
  readonly #then = $derived.by(() => {
    if (this.#seen < 0 || this.#trace === undefined) return undefined;
    const trace = traceAt(this.recorded, this.#observations[this.#seen - 1]?.responseTime ?? this.#trace.startedAt);
    const reading = readTrace(trace);
    const at = this.#observations[this.#seen - 1]?.responseTime ?? this.#trace.startedAt;
    return { reading, latest: latestOf(trace.observations), forecasts: expectations(reading, this.subject, at) };
  });

  readonly picture = $derived.by(() => {
    const reading = this.#then?.reading ?? this.reading;
    if (reading === undefined) return undefined;
    const input = { reading, subject: this.subject, now: this.at };
    if (this.#then !== undefined)
      return picture({ ...input, latest: this.#then.latest, forecasts: this.#then.forecasts });
    const before = this.#before?.of === this.subject ? { before: this.#before.picture } : {};
    const made = picture({ ...input, ...before, latest: this.#latest, forecasts: this.forecasts });
    this.#before = { of: this.subject, picture: made };
    return made;
  });
  readonly answer = $derived(this.picture === undefined ? undefined : answerFor(this.picture));
  readonly cell = $derived(this.selected === undefined ? undefined : this.picture?.cells.get(this.selected));
  readonly observation = $derived.by(() => {
    if (this.cell === undefined) return undefined;
    const latest = this.#then?.latest ?? this.#latest;
    return latest.get(keyOf({ layer: this.cell.layer, node: this.cell.node, ...this.subject }));
  });
  /** Seconds of max-age that an origin node sends at present. */
  readonly lifetime = $derived.by((): number | undefined => {
    const origin = this.picture?.layers.find((l) => l.role === 'origin')?.cells[0];
    if (origin === undefined) return undefined;
    const seen = this.#latest.get(keyOf({ layer: origin.layer, node: origin.node, ...this.subject }));
    const said = seen?.result.kind === 'answer' ? seconds(cacheControlOf(seen.result.fields), 'max-age') : undefined;
    return typeof said === 'number' ? said : undefined;
  });
  readonly address = $derived(
    writeAddress({
      table: this.table,
      theme: this.theme,
      ...(this.selected === undefined ? {} : { cell: this.selected }),
      ...(this.instant === undefined ? {} : { at: this.instant }),
      ...this.#wanted,
    }),
  );

  /** The trace with everything that arrived since. */
  get recorded(): Trace {
    if (this.#trace === undefined || this.reading === undefined) throw new Error('no trace has arrived yet');
    const { events, receipts, forecasts } = this.reading;
    return { ...this.#trace, observations: this.#observations, events, receipts, forecasts };
  }

  /** Shows another instant; `undefined` goes back to now and on with it. */
  look(at: Instant | undefined): void {
    this.instant = at;
    this.#halt();
  }

  /** Now: stops the picture. Another instant: lets it run on from there, four times as fast, until it meets now. */
  playOrPause(): void {
    if (this.instant === undefined) return this.look(this.beat.service.now());
    if (this.playing) return this.#halt();
    this.playing = true;
    let before = this.beat.service.now();
    this.#playback = setInterval(() => {
      const now = this.beat.service.now();
      const next = (this.instant ?? now) + (now - before) * 4;
      before = now;
      if (Math.abs(next - now) < 0.5) this.look(undefined);
      else this.instant = next;
    }, 100);
  }

  #halt(): void {
    clearInterval(this.#playback);
    this.playing = false;
  }

  choose(subject: Partial<Subject>): void {
    this.#wanted = { ...this.#wanted, ...subject };
    this.#foresee();
  }

  start(): () => void {
    const stopBeat = this.beat.start();
    const disconnect = connect(this.beat.service, {
      snapshot: (s) => this.#begin(s),
      message: (m) => this.#take(m),
      connection: (state, problem) => {
        this.connection = state;
        this.problem = problem;
      },
    });
    return () => {
      stopBeat();
      disconnect();
      this.#halt();
      clearTimeout(this.#showDue);
      clearTimeout(this.#forecastDue);
    };
  }

  #begin(snapshot: Snapshot): void {
    this.#trace = snapshot.trace;
    this.#observations = [...snapshot.trace.observations];
    this.#latest = latestOf(this.#observations);
    this.lab = snapshot.lab;
    this.mayPurge = snapshot.mayPurge;
    this.beat.sync();
    clearTimeout(this.#showDue);
    this.#showDue = undefined;
    this.#newest = readTrace(snapshot.trace);
    this.reading = this.#newest;
    this.#foresee();
  }

  #take(message: LiveMessage): void {
    if (this.reading === undefined) return;
    if (message.type === 'observation') {
      if (message.data.id <= (this.#observations.at(-1)?.id ?? -1)) return;
      this.#observations.push(message.data);
      this.#latest.set(keyOf(message.data), message.data);
      if (this.arrivals.size < 24 && this.instant === undefined) this.#travel(message.data);
    }
    this.#newest = advance(this.#newest ?? this.reading, message);
    this.#showDue ??= setTimeout(() => this.#show(), this.#latest.size > 200 ? 300 : 80);
  }

  #show(): void {
    this.#showDue = undefined;
    if (this.#newest === undefined || this.reading === undefined) return;
    const { target, variant } = this.subject;
    const before = changeIn(this.reading, target, variant).expect;
    this.reading = this.#newest;
    // a new build makes every forecast of the one before it meaningless at once
    if (changeIn(this.reading, target, variant).expect !== before) this.#foresee();
    else this.#forecastDue ??= setTimeout(() => this.#foresee(), this.#forecastPause);
  }

  #travel(observation: Observation): void {
    this.arrivals.set(observation.id, observation);
    setTimeout(() => this.arrivals.delete(observation.id), 1400);
  }

  #foresee(): void {
    clearTimeout(this.#forecastDue);
    this.#forecastDue = undefined;
    if (this.reading === undefined) return;
    const began = performance.now();
    this.forecasts = expectations(this.reading, this.subject, this.beat.service.now());
    // forecasting a large site may take its time, but never more than a twentieth of all time
    this.#forecastPause = Math.max(250, (performance.now() - began) * 20);
  }
}
