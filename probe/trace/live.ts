// What does the service do all the time? It keeps every place in sight, records it, forecasts, grades, and answers.
import type {
  DeployDocument,
  DeployRequest,
  LookDocument,
  LookRequest,
  PurgeDocument,
  PurgeRequest,
  TraceDocument,
  TraceRequest,
  WhenDocument,
  WhenRequest,
} from '../../shared/api.ts';
import { isoInterval } from '../../shared/documents.ts';
import { changeIn, type Reading } from '../../shared/model/reading.ts';
import { interval, type Instant } from '../../shared/model/interval.ts';
import { origins, type Topology } from '../../shared/topology.ts';
import type { Trace } from '../../shared/trace.ts';
import type { Exchanger } from '../exchange/exchange.ts';
import type { Lab } from '../lab/lab.ts';
import { RequestProblem, type Engine, type Listener } from '../server/engine.ts';
import type { KeepRuns } from '../store/runs-retention.ts';
import type { Store } from '../store/store.ts';
import { answerLook, answerWhen, pagesOf } from './answers.ts';
import { answerDiscover } from './discover.ts';
import { answerExplain } from './explain.ts';
import { Forecaster } from './forecaster.ts';
import { TraceKeeper } from './kept-traces.ts';
import { placesOf, type Choice } from './places.ts';
import { answerPurge } from './purge.ts';
import { requirePurgeable } from './purgeable.ts';
import { Recent } from './recent.ts';
import { Session } from './session.ts';
import { deployInstant } from './told-deploy.ts';
import { watch, type Watch } from './watch.ts';

/** A deploy in the lab takes this long from the first application server to the last, so that the roll can be seen. Seconds. */
const ROLL = 0.6;

/** How long a deploy is followed, and how long before it was told an origin may have shown it. Seconds. */
const FOLLOW = 600;
const LOOK_BACK = 30;

/** How long a forecast that is asked for goes on narrowing the clocks; the watch has done most of it. Seconds. */
const SETTLE = 1;

export interface LiveOptions {
  readonly topology: Topology;
  readonly store: Store;
  /** The data folder, where each deploy is kept as a trace of its own; absent: in the live trace only. */
  readonly data?: string;
  /** What is kept of earlier traces there. */
  readonly keep?: KeepRuns;
  readonly lab?: Lab;
  readonly exchanger?: Exchanger;
  /** Hosts besides those of the topology whose pages may be explained: `shop.example`, `*.example.org`. */
  readonly askable?: readonly string[];
  readonly onError?: (error: unknown) => void;
}

/** The engine behind the API, watching from the moment it is started until `close`. */
export async function startLive(options: LiveOptions): Promise<Engine & { close(): Promise<void> }> {
  const live = new Live(options, await options.store.beginTrace(options.topology, Date.now() / 1000));
  live.start();
  return live;
}

class Live implements Engine {
  readonly topology: Topology;
  readonly lab: boolean;
  readonly traceId: string;
  private readonly options: LiveOptions;
  private readonly session: Session;
  private readonly forecaster: Forecaster;
  private readonly traces: TraceKeeper;
  /** How much of the past the page is given when it opens; the store holds more. */
  private readonly recent: Recent;
  private watching: Watch | undefined;
  /** Deploys in the lab that are under way: they are followed once they are done. */
  private deploying = 0;
  private readonly announced = new Map<string, string>();
  /** What is still being made of the last exchanges. */
  private readonly following = new Set<Promise<void>>();
  readonly labDeploy?: NonNullable<Engine['labDeploy']>;
  readonly labSettings?: NonNullable<Engine['labSettings']>;

  constructor(options: LiveOptions, traceId: string) {
    const { topology, store, lab, exchanger } = options;
    this.options = options;
    this.topology = topology;
    this.lab = lab !== undefined;
    this.traceId = traceId;
    this.session = new Session({
      topology,
      record: (message) => store.append(traceId, message),
      ...(exchanger === undefined ? {} : { exchanger }),
    });
    this.forecaster = new Forecaster(this.session);
    const { data, keep } = options;
    this.traces = new TraceKeeper({
      session: this.session,
      onError: this.failed,
      ...(data === undefined ? {} : { data }),
      ...(keep === undefined ? {} : { keep }),
    });
    const startedAt = this.session.now();
    const none = { observations: [], events: [], receipts: [], forecasts: [] };
    const heading: Trace = { strata: 1, kind: 'trace', id: traceId, startedAt, topology, ...none };
    this.recent = new Recent(heading, placesOf(topology).length);
    if (lab !== undefined) {
      this.labDeploy = (request) => this.deployInLab(lab, request.rollSeconds ?? ROLL);
      this.labSettings = async ({ maxAge }) => {
        lab.origin.setMaxAge(maxAge);
        return { maxAge };
      };
    }
  }

  start(): void {
    this.session.subscribe((_, message) => this.recent.take(message, this.session.reading));
    this.session.subscribe((_, message) => {
      if (message.type === 'observation') this.follow(message.data.target, message.data.variant);
    });
    this.watching = watch(this.session, placesOf(this.topology), { onError: this.failed });
  }

  now(): Instant {
    return this.session.now();
  }

  snapshot(): Trace {
    return this.recent.trace(this.session.reading);
  }

  reading(): Reading {
    return this.session.reading;
  }

  subscribe(listener: Listener): () => void {
    // what goes wrong with one who listens is no reason to stop looking
    return this.session.subscribe((sequence, message) => {
      try {
        listener(sequence, message);
      } catch (error) {
        this.failed(error);
      }
    });
  }

  async look(request: LookRequest): Promise<LookDocument> {
    return answerLook(this.session, this.checked(request));
  }

