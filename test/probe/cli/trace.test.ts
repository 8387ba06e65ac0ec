import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { traceDocument } from '../../../shared/api.ts';
import { fieldOf } from '../../../shared/raw-value.ts';
import { topologyYaml } from '../../../probe/cli/topology-yaml.ts';
import { type Lab, startLab } from '../../../probe/lab/lab.ts';
import { strata } from './strata.ts';

let lab: Lab;
let folder: string;
let file: string;
beforeAll(async () => {
  lab = await startLab({ edges: 2, maxAge: 60 });
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
  file = join(folder, 'strata.yaml');
  await writeFile(file, topologyYaml(lab.topology));
});
afterAll(async () => {
  await lab.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('trace', () => {
  it('with --purge brings a deployed build everywhere long before its copies expire, one JSON object a line', async () => {
    await strata(['look', '--topology', file]);
    const { build } = await lab.origin.deploy();
    const args = ['trace', '--topology', file, '--expect', build, '--purge', '--json', '--budget', '20s'];
    const { code, stdout } = await strata(args);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const summary = traceDocument.parse(lines.at(-1));
    expect(summary.notSeen).toEqual([]);
    expect(code).toBe(0);
    const types = lines.slice(0, -1).map((line) => fieldOf(line, 'type'));
    expect(types.filter((t) => t === 'purge-accepted')).toHaveLength(3);
    expect(types.filter((t) => t === 'flip')).toHaveLength(3);
  });

  it('without a purge says after its budget where the change was not seen, and ends with 1', async () => {
    const { build } = await lab.origin.deploy();
    const { code, stdout } = await strata(['trace', '--topology', file, '--expect', build, '--budget', '4s']);
    expect(code).toBe(1);
    expect(stdout).toContain('not seen within');
  });

  it('of what no origin serves ends with 3', async () => {
    const { code, stderr } = await strata(['trace', '--topology', file, '--expect', 'nope', '--budget', '3s']);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'strata: not every origin served nope while the trace ran.\n',
    });
  });

  it('of no change in particular says that none was seen, and nothing of "everywhere"', async () => {
    const { code, stdout, stderr } = await strata(['trace', '--topology', file, '--at', '-1s', '--budget', '2s']);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('no origin was seen to change') });
    expect(stdout).toContain('No change was seen.');
    expect(stdout).not.toContain('everywhere');
  });

  it('refuses a deploy that is still to come', async () => {
    const { code, stderr } = await strata(['trace', '--topology', file, '--at', '2999-01-01T00:00:00Z']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'strata: The deploy that was told is still to come; say when it began.\n',
    });
  });

  it('names a cause while it runs, as a line of its own', async () => {
    const { build } = await lab.origin.deploy();
    await strata(['look', '--topology', file]);
    const args = [
      'trace',
      '--topology',
      file,
      '--expect',
      build,
      '--purge',
      '--layer',
      'edge',
      '--json',
      '--budget',
      '3s',
    ];
    const { stdout } = await strata(args);
    const lines = stdout.trimEnd().split('\n');
    const causes = lines.slice(0, -1).map((line): unknown => JSON.parse(line));
    expect(causes).toContainEqual(expect.objectContaining({ verb: 'trace', type: 'cause', id: 'purge-race' }));
  });
});
