// What must stand behind the HTTP API? Whoever keeps looking at the layers, live or in the lab, implements this.
import type {
  DeployDocument,
  DeployRequest,
  DiscoverDocument,
  DiscoverRequest,
  ExplainDocument,
  ExplainRequest,
  LabDeployment,
  LabDeployRequest,
  LabSettings,
  LookDocument,
  LookRequest,
  PurgeDocument,
  PurgeRequest,
  TraceDocument,
  TraceRequest,
  WhenDocument,
  WhenRequest,
} from '../../shared/api.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { Reading } from '../../shared/model/reading.ts';
import type { Topology } from '../../shared/topology.ts';
import type { LiveMessage, Trace } from '../../shared/trace.ts';

/** Called with every message of the live trace once it is stored, in the order of its sequence. */
export type Listener = (sequence: number, message: LiveMessage) => void;

export interface Engine {
  readonly topology: Topology;
  /** Whether the caches are the lab's own processes. */
  readonly lab: boolean;
  /** Id of the live trace in the store; it may change while the service runs. */
  readonly traceId: string;
  now(): Instant;
  /** The recent live trace; it holds a message before any listener is called with it. */
  snapshot(): Trace;
  /** What all messages until now say; a listener finds the one it was called with in it. */
  reading(): Reading;
  /** Calls the listener until the returned function is called. */
  subscribe(listener: Listener): () => void;

  // Verbs reject with RequestProblem where the request names what does not exist, with ConfigError where the topology or
  // the environment lacks something, and with StoreFull. `signal` says that the client has gone.
  look(request: LookRequest, signal: AbortSignal): Promise<LookDocument>;
  when(request: WhenRequest, signal: AbortSignal): Promise<WhenDocument>;
  trace(request: TraceRequest, signal: AbortSignal): Promise<TraceDocument>;
  explain(request: ExplainRequest, signal: AbortSignal): Promise<ExplainDocument>;
  discover(request: DiscoverRequest, signal: AbortSignal): Promise<DiscoverDocument>;
  purge(request: PurgeRequest): Promise<PurgeDocument>;
  deploy(request: DeployRequest): Promise<DeployDocument>;
  labDeploy?(request: LabDeployRequest): Promise<LabDeployment>;
  labSettings?(request: LabSettings): Promise<LabSettings>;
}

/** The request is well formed, but names what is not there (a target, a layer) or cannot be done as asked: 400. */
export class RequestProblem extends Error {
  /** Dotted path into the request, such as `target`. */
  readonly place: string;
  constructor(place: string, message: string) {
    super(message);
    this.name = 'RequestProblem';
    this.place = place;
  }
}
