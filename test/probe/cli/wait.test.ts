import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { waitDocument } from '../../../shared/api-wait.ts';
import { topologyYaml } from '../../../probe/cli/topology-yaml.ts';
import { type Lab, startLab } from '../../../probe/lab/lab.ts';
import { type Ended, type How, start, strata } from './strata.ts';

// each starts the real command some times
vi.setConfig({ testTimeout: 60_000 });

let lab: Lab;
let folder: string;
let file: string;
/** Ten minutes: in these tests nothing goes by itself. */
beforeAll(async () => {
  lab = await startLab({ edges: 2, maxAge: 600 });
  folder = await mkdtemp(join(tmpdir(), 'strata-wait-'));
  file = join(folder, 'strata.yaml');
  await writeFile(file, topologyYaml(lab.topology));
});
afterAll(async () => {
  await lab.stop();
  await rm(folder, { recursive: true, force: true });
});

const wait = (args: readonly string[], how?: How): Promise<Ended> =>
  strata(['wait', '--topology', file, '--data', join(folder, 'data'), ...args], how);

/** A new build at the origins, and the former one in every cache. */
async function deployed(): Promise<string> {
  await strata(['look', '--topology', file]);
  return (await lab.origin.deploy()).build;
}

const lineOf = (text: string): unknown => JSON.parse(text);

describe('strata wait', () => {
  it('with --purge ends with 0 once every node shows the build, and leaves report, summary and outputs', async () => {
    const build = await deployed();
    const junit = join(folder, 'visible.xml');
    const env = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md'), GITHUB_OUTPUT: join(folder, 'output') };
    const args = ['--expect', build, '--purge', '--hold', '--budget', '30s', '--github', '--junit', junit];
    const { code, stdout, stderr } = await wait(args, { env });
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: `${build} is visible everywhere.` });
    expect(stdout).toMatch(
      new RegExp(`^::notice title=strata wait::${build} is visible everywhere \\(5 places\\)`, 'm'),
    );
    expect(stderr).toContain('purge accepted by edge-ams');
    expect(await readFile(env.GITHUB_OUTPUT, 'utf8')).toMatch(/^visible=true\nverdict=visible\np50=\d+\.\d{3}\np90=/);
    expect(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8')).toContain('| edge | edge-ams |');
    const report = await readFile(junit, 'utf8');
    expect(report).toContain('<testsuites name="strata wait" tests="5" failures="0" errors="0" skipped="0"');
    expect(report).toMatch(/<testcase classname="edge.edge-nyc" name="edge-nyc home\/default" time="\d+\.\d{3}"\/>/);
  });

  it('ends with 3 where no origin ever serves it, and purges nothing', async () => {
    await deployed();
    const { code, stdout } = await wait(['--expect', '4f2cdead', '--purge', '--budget', '8s', '--json']);
    const summary = waitDocument.parse(lineOf(stdout.trimEnd().split('\n').at(-1) ?? ''));
    expect({ code, verdict: summary.verdict }).toEqual({ code: 3, verdict: 'origin-not-ready' });
    expect(summary.sentence).toMatch(
      /^nothing was deployed: no origin showed 4f2cdead within 8 s: origin: app-1 still/,
    );
    expect(summary.receipts).toEqual([]);
  });

  it('ends with 4 where nothing can be reached', async () => {
    const closed = join(folder, 'closed.yaml');
    const text = topologyYaml(lab.topology).replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
    await writeFile(closed, text);
    const { code, stdout } = await wait(['--topology', closed, '--expect', '4f2c', '--budget', '1s']);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^No node told what it holds \(within 1 s\): edge: edge-ams never answered/);
  });
});

