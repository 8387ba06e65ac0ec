// What happens when a scenario is played on the executable cache, without sockets, by a virtual clock?
import type { Dialect } from '../../shared/dialects/dialect.ts';
import type { CacheState } from '../../shared/model/cache-state.ts';
import type { Instant } from '../../shared/model/interval.ts';
import { commit, commitIncomplete, receive, receiveFailure } from '../../shared/model/receive.ts';
import { createCache, decide, purge } from '../../shared/model/simulate.ts';
import type { CacheRequest, Forward, Head, Piece, Received, Slice } from '../../shared/model/verdict.ts';
import type { Policy } from '../../shared/topology.ts';
import { answerOf, said } from './answer.ts';
import type { Place } from './answer.ts';
import type { ClientAnswer, OriginRequest, Outcome, StepOutcome } from './outcome.ts';
import { AUTHORITY, requestFields } from './play.ts';
import type { OriginAnswer, Scenario, ScenarioRequest } from './scenario.ts';
import { ORIGIN_TAKES, schedule } from './schedule.ts';

/** The instants of one exchange. */
export interface ExchangeClock {
  /** When the cache has the request. */
  readonly decidedAt: Instant;
  /** When the cache sends its own request, when the origin answers it, and when the cache has that answer. */
  readonly requestTime: Instant;
  readonly originAnswers: Instant;
  readonly responseTime: Instant;
}

/** The clock of the `client`th exchange in a step; both count from 0. */
export type StepClock = (step: number, client: number) => ExchangeClock;

export interface ModelOptions {
  readonly dialect: Dialect;
  readonly policy?: Policy;
  /** Whether the cache itself answers PURGE. Default true. */
  readonly purge?: boolean;
  /** Default: as `schedule` has it, from some whole second. */
  readonly clock?: StepClock;
}

const EPOCH = 1_900_000_000;
const HOP = 0.001;

/** Plays all steps. The origin's answers go to `receive` at once where nobody waits for them. */
export function playModel(scenario: Scenario, options: ModelOptions): Outcome {
  const { dialect, policy = {} } = options;
  const game: Game = {
    scenario,
    dialect,
    cache: createCache<string>({
      name: 'strata',
      behaviour: dialect.behaviour,
      policy,
      lengthOf: (body) => body.length,
      joining: { join: (pieces) => pieces.map(bytesOf).join(''), mostBytes: Infinity },
    }),
    place: { origin: `http://${AUTHORITY}`, folder: `/${scenario.id}` },
    purges: options.purge ?? true,
    clock: options.clock ?? virtualClock(scenario),
  };
  return scenario.steps.map((_, i) => playStep(game, i));
}

interface Game {
  readonly scenario: Scenario;
  readonly dialect: Dialect;
  readonly cache: CacheState<string>;
  readonly place: Place;
  readonly purges: boolean;
  readonly clock: StepClock;
}

function virtualClock(scenario: Scenario): StepClock {
  const offsets = schedule(scenario);
  return (step) => {
    const decidedAt = EPOCH + offsets[step]! + HOP;
    const originAnswers = decidedAt + HOP + ORIGIN_TAKES;
    return { decidedAt, requestTime: decidedAt, originAnswers, responseTime: originAnswers + HOP };
  };
}

/** What is under way in one step. */
interface Round {
  readonly game: Game;
  readonly step: number;
  readonly asked: OriginRequest[];
  readonly background: OriginRequest[];
  nth: number;
}

/** All clients of a step ask before the first answer of the origin is there. */
function playStep(game: Game, step: number): StepOutcome {
  const { request, clients: count } = game.scenario.steps[step]!;
  const round: Round = { game, step, asked: [], background: [], nth: 0 };
  const flights = new Set<string>();
  const pending = Array.from({ length: count }, (_, client) => {
    const clock = game.clock(step, client);
    const asks: CacheRequest = requestOf(request, clock.decidedAt, game.place);
    return { sent: asks.fields, begun: begin(round, asks, clock, flights) };
  });
  const landed = pending.map(({ sent, begun }) => ({ sent, got: begun.kind === 'waits' ? begun : begun.land() }));
  const clients = landed.map(({ sent, got }) => ({ sent, ...('kind' in got ? got.again() : got) }));
  return { clients, asked: round.asked, background: round.background };
}

const requestOf = (request: ScenarioRequest, now: Instant, place: Place): CacheRequest => ({
  method: request.method,
  url: `${place.origin}${place.folder}/${request.path}`,
  fields: requestFields(request, now, place),
});

type Begun =
  | { readonly kind: 'lands'; readonly land: () => Got }
  /** Somebody else fetches the same; then it is decided again, and waits no more. */
  | { readonly kind: 'waits'; readonly again: () => Got };

