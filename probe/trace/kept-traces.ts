// How does a service keep each deploy as a trace of its own, while it goes on watching? One at a time, recorded as a run.
import type { TraceDocument } from '../../shared/api.ts';
import type { LiveMessage } from '../../shared/trace.ts';
import { removeRun } from '../store/run-folder.ts';
import { beginRun, type RecordedRun } from '../store/runs.ts';
import type { KeepRuns } from '../store/runs-retention.ts';
import { StoreFull, StoreUnusable } from '../store/store-error.ts';
import { answerTrace, type TraceWanted } from './propagation.ts';
import type { Session } from './session.ts';

export interface KeptTraces {
  readonly session: Session;
  /** The data folder; absent: traces are followed, but not recorded. */
  readonly data?: string;
  /** What is kept of earlier ones there. */
  readonly keep?: KeepRuns;
  readonly onError: (error: unknown) => void;
  /** What was said at the end of a trace that the service began by itself. */
  readonly onEnd?: (document: TraceDocument) => void;
}

/** A trace that has begun. */
export interface Begun {
  /** Absent where nothing is recorded. */
  readonly id?: string;
  readonly document: Promise<TraceDocument>;
}

interface Following {
  readonly begun: Begun;
  readonly expect: string | undefined;
  /** Nobody told of it: it was seen at the origins. */
  readonly untold: boolean;
  /** Ends it; resolves with what was said. */
  stop(): Promise<TraceDocument | undefined>;
}

export class TraceKeeper {
  private readonly parts: KeptTraces;
  private current: Following | undefined;
  /** One deploy begins after the other, however many are told at once. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(parts: KeptTraces) {
    this.parts = parts;
  }

  /** Follows a deploy that was told until it is visible everywhere or time is out; the deploy before it is over then. */
  follow(wanted: TraceWanted): Promise<Begun> {
    return this.next(() => this.start(wanted, false));
  }

  /** Follows a change that brought this content to the origins, unless somebody has told of it. */
  async followUntold(content: string, wanted: TraceWanted): Promise<void> {
    await this.next(async () => {
      if (this.current === undefined || (this.current.expect ?? content) !== content) await this.start(wanted, true);
    });
  }

  private next<T>(job: () => Promise<T>): Promise<T> {
    const done = this.turn.then(job);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async start(wanted: TraceWanted, untold: boolean): Promise<Begun> {
    const before = this.current;
    const said = await before?.stop();
    // what was seen before somebody told of it is one deploy, not two
    if (before?.untold === true && !untold && said?.expect === wanted.expect) await this.forget(before.begun);
    const stopping = new AbortController();
    const begun = await this.begin(wanted, stopping.signal);
    const stop = () => {
      stopping.abort();
      return begun.document.catch(() => undefined);
    };
    const following: Following = { begun, expect: wanted.expect, untold, stop };
    this.current = following;
    begun.document
      .then((document) => this.parts.onEnd?.(document), this.parts.onError)
      .finally(() => {
        if (this.current === following) this.current = undefined;
      });
    return begun;
  }

  private async forget({ id }: Begun): Promise<void> {
    if (id !== undefined && this.parts.data !== undefined) await removeRun(this.parts.data, id);
  }

  /** One trace, recorded as a run of its own. */
  async begin(wanted: TraceWanted, signal: AbortSignal): Promise<Begun> {
    const { session } = this.parts;
    const run = await this.recording(wanted);
    const stopRecording = run === undefined ? undefined : recordInto(session, run, this.parts.onError);
    const traced = async (): Promise<TraceDocument> => {
      let named: TraceDocument | undefined;
      try {
        const document = await answerTrace(session, wanted, {}, signal);
        return (named = run === undefined ? document : { ...document, trace: run.id });
      } finally {
        await stopRecording?.();
        await run?.end(named);
      }
    };
    return { ...(run === undefined ? {} : { id: run.id }), document: traced() };
  }

  async close(): Promise<void> {
    await this.turn;
    await this.current?.stop();
  }

  private async recording(wanted: TraceWanted): Promise<RecordedRun | undefined> {
    const { data, keep, session, onError } = this.parts;
    if (data === undefined) return undefined;
    const { expect, deployedAt, since = deployedAt, layer, node, target, variant } = wanted;
    const told = { expect, since, layer, node, target, variant };
    const some = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
    try {
      const begun = { run: { kind: 'trace', ...some }, topology: session.topology, startedAt: session.now() } as const;
      return await beginRun(data, begun, keep);
    } catch (error) {
      if (!(error instanceof StoreFull || error instanceof StoreUnusable)) throw error;
      onError(error);
      return undefined;
    }
  }
}

/** Copies into the run what the session knows of every place now, and all that follows; the returned function ends it. */
function recordInto(session: Session, run: RecordedRun, onError: (error: unknown) => void): () => Promise<void> {
  const writing = new Set<Promise<unknown>>();
  let full = false;
  const keep = (message: LiveMessage) => {
    if (full) return;
    const kept = run
      .record(message)
      .catch((error: unknown) => {
        if (!(error instanceof StoreFull)) throw error;
        full = true;
        onError(error);
      })
      .catch(onError)
      .finally(() => writing.delete(kept));
    writing.add(kept);
  };
  for (const observation of session.observations().values()) keep({ type: 'observation', data: observation });
  const unsubscribe = session.subscribe((_, message) => keep(message));
  return async () => {
    unsubscribe();
    await Promise.all(writing);
  };
}
