import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topologyYaml } from '../../../probe/cli/topology-yaml.ts';
import { type Lab, startLab } from '../../../probe/lab/lab.ts';
import { readPurge } from '../../../shared/purge/index.ts';
import { strata } from './strata.ts';

let lab: Lab;
let folder: string;
let file: string;
beforeAll(async () => {
  lab = await startLab({ edges: 1, maxAge: 60 });
  folder = await mkdtemp(join(tmpdir(), 'strata-consent-'));
  file = join(folder, 'strata.yaml');
  const layers = lab.topology.layers.map((layer) =>
    layer.purge === undefined ? layer : { ...layer, purge: readPurge({ by: 'http-purge', scope: 'all' }) },
  );
  await writeFile(file, topologyYaml({ ...lab.topology, layers }));
});
afterAll(async () => {
  await lab.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a purge that lets go of more than the chosen pages', () => {
  it('is not sent before somebody has said yes', async () => {
    const { code, stderr } = await strata(['purge', '--topology', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('is purged by all, which lets go of more than the chosen pages');
    expect(stderr).toContain('then add --yes');
    for (const verb of ['trace', 'wait']) {
      const refused = await strata([verb, '--topology', file, '--expect', 'x', '--purge', '--budget', '2s']);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('is shown without a yes, and sent with it', async () => {
    const shown = await strata(['purge', '--topology', file, '--dry-run']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('by all');
    const sent = await strata(['purge', '--topology', file, '--yes']);
    expect(sent.code).toBe(0);
    expect(sent.stdout).toContain('accepted');
  });
});

describe('a purge that is held', () => {
  it('needs to be told what to wait for', async () => {
    const { code, stderr } = await strata(['purge', '--topology', file, '--hold', '--yes']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'strata: --hold needs --expect M: the marker that every origin has to serve first.\n',
    });
  });

  it('is not sent while an origin does not serve it', async () => {
    const args = ['purge', '--topology', file, '--hold', '--expect', 'never', '--budget', '2s', '--yes'];
    const { code, stdout, stderr } = await strata(args);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('nothing was purged');
  });

  it('is sent once every origin serves it', async () => {
    const { build } = await lab.origin.deploy({ rollSeconds: 1 });
    const { code, stdout } = await strata(['purge', '--topology', file, '--hold', '--expect', build, '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain('accepted');
  });
});
