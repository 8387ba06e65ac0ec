import { readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldOf, textOf } from '../../../shared/raw-value.ts';
import { parseTopology } from '../../../shared/topology-file.ts';
import { startLab } from '../../../probe/lab/lab.ts';
import { topologyYaml } from '../../../probe/cli/topology-yaml.ts';
import { end, firstLine, start, strata } from './strata.ts';

const read = async (child: ReturnType<typeof start>, key: string): Promise<string> =>
  textOf(fieldOf(JSON.parse(await firstLine(child)), key)) ?? '';

it('a topology that was written down reads back the same', async () => {
  const lab = await startLab();
  try {
    expect(parseTopology(topologyYaml(lab.topology), 'strata.yaml')).toEqual({ topology: lab.topology });
  } finally {
    await lab.stop();
  }
});

describe('lab', () => {
  it('writes a topology that look understands, and leaves nothing behind when it is stopped', async () => {
    const lab = start(['lab', '--json']);
    const file = await read(lab, 'topology');
    const { code, stdout } = await strata(['look', '--topology', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('edge (varnish)');
    expect(await end(lab, 'SIGINT')).toBe(130);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('puts one cache in front of any origin', async () => {
    const origin = await startLab({ edges: 1 });
    const cache = start([
      'lab',
      '--origin',
      origin.origin.nodes[0]?.address ?? '',
      '--port',
      '0',
      '--policy',
      'cap=1d,grace=0',
      '--json',
    ]);
    try {
      const address = await read(cache, 'address');
      const { code, stdout } = await strata(['explain', `${address}/`]);
      expect(code).toBe(0);
      expect(stdout).toContain('uri-miss  had nothing stored for this URL');
      expect(await end(cache, 'SIGTERM')).toBe(143);
    } finally {
      cache.kill('SIGKILL');
      await origin.stop();
    }
  });
});

describe('serve', () => {
  it('starts the lab and the service, prints its URL, and stops on a signal', async () => {
    const child = start(['serve', '--port', '0', '--json']);
    const url = await read(child, 'url');
    const health = await fetch(`${url}/healthz`);
    expect(health.status).toBe(200);
    expect(await end(child, 'SIGTERM')).toBe(143);
  });

  it('where others can reach it says its name and the token, also in front of the lab', async () => {
    const child = start(['serve', '--host', '0.0.0.0', '--allowed-host', 'strata.example', '--port', '0', '--json']);
    const page = new URL(await read(child, 'page'));
    expect(page.hostname).toBe('strata.example');
    expect(page.searchParams.get('token')).toMatch(/^.{43}$/);
    await end(child, 'SIGTERM');
  });

  it('gives a token where it watches a topology, and keeps it for its owner', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
    const lab = start(['lab', '--json']);
    const child = start([
      'serve',
      '--port',
      '0',
      '--json',
      '--topology',
      await read(lab, 'topology'),
      '--data',
      folder,
    ]);
    try {
      const page = new URL(await read(child, 'page'));
      expect(page.searchParams.get('token')).toBe((await readFile(join(folder, 'token'), 'utf8')).trim());
      const second = await strata(['serve', '--port', '0', '--data', folder]);
      expect(second.code).toBe(2);
      expect(await end(child, 'SIGINT')).toBe(130);
    } finally {
      await end(lab, 'SIGINT');
      await rm(folder, { recursive: true, force: true });
    }
  });
});
