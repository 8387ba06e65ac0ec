// Nodes that answer with floods, drips, bombs and nonsense, watched beside a good one.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure, Observation } from '../../../shared/observation.ts';
import { BOMB_MIB } from '../hostile/bomb.ts';
import { growing } from '../hostile/memory.ts';
import { answer, rawServer, type RawServer } from '../hostile/raw-server.ts';
import { liveOn, until, type Scene } from './scene.ts';
import { siteOf } from './site.ts';

const NODES = new URL('hostile-nodes.ts', import.meta.url).pathname;
const GOOD = '<meta name="build" content="4f2c">';

describe('a service that watches hostile nodes beside a good one', () => {
  let child: ChildProcess;
  let good: RawServer;
  let scene: Scene;
  let asked: Readonly<Record<string, number>> = {};
  let grown = 0;
  beforeAll(async () => {
    child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), NODES], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value as string) as Record<string, never>;
    const addresses: Record<string, string> = await next();
    good = await rawServer((socket) =>
      socket.write(answer(GOOD, ['Content-Type: text/html', 'Cache-Control: max-age=5'])),
    );
    const edges = Object.entries(addresses).map(([name, address]) => [`edge-${name}`, address]);
    // what a first exchange makes ready is not what strangers make grow
    const warm = await liveOn(siteOf({ 'app-1': good.address }));
    await until('warm', () => warm.told.length > 0);
    await warm.close();
    const nodes = { ...(Object.fromEntries(edges) as Record<string, string>), 'app-1': good.address };
    [scene, grown] = await growing(async () => {
      const watching = await liveOn(siteOf(nodes));
      await sleep(8000);
      return watching;
    });
    await scene.stop();
    child.stdin!.end();
    asked = await next();
  }, 60_000);
  afterAll(async () => {
    child.kill();
    await scene.close();
    await good.close();
  });

  const of = (node: string): Observation[] =>
    scene.told.flatMap((m) => (m.type === 'observation' && m.data.node === node ? [m.data] : []));
  const failureOf = (node: string): Failure | undefined =>
    of(node).flatMap(({ result }) => (result.kind === 'failure' ? [result] : []))[0];

  it('stays alive and complains of nothing itself', () => expect(scene.errors).toEqual([]));

  it('goes on looking at the good node', () => {
    const answers = of('app-1').map(({ result }) => (result.kind === 'answer' ? result.marker : result.code));
    expect(answers.length).toBeGreaterThanOrEqual(10);
    expect(new Set(answers)).toEqual(new Set(['4f2c']));
  });

  it.each([
    ['endless', 'target', 'body', 'body-too-large'],
    ['status', 'target', 'head', 'malformed-response'],
    ['noise', 'target', 'head', 'malformed-response'],
    ['head', 'target', 'head', 'head-too-large'],
    ['lines', 'target', 'head', 'too-many-fields'],
    ['interim', 'target', 'head', 'too-many-interim-responses'],
    ['reset', 'network', 'body', 'connection-closed'],
    ['short', 'target', 'body', 'connection-closed'],
    ['gzip', 'target', 'body', 'decoded-body-too-large'],
    ['brotli', 'target', 'body', 'decoded-body-too-large'],
    ['hangup', 'target', 'head', 'connection-closed'],
  ])('records of the node that answers with %s: %s, %s, %s', (name, source, phase, code) => {
    expect(failureOf(`edge-${name}`)).toMatchObject({ kind: 'failure', source, phase, code });
    expect(failureOf(`edge-${name}`)!.message.length).toBeLessThan(400);
  });

  it.each(['deep', 'broken'])('keeps the head of a page that is %s, and says what could not be read', (name) => {
    expect(of(`edge-${name}`)[0]!.result).toMatchObject({ kind: 'answer', problems: [expect.any(String)] });
  });

  it('waits for those that do not come to an end, and asks nothing more meanwhile', () => {
    expect([asked['drip'], asked['silent']]).toEqual([1, 1]);
  });

  it('asks one that fails not more often than once in the calm interval', () => {
    const failing = Object.keys(asked).filter((name) => failureOf(`edge-${name}`) !== undefined);
    expect(failing.length).toBeGreaterThanOrEqual(11);
    for (const name of failing) expect([name, asked[name]! <= 9]).toEqual([name, true]);
  });

  it('does not grow by half of one of the bombs', () => expect(grown).toBeLessThan(BOMB_MIB / 2));
});