describe('a marker that everything shows from the start', () => {
  let build: string;
  beforeAll(async () => {
    build = await deployed();
    await strata(['purge', '--topology', file, '--data', join(folder, 'data')]);
    await strata(['look', '--topology', file]);
  }, 60_000);

  it('is refused as a bad check with 2, before anything is purged, and the report says so', async () => {
    const junit = join(folder, 'bad-check.xml');
    const args = ['--expect', build, '--purge', '--budget', '30s', '--json', '--junit', junit];
    const { code, stdout } = await wait(args);
    const summary = waitDocument.parse(lineOf(stdout.trimEnd().split('\n').at(-1) ?? ''));
    expect({ code, verdict: summary.verdict, receipts: summary.receipts }).toEqual({
      code: 2,
      verdict: 'bad-check',
      receipts: [],
    });
    expect(summary.sentence).toContain('--already-ok');
    expect(await readFile(junit, 'utf8')).toContain(`<error type="bad-check"`);
  });

  it('is accepted where the deploy was told; copies from before that deploy are a warning', async () => {
    await sleep(1100);
    const { code, stderr } = await wait(['--expect', build, '--deployed', '-1ms']);
    expect({ code, doubts: stderr.includes('from before the deploy that was told') }).toEqual({
      code: 0,
      doubts: true,
    });
  });
});

describe('what a pipeline may get wrong', () => {
  it.each([
    [['--expect', ''], 'is the variable set'],
    [[], "required option '--expect <marker>' not specified"],
    [['--expect', '4f2c', '--junit', '/nowhere/at/all/wait.xml'], 'there is no folder /nowhere/at/all'],
    [['--expect', '4f2c', '--deployed', '2999-01-01T00:00:00Z'], 'still to come'],
  ])('%j is refused before anybody is asked', async (args, sentence) => {
    const { code, stdout, stderr } = await wait(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  it('a mistake in the topology is shown at its line of the file', async () => {
    const wrong = join(folder, 'wrong.yaml');
    await writeFile(wrong, topologyYaml(lab.topology).replace('dialect: varnish', 'dialect: varnisch'));
    const { code, stdout } = await wait(['--topology', wrong, '--expect', '4f2c', '--github']);
    expect(code).toBe(2);
    expect(stdout).toMatch(new RegExp(`^::error file=${wrong},line=4,col=\\d+::layers\\[0\\]\\.dialect: `, 'm'));
  });
});

describe('a wait that is stopped', () => {
  /** Ends it by a signal once it has printed `sign`. */
  const stoppedAt = async (sign: string | RegExp, args: readonly string[]): Promise<Ended> => {
    const child = start(['wait', '--topology', file, '--no-record', ...args]);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        said[name] += chunk.toString();
        // a second signal would end it without an answer
        if (new RegExp(sign).test(said[name]) && !child.killed) child.kill('SIGTERM');
      });
    }
    return { code: await ended, ...said };
  };

  it('before the origin was ready ends with its summary and 4', async () => {
    await deployed();
    const layers = /"type":"progress".*"layer":"edge","seen":0,"of":2/;
    const { code, stdout } = await stoppedAt(layers, ['--expect', '4f2cdead', '--json']);
    const last = waitDocument.parse(lineOf(stdout.trimEnd().split('\n').at(-1) ?? ''));
    expect({ code, verdict: last.verdict, ended: last.ended }).toEqual({
      code: 4,
      verdict: 'cannot-tell',
      ended: 'interrupted',
    });
  });

  it('while caches hold the old build ends with 1 and names layer, node and what each still shows', async () => {
    const build = await deployed();
    const junit = join(folder, 'not-visible.xml');
    const args = ['--expect', build, '--github', '--junit', junit];
    const { code, stdout } = await stoppedAt(/every origin serves/, args);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${build} is not visible at 3 of 5 places \\(stopped after .+\\)\\.$`, 'm'));
    const [, before = ''] = /^ {2}edge: edge-nyc still shows (\w+)/m.exec(stdout) ?? [];
    expect(before).toMatch(/^[\da-f]{4}$/);
    expect(stdout).toContain(`\n::error title=strata wait%3A edge/edge-nyc::edge-nyc still shows ${before}`);
    expect(await readFile(junit, 'utf8')).toContain('tests="5" failures="3"');
  });
});
