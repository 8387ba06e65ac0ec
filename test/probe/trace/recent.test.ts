// Does a page that opens now show what one shows that was open all the time?
import { describe, expect, it } from 'vitest';
import { Recent } from '../../../probe/trace/recent.ts';
import { flipsIn } from '../../../shared/model/flips.ts';
import { advance, emptyReading, readTrace, type Reading } from '../../../shared/model/reading.ts';
import type { LiveMessage, PurgeReceipt, Trace } from '../../../shared/trace.ts';
import { simulatedStack, type SimulatedStack } from '../../shared/model/simulated-stack.ts';

const START = 1_800_000_000;

/** Edges in front of one origin, and both what an open page and what a new one know of them. */
function watched(edges: number, lifetime: number) {
  const nodes = Array.from({ length: edges }, (_, i) => `edge-${i}`);
  const stack = simulatedStack([{ dialect: 'varnish', nodes, grace: 0 }], `max-age=${lifetime}`);
  const none = { observations: [], events: [], receipts: [], forecasts: [] };
  const heading: Trace = { strata: 1, kind: 'trace', id: 'x', startedAt: START, topology: stack.topology, ...none };
  const recent = new Recent(heading, edges + 1);
  let open: Reading = emptyReading(stack.topology);
  const take = (message: LiveMessage) => {
    open = advance(open, message);
    recent.take(message, open);
  };
  return { stack, nodes: ['app-1', ...nodes], take, open: () => open, opened: () => recent.trace(open) };
}

type Watched = ReturnType<typeof watched>;

/** Asks every node every `step` seconds; `before` is called with each instant. */
function run({ nodes, stack, take }: Watched, from: number, to: number, step: number, told = passed): void {
  for (let at = from; at < to; at += step) {
    told(at, stack);
    for (const [i, node] of nodes.entries()) {
      const asked = START + at + (step * i) / (2 * nodes.length);
      take({ type: 'observation', data: stack.observe(node, asked) });
    }
  }
}

const passed = (_at: number, _stack: SimulatedStack): void => undefined;

const flipsOf = (reading: Reading, now: number) => flipsIn(reading, START + 1, undefined, START + now);

describe('two minutes after a deploy, a page that opens', () => {
  it('shows the same flips as one that was open all the time, of three hundred places', () => {
    const site = watched(300, 20);
    run(site, 0, 5, 1);
    site.stack.deploy('v2');
    run(site, 5, 125, 1);
    const whole = flipsOf(site.open(), 125);
    expect(whole.flips).toHaveLength(301);
    const fresh = site.opened();
    expect(flipsOf(readTrace(fresh), 125)).toEqual(whole);
    expect(fresh.observations.length).toBeLessThan(15_000);
    expect(fresh.observations.length).toBeLessThan(site.open().requests.size * 125);
  });

  it('shows them although copies of one second came and went, and nodes failed before they turned', () => {
    const site = watched(3, 1);
    const failing = (at: number) => at > 9.5 && at < 11;
    const told = site.take;
    const take = (message: LiveMessage) => {
      if (message.type !== 'observation' || !failing(message.data.requestTime - START)) return told(message);
      const result = { kind: 'failure', phase: 'connect', code: 'ECONNREFUSED', message: 'refused' } as const;
      told({ type: 'observation', data: { ...message.data, result: result as never } });
    };
    run({ ...site, take }, 0, 10, 0.05);
    site.stack.deploy('v2');
    run({ ...site, take }, 10, 130, 0.05);
    const whole = flipsOf(site.open(), 130);
    expect(whole.flips).toHaveLength(4);
    for (const { flippedAt } of whole.flips) expect(flippedAt.latest - flippedAt.earliest).toBeGreaterThan(1);
    expect(flipsOf(readTrace(site.opened()), 130)).toEqual(whole);
  });

  it('knows of the copies that purges brought back, and of the deploy before two thousand of them', () => {
    const site = watched(3, 300);
    const at = (t: number) => ({ earliest: START + t, latest: START + t });
    site.take({ type: 'event', data: { id: 900_001, type: 'deploy', at: at(4), marker: 'v2' } });
    run(site, 0, 5, 0.1);
    site.stack.purge('edge-0');
    const receipt: PurgeReceipt = {
      id: 900_002,
      layer: 'layer-0',
      node: 'edge-0',
      method: 'PURGE',
      url: 'http://a/',
      outcome: 'accepted',
      sentAt: START + 5.01,
      answeredAt: START + 5.02,
      summary: '',
    };
    site.take({ type: 'receipt', data: receipt });
    for (let id = 910_000; id < 912_500; id += 1) {
      site.take({ type: 'event', data: { id, type: 'purge-sent', at: at(5), layer: 'layer-0', node: 'edge-0' } });
    }
    run(site, 5.1, 100, 0.1);
    const fresh = readTrace(site.opened());
    const copies = (reading: Reading) =>
      [...reading.tracks.values()].map((t) => t.history.map((s) => [s.from, s.content, s.afterPurge]));
    expect(copies(fresh)).toEqual(copies(site.open()));
    expect(
      copies(fresh)
        .flat()
        .filter(([, , afterPurge]) => afterPurge),
    ).toHaveLength(1);
    expect(fresh.events[0]).toMatchObject({ type: 'deploy' });
  });

  it('is given no more, however long it goes on', () => {
    const site = watched(100, 1);
    let build = 0;
    run(site, 0, 300, 1, (at, stack) => at % 7 === 0 && stack.deploy(`v${build++}`));
    expect(site.opened().observations.length).toBeLessThan(17_500);
  });
});
