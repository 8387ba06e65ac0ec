// What is asked of every place where traces lie, and how does it say no?
import type { Trace } from '../../shared/trace.ts';
import type { TraceSummary } from './summaries.ts';

export interface Listing {
  readonly traces: readonly TraceSummary[];
  /** What could not be read, and why: one sentence. */
  readonly elsewhere?: string;
}

/** Why there is nothing to read or to forget; `problem` is one sentence. */
export interface Refused {
  readonly why: 'unknown' | 'ambiguous' | 'running' | 'unreadable';
  readonly problem: string;
}

/** Undefined as an answer: there is none of this id here. */
export interface Keeper {
  list(): Promise<Listing>;
  read(id: string): Promise<Trace | Refused | undefined>;
  forget(id: string): Promise<true | Refused | undefined>;
}

export const running = (id: string): Refused => ({
  why: 'running',
  problem: `The trace ${id} is still being recorded.`,
});

export const unreadable = (id: string, why: string): Refused => ({
  why: 'unreadable',
  problem: `The trace ${id} cannot be read: ${why.replace(/\.$/, '')}.`,
});

/** Nobody records any more, even where a full disk kept that from being written down. */
export const overAtLeast = (line: TraceSummary): TraceSummary =>
  line.state === 'running' ? { ...line, state: 'interrupted' } : line;
