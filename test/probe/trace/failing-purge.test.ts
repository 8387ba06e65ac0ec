// What becomes of a trace whose purge cannot go on?
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../../../probe/lab/lab.ts';
import { StoreFull } from '../../../probe/store/store-error.ts';
import { answerTrace, type TraceWanted } from '../../../probe/trace/propagation.ts';
import { Session } from '../../../probe/trace/session.ts';
import { readPurge } from '../../../shared/purge/index.ts';
import type { LiveMessage } from '../../../shared/trace.ts';

let lab: Lab;
let build: string;
beforeEach(async () => {
  lab = await startLab({ edges: 1, maxAge: 60 });
  ({ build } = await lab.origin.deploy());
});
afterEach(() => lab.stop());

/** Traces with a purge through a session that keeps what it may. */
async function traced(keep: (message: LiveMessage) => void, topology = lab.topology) {
  let sequence = 0;
  const record = async (message: LiveMessage) => {
    keep(message);
    return ++sequence;
  };
  const session = new Session({ topology, record });
  const wanted: TraceWanted = { expect: build, budget: 3, purge: true };
  try {
    const document = await answerTrace(session, wanted, {}, new AbortController().signal);
    return { document, session };
  } finally {
    await session.close();
  }
}

describe('a purge that cannot go on', () => {
  it('because the disk is full leaves the rest alone, and the trace goes on and says so', async () => {
    const { document } = await traced((message) => {
      if (message.type === 'receipt' && message.data.layer === 'edge') throw new StoreFull('/data');
    });
    expect(document.stopped).toContain('The disk that holds /data is full');
    expect(document.stopped).toContain('What was not yet purged was left alone.');
    expect(document.receipts?.map((r) => r.layer)).toEqual(['shield']);
    expect(document.ended).toBe('visible');
  });

  it('for another reason ends the trace with that reason, for whoever asked for it', async () => {
    const trace = traced((message) => {
      if (message.type === 'receipt') throw new Error('out of order');
    });
    await expect(trace).rejects.toThrow('out of order');
  });

  it('because a credential is missing is refused before anything is asked', async () => {
    const purge = readPurge({ by: 'http-purge', headers: { 'x-key': '${STRATA_TEST_UNSET}' } });
    const layers = lab.topology.layers.map((l) => (l.id === 'edge' ? { ...l, purge } : l));
    const kept: LiveMessage[] = [];
    const trace = traced((message) => kept.push(message), { ...lab.topology, layers });
    await expect(trace).rejects.toThrow('STRATA_TEST_UNSET');
    expect(kept).toEqual([]);
  });
});