function begin(round: Round, request: CacheRequest, clock: ExchangeClock, flights: Set<string>): Begun {
  const { game } = round;
  if (game.purges && request.method === 'PURGE') {
    const removed = purge(game.cache, request);
    const status = removed > 0 ? 200 : game.cache.behaviour.purge.absentStatus;
    return lands(answered({ status, fields: [] }, '', true, clock));
  }
  const verdict = decide(game.cache, request, clock.decidedAt);
  if (verdict.kind === 'forward') {
    const { collapse } = verdict;
    if (collapse !== undefined && flights.has(collapse)) {
      const later = { ...clock, decidedAt: clock.responseTime };
      return { kind: 'waits', again: () => landing(begin(round, request, later, new Set())) };
    }
    if (collapse !== undefined) flights.add(collapse);
    const fetched = sendToOrigin(round, verdict, clock, round.asked);
    return { kind: 'lands', land: () => take(round, verdict, fetched, clock) };
  }
  const head = spokenHead(game, verdict.head, verdict.spoken);
  const body = verdict.kind === 'serve' && request.method !== 'HEAD' ? chosen(verdict.stored.body, verdict) : '';
  const { background } = verdict;
  const fetched = background && sendToOrigin(round, background, clock, round.background);
  return {
    kind: 'lands',
    land: () => {
      if (background && fetched) take(round, background, fetched, clock);
      return answered(head, body, true, clock);
    },
  };
}

const lands = (answer: Got): Begun => ({ kind: 'lands', land: () => answer });

const landing = (begun: Begun): Got => (begun.kind === 'lands' ? begun.land() : begun.again());

/** A client's part, but for what it sent. */
type Got = Omit<ClientAnswer, 'sent'>;

const answered = ({ status, fields }: Head, body: string, whole: boolean, clock: ExchangeClock): Got => ({
  status,
  fields,
  body,
  whole,
  startedAt: clock.decidedAt,
  answeredAt: clock.responseTime,
});

const spokenHead = (game: Game, head: Head, spoken: Received<string>['spoken']): Head => ({
  ...head,
  fields: [...head.fields, ...game.dialect.speak(spoken)],
});

interface Fetched {
  readonly scripted: OriginAnswer;
  readonly got: OriginRequest;
}

function sendToOrigin(round: Round, forward: Forward<string>, clock: ExchangeClock, into: OriginRequest[]): Fetched {
  const { scenario, place } = round.game;
  const { method, url } = forward.request;
  const got: OriginRequest = {
    method,
    path: url.slice(`${place.origin}${place.folder}/`.length),
    fields: forward.fields,
    at: clock.requestTime,
    answeredAt: clock.originAnswers,
  };
  into.push(got);
  return { scripted: answerOf(scenario, round.step, round.nth++), got };
}

/** The origin's answer arrives. */
function take(round: Round, forward: Forward<string>, fetched: Fetched, clock: ExchangeClock): Got {
  const { game, step } = round;
  const { cache, place } = game;
  const { scripted, got } = fetched;
  const { requestTime, originAnswers, responseTime } = clock;
  if (scripted.fail === 'refuse') {
    const received = receiveFailure(cache, forward, responseTime);
    const body = isHead(round) ? '' : storedBody(received);
    return answered(spokenHead(game, received.head, received.spoken), body, true, clock);
  }
  const { status, fields, body } = said(scripted, step, got, originAnswers, place);
  const received = receive(cache, forward, { status, fields }, { requestTime, responseTime }, responseTime);
  if (received.again !== undefined) {
    const fetchedAgain = sendToOrigin(round, received.again, clock, round.asked);
    return take(round, received.again, fetchedAgain, clock);
  }
  const head = spokenHead(game, received.head, received.spoken);
  if (received.bodyFrom !== 'response') return answered(head, isHead(round) ? '' : storedBody(received), true, clock);
  const { store, slice, around } = received;
  if (scripted.fail === 'cut') {
    const came = body.slice(0, Math.ceil(body.length / 2));
    if (store !== undefined) commitIncomplete(cache, forward, store, came);
    return answered(head, bytesOf(around?.before) + came, false, clock);
  }
  if (store !== undefined) commit(cache, store, body);
  // the bytes that were missing, and no others: or the client's connection breaks
  if (around !== undefined && body.length !== slice?.to)
    return answered(head, bytesOf(around.before) + sliced(body, slice), false, clock);
  const sent = bytesOf(around?.before) + sliced(body, slice) + bytesOf(around?.after);
  return answered(head, isHead(round) ? '' : sent, true, clock);
}

const bytesOf = (piece: Piece<string> | undefined): string =>
  piece === undefined ? '' : sliced(piece.body, piece.slice);

const storedBody = (received: Received<string>): string =>
  typeof received.bodyFrom === 'object' ? chosen(received.bodyFrom.body, received) : '';

const chosen = (body: string, { slice, multipart }: Pick<Received<string>, 'slice' | 'multipart'>): string =>
  multipart === undefined
    ? sliced(body, slice)
    : multipart.map((part) => (typeof part === 'string' ? part : sliced(body, part))).join('');

const sliced = (body: string, slice: Slice | undefined): string =>
  slice === undefined ? body : body.slice(slice.from, slice.to);

const isHead = ({ game, step }: Round): boolean => game.scenario.steps[step]!.request.method === 'HEAD';