  async when(request: WhenRequest): Promise<WhenDocument> {
    const { deployed: _deployed, purged: _purged, ...wanted } = this.checked(request);
    return answerWhen(this.session, { ...wanted, settle: SETTLE });
  }

  async trace(request: TraceRequest, signal: AbortSignal): Promise<TraceDocument> {
    const { budget = 120, deployed, purged: _purged, everything, ...wanted } = this.checked(request);
    if (wanted.purge === true) requirePurgeable(this.topology, wanted, everything === true);
    const told = deployed?.map((at, i) => deployInstant(at, `deployed[${i}]`, this.now())).at(-1);
    const deployedAt = told === undefined ? {} : { deployedAt: told };
    const { document } = await this.traces.begin({ ...wanted, ...deployedAt, ...this.inSight(), budget }, signal);
    return document;
  }

  readonly explain: Engine['explain'] = (request, signal) =>
    answerExplain(this.session, this.options.askable ?? [], request, signal);
  readonly discover: Engine['discover'] = (request, signal) => answerDiscover(this.session, request, signal);

  async purge(request: PurgeRequest): Promise<PurgeDocument> {
    const { expect, everything, ...wanted } = this.checked(request);
    if (wanted.dryRun !== true) requirePurgeable(this.topology, wanted, everything === true);
    if (expect !== undefined) this.requireReady(wanted, expect);
    const done = await answerPurge(this.session, wanted);
    if (wanted.dryRun !== true) this.watching?.wake();
    return done;
  }

  async deploy(request: DeployRequest): Promise<DeployDocument> {
    const at = request.at === undefined ? this.now() : deployInstant(request.at, 'at', this.now());
    const { marker } = request;
    const told = marker === undefined ? {} : { marker };
    await this.session.event({ id: this.session.takeId(), type: 'deploy', at: interval(at, at), ...told });
    const change = marker === undefined ? {} : { expect: marker };
    const begun = await this.traces.follow({
      ...change,
      ...this.inSight(),
      since: at,
      lookBack: LOOK_BACK,
      budget: FOLLOW,
    });
    begun.document.catch(() => undefined);
    this.watching?.wake();
    return { strata: 1, verb: 'deploy', trace: begun.id ?? this.traceId, at: isoInterval(interval(at, at)), ...told };
  }

  async close(): Promise<void> {
    await this.traces.close();
    await this.watching?.stop();
    await Promise.all(this.following);
    try {
      await this.options.store.endTrace(this.traceId, this.now());
    } finally {
      await this.session.close();
    }
  }

  /** A trace need not ask what is asked all the time. */
  private inSight(): { watching?: Watch } {
    return this.watching === undefined ? {} : { watching: this.watching };
  }

  private readonly failed = (error: unknown): void => this.options.onError?.(error);

  private async deployInLab(lab: Lab, rollSeconds: number): Promise<{ build: string }> {
    const from = this.now();
    this.deploying += 1;
    const { build, readyAt } = await lab.origin.deploy({ rollSeconds }).finally(() => (this.deploying -= 1));
    const first = Math.min(...readyAt.map((r) => r.at));
    await this.session.event({ id: this.session.takeId(), type: 'deploy', at: interval(from, first), marker: build });
    await this.traces.follow({ ...this.inSight(), expect: build, since: first, budget: FOLLOW });
    this.watching?.wake();
    return { build };
  }

  private follow(target: string, variant: string): void {
    const work = this.after(target, variant)
      .catch(this.failed)
      .finally(() => this.following.delete(work));
    this.following.add(work);
  }

  /** Announces that the origins are ready, once for each change, and lets the forecaster work. */
  private async after(target: string, variant: string): Promise<void> {
    const change = changeIn(this.session.reading, target, variant);
    const key = `${target}/${variant}`;
    if (change.ready && change.expect !== undefined && change.readyAt !== undefined) {
      const before = this.announced.get(key);
      this.announced.set(key, change.expect);
      if (before !== undefined && before !== change.expect) {
        await this.session.originsReady(change.expect, change.readyAt);
        if (this.deploying === 0) {
          await this.traces.followUntold(change.expect, { ...this.inSight(), budget: FOLLOW, lookBack: LOOK_BACK });
        }
      }
    }
    await this.forecaster.after(target, variant);
  }

  /** The request with its ids, if the topology has them all. Throws RequestProblem. */
  private checked<R extends Choice>(request: R): R {
    const { layers, targets } = this.topology;
    const known = {
      layer: layers.map((l) => l.id),
      node: layers.flatMap((l) => l.nodes.map((n) => n.id)),
      target: targets.map((t) => t.id),
      variant: targets.flatMap((t) => t.variants.map((v) => v.id)),
    };
    for (const [kind, ids] of Object.entries(known)) {
      const asked = request[kind as keyof Choice];
      if (asked !== undefined && !ids.includes(asked)) {
        throw new RequestProblem(
          kind,
          `There is no ${kind} "${asked}"; there is: ${[...new Set(ids)].slice(0, 20).join(', ')}.`,
        );
      }
    }
    return request;
  }

  /** A purge before the origin is ready brings the old page back; throws RequestProblem. */
  private requireReady(wanted: Choice, expect: string): void {
    const pages = pagesOf(placesOf(this.topology, wanted));
    if (pages.every((p) => changeIn(this.session.reading, p.target, p.variant, expect).ready)) return;
    const names = origins(this.topology)
      .map((l) => l.id)
      .join(', ');
    throw new RequestProblem(
      'expect',
      `Not every node of ${names} serves "${expect}" yet: purged now, the caches would fetch the old page again.`,
    );
  }
}
