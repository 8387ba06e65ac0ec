import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceDocument } from '../../../shared/api.ts';
import { topologyYaml } from '../../../probe/cli/topology-yaml.ts';
import { startLab } from '../../../probe/lab/lab.ts';
import { strata } from './strata.ts';

interface Replay {
  readonly trace: string;
  readonly now: TraceDocument;
  readonly said: TraceDocument;
  readonly differences: readonly string[];
}

let folder: string;
let data: string;
let summary: TraceDocument;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-replay-'));
  data = join(folder, 'data');
  const lab = await startLab({ edges: 2, maxAge: 60 });
  const file = join(folder, 'strata.yaml');
  await writeFile(file, topologyYaml(lab.topology));
  await strata(['look', '--topology', file]);
  const { build } = await lab.origin.deploy();
  const args = ['trace', '--topology', file, '--expect', build, '--purge', '--budget', '20s', '--json', '--data', data];
  const { stdout } = await strata(args);
  summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as TraceDocument;
  await lab.stop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('replay', () => {
  it('of a trace that was just recorded says the very same, long after its servers are gone', async () => {
    const { code, stdout, stderr } = await strata(['replay', summary.trace ?? '', '--json', '--data', data]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { now, said, differences } = JSON.parse(stdout) as Replay;
    expect(said).toEqual(summary);
    expect(differences).toEqual([]);
    const { flips, percentiles, layers, notSeen, causes, events, requests } = now;
    expect({ flips, percentiles, layers, notSeen, causes, events, requests }).toEqual({
      flips: summary.flips,
      percentiles: summary.percentiles,
      layers: summary.layers,
      notSeen: summary.notSeen,
      causes: summary.causes,
      events: summary.events,
      requests: summary.requests,
    });
  });

  it('of its file says the same in words, from a file or from standard input', async () => {
    const file = join(folder, 'trace.json');
    await strata(['traces', 'export', summary.trace ?? '', '-o', file, '--data', data]);
    const [named, piped] = await Promise.all([
      strata(['replay', file]),
      strata(['replay', '-'], { input: await readFile(file) }),
    ]);
    expect(named.code).toBe(0);
    expect(named.stdout).toContain('Visible everywhere.');
    expect(named.stdout).toContain('The same was said when it was recorded.');
    expect(piped.stdout).toBe(named.stdout);
  });

  it.each([
    ['cut.json', '{"strata":1,"kind":"trace","id":"a', 'breaks off before its end'],
    ['har.json', '{"log":{"entries":[]}}', 'it is a HAR'],
    ['empty.json', '', 'is empty'],
    ['binary.json', '\u0000\u0001\u0002', 'is no trace'],
  ])('refuses %s with 2 and one sentence', async (name, content, says) => {
    const file = join(folder, name);
    await writeFile(file, content);
    const { code, stdout, stderr } = await strata(['replay', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^strata: [^\n]+\.\n$/);
    expect(stderr).toContain(says);
  });

  it.each([
    ['nobody', 'There is no trace nobody.'],
    ['missing.json', 'The trace file missing.json does not exist.'],
    ['.', 'The trace file . is a folder.'],
  ])('of %s, which is nowhere, ends with 2', async (source, says) => {
    expect(await strata(['replay', source, '--data', data])).toEqual({
      code: 2,
      stdout: '',
      stderr: `strata: ${says}\n`,
    });
  });
});
