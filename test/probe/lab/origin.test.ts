import { afterEach, describe, expect, it } from 'vitest';
import type { LabOrigin } from '../../../probe/lab/origin.ts';
import { startOrigin } from '../../../probe/lab/origin.ts';
import { ask } from './talk.ts';

let origin: LabOrigin | undefined;
afterEach(() => origin?.stop());

const addresses = () => origin!.nodes.map((node) => node.address);

describe('an origin of the lab', () => {
  it('serves the same build from every node, in the marker and in what a visitor sees', async () => {
    origin = await startOrigin({ nodes: 3 });
    for (const address of addresses()) {
      const said = await ask(address);
      expect(said.build).toBe('4f2c');
      expect(said.body).toContain('build <code>4f2c</code>');
      expect(said.field('Cache-Control')).toBe('public, max-age=20');
    }
  });

  it('changes body, marker, ETag, script and stylesheet with a deploy', async () => {
    origin = await startOrigin();
    const [address = ''] = addresses();
    const before = await ask(address);
    const { build } = await origin.deploy();
    const after = await ask(address);
    expect(after.build).toBe(build);
    expect(build).not.toBe('4f2c');
    expect(after.field('ETag')).not.toBe(before.field('ETag'));
    expect(after.body.replaceAll(build, '4f2c')).not.toBe(before.body);
    for (const type of ['js', 'css'])
      expect((await ask(address, `/assets/shop.${build}.${type}`)).body).toContain(build);
  });

  it('rolls node by node: between the two instants the nodes disagree', async () => {
    origin = await startOrigin({ rollSeconds: 0.4 });
    const deploying = origin.deploy();
    const during = await Promise.all(addresses().map((address) => ask(address)));
    const { build, readyAt } = await deploying;
    expect(during.map((said) => said.build)).toEqual([build, '4f2c']);
    expect(readyAt.map((ready) => ready.node)).toEqual(['app-1', 'app-2']);
    expect(readyAt[1]!.at - readyAt[0]!.at).toBeGreaterThan(0.39);
  });

  it('does not serve the script of a build that has not reached the node', async () => {
    origin = await startOrigin({ rollSeconds: 0.4 });
    const deploying = origin.deploy({ build: 'beef' });
    const [first, second] = await Promise.all(addresses().map((address) => ask(address, '/assets/shop.beef.js')));
    await deploying;
    expect([first!.status, second!.status]).toEqual([200, 404]);
  });

  it('answers 304 to whoever holds the current build, and the page to whoever holds an older one', async () => {
    origin = await startOrigin();
    const [address = ''] = addresses();
    const etag = (await ask(address)).field('ETag') ?? '';
    const modified = (await ask(address)).field('Last-Modified') ?? '';
    expect((await ask(address, '/', { headers: { 'If-None-Match': `W/${etag}, "other"` } })).status).toBe(304);
    expect((await ask(address, '/', { headers: { 'If-Modified-Since': modified } })).status).toBe(304);
    await origin.deploy();
    const stale = { 'If-None-Match': etag, 'If-Modified-Since': modified };
    expect((await ask(address, '/', { headers: stale })).status).toBe(200);
  });

  it('gives every path under /life/ its own lifetime, and changes that of / live', async () => {
    origin = await startOrigin({ maxAge: 5 });
    const [address = ''] = addresses();
    expect((await ask(address, '/life/3/a')).field('Cache-Control')).toBe('public, max-age=3');
    expect((await ask(address)).field('Cache-Control')).toBe('public, max-age=5');
    origin.setMaxAge(7);
    expect((await ask(address)).field('Cache-Control')).toBe('public, max-age=7');
  });

  it('deploys one site and leaves the others as they are', async () => {
    origin = await startOrigin();
    const [address = ''] = addresses();
    const { build } = await origin.deploy({ site: 'a' });
    expect((await ask(address, '/site/a/life/9')).build).toBe(build);
    expect((await ask(address, '/site/b/life/9')).build).toBe('4f2c');
    expect((await ask(address)).build).toBe('4f2c');
    expect(origin.build('a')).toBe(build);
  });

  it('gives the same builds for the same seed, and never one twice', async () => {
    const builds = async () => {
      const seeded = await startOrigin({ seed: 'x' });
      const given = await Promise.all(Array.from({ length: 30 }, () => seeded.deploy()));
      await seeded.stop();
      return given.map(({ build }) => build);
    };
    const [first, second] = await Promise.all([builds(), builds()]);
    expect(first).toEqual(second);
    expect(new Set([...first, '4f2c']).size).toBe(31);
  });

  it('remembers who asked for what', async () => {
    origin = await startOrigin();
    await ask(addresses()[1]!, '/life/3?x=1', { headers: { Via: '1.1 edge', 'If-None-Match': '"no"' } });
    expect(origin.requests).toMatchObject([
      {
        node: 'app-2',
        method: 'GET',
        path: '/life/3?x=1',
        status: 200,
        build: '4f2c',
        conditional: true,
        from: '1.1 edge',
      },
    ]);
  });

  it('answers 404 and 405 without letting a cache keep them', async () => {
    origin = await startOrigin();
    const [address = ''] = addresses();
    const [missing, refused] = [await ask(address, '/no'), await ask(address, '/', { method: 'POST', body: 'x' })];
    expect([missing.status, refused.status]).toEqual([404, 405]);
    expect(missing.field('Cache-Control')).toBe('no-store');
  });
});
