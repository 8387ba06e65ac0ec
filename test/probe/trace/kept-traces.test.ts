import { afterEach, describe, expect, it } from 'vitest';
import { openHistory } from '../../../probe/store/history.ts';
import type { TraceSummary } from '../../../probe/store/summaries.ts';
import type { Trace } from '../../../shared/trace.ts';
import { liveLab, until, type Scene } from './scene.ts';

let scene: Scene | undefined;
afterEach(async () => {
  await scene?.close();
  expect(scene?.errors).toEqual([]);
  scene = undefined;
});

async function open(options: Parameters<typeof liveLab>[0]) {
  const opened = await liveLab(options);
  scene = opened;
  const nodes = opened.lab.topology.layers.flatMap((l) => l.nodes);
  const seen = () => new Set(opened.told.flatMap((m) => (m.type === 'observation' ? [m.data.node] : [])));
  await until('every node seen', () => seen().size === nodes.length);
  return opened;
}

const traces = async ({ data, store }: Scene): Promise<readonly TraceSummary[]> =>
  (await openHistory(data, store).list({ kind: 'trace' })).traces;

async function read({ data, store }: Scene, id: string): Promise<Trace> {
  const trace = await openHistory(data, store).read(id);
  if ('problem' in trace) throw new Error(trace.problem);
  return trace;
}

describe('a service', () => {
  it('keeps a deploy that a hook tells as a trace of its own, from the last answers before it to the last flip', async () => {
    const opened = await open({ edges: 2, maxAge: 2 });
    const { lab, live } = opened;
    const { build } = await lab.origin.deploy({ rollSeconds: 0 });
    const { trace, marker } = await live.deploy({ marker: build });
    expect(marker).toBe(build);
    await until('over', async () => (await traces(opened)).some((t) => t.id === trace && t.state === 'finished'));
    const kept = await read(opened, trace);
    expect(kept.summary).toMatchObject({ expect: build, startedBy: 'deploy', ended: 'visible', notSeen: [] });
    expect(kept.summary?.layers?.map(({ layer, seen, of }) => [layer, seen, of])).toEqual([
      ['edge', 2, 2],
      ['shield', 1, 1],
    ]);
    const nodes = lab.topology.layers.flatMap((l) => l.nodes.map((n) => n.id));
    const first = kept.observations.slice(0, nodes.length).map((o) => o.node);
    expect(first.toSorted()).toEqual(nodes.toSorted());
  });

  it('follows a deploy that nobody told, as soon as the origins show it', async () => {
    const opened = await open({ edges: 1, maxAge: 2 });
    const { build } = await opened.lab.origin.deploy({ rollSeconds: 0 });
    await until('over', async () => (await traces(opened)).some((t) => t.state === 'finished'));
    const [summary] = await traces(opened);
    expect((await read(opened, summary!.id)).summary).toMatchObject({
      expect: build,
      startedBy: 'now',
      ended: 'visible',
    });
  });

  it('follows one deploy at a time: the next one ends the trace of the one before', async () => {
    const opened = await open({ edges: 1, maxAge: 600 });
    const { build: first } = await opened.lab.origin.deploy({ rollSeconds: 0 });
    const one = await opened.live.deploy({ marker: first });
    const { build: second } = await opened.lab.origin.deploy({ rollSeconds: 0 });
    const two = await opened.live.deploy({ marker: second });
    expect(two.trace).not.toBe(one.trace);
    await until('ended', async () => (await traces(opened)).some((t) => t.id === one.trace && t.state !== 'running'));
    expect((await read(opened, one.trace)).summary).toMatchObject({ expect: first, ended: 'interrupted' });
    await opened.stop();
    expect((await read(opened, two.trace)).summary).toMatchObject({ expect: second, ended: 'interrupted' });
    expect((await traces(opened)).map((t) => t.id).toSorted()).toEqual([one.trace, two.trace].toSorted());
  });
});
