import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { fieldOf, listOf, textOf, valueAt } from '../../shared/raw-value.ts';
import { emptyReading } from '../../shared/model/reading.ts';
import { stepOutputs } from '../../probe/cli/github.ts';
import { topologyYaml } from '../../probe/cli/topology-yaml.ts';
import { startLab } from '../../probe/lab/lab.ts';
import { Metrics } from '../../probe/server/metrics.ts';
import { argumentsFor, type Ended, strata } from './cli/strata.ts';
import { startBench, TOKEN } from './server/bench.ts';
import { topology } from './store/sample.ts';

vi.setConfig({ testTimeout: 60_000 });

const RECIPES = resolve(import.meta.dirname, '../../probe/recipes');
const recipe = (name: string): Promise<string> => readFile(join(RECIPES, name), 'utf8');
const yaml = async (name: string): Promise<unknown> => parse(await recipe(name));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-recipes-'));
  // what stands on the PATH of whoever follows a recipe
  const words = [process.execPath, ...argumentsFor([])].map((word) => `'${word}'`).join(' ');
  await writeFile(join(folder, 'strata'), `#!/bin/sh\nexec ${words} "$@"\n`);
  await chmod(join(folder, 'strata'), 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs one of the shell recipes as it stands. */
async function sh(name: string, env: Record<string, string>): Promise<Ended> {
  const child = spawn('sh', [join(RECIPES, name)], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}`, ...env },
  });
  const code = new Promise<number | null>((done) => child.once('close', done));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

describe('every recipe', () => {
  it('calls commands that exist, with options that they take', async () => {
    const files = await readdir(RECIPES);
    const readme = resolve(import.meta.dirname, '../../README.md');
    const all = await Promise.all([...files.map(recipe), readFile(readme, 'utf8')]);
    const lines = all.flatMap((file) => file.replaceAll(/\\\n\s*/g, ' ').split('\n'));
    const calls = lines.flatMap((line) => {
      const [, command = '', rest = ''] = /(?:\bstrata|main\.js) (wait|serve|traces export)\b([^|`]*)/.exec(line) ?? [];
      return command === '' ? [] : [{ command, options: rest.match(/--[a-z-]+/g) ?? [] }];
    });
    expect(calls.length).toBeGreaterThan(5);
    for (const command of new Set(calls.map((c) => c.command))) {
      const known = (await strata([...command.split(' '), '--help'])).stdout.match(/--[a-z-]+/g);
      const used = calls.filter((c) => c.command === command).flatMap((c) => c.options);
      expect(known).toEqual(expect.arrayContaining(used));
    }
  });

  it('stands in the list of recipes', async () => {
    const list = await recipe('README.md');
    for (const name of await readdir(RECIPES)) if (name !== 'README.md') expect(list).toContain(`\`${name}\``);
  });
});

describe('wait.sh', () => {
  it('ends with 0 once every cache shows the build, and leaves a report', async () => {
    const lab = await startLab({ edges: 1, maxAge: 600 });
    try {
      await writeFile(join(folder, 'strata.yaml'), topologyYaml(lab.topology));
      await strata(['look'], { cwd: folder });
      const { build } = await lab.origin.deploy();
      const { code, stdout } = await sh('wait.sh', { SHA: build, DEPLOY: 'true', BUDGET: '40s' });
      expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
        code: 0,
        last: `Every cache shows ${build}.`,
      });
      expect(await readFile(join(folder, 'wait.xml'), 'utf8')).toContain('failures="0"');
      const wrong = await sh('wait.sh', { SHA: 'not-deployed', DEPLOY: 'true', BUDGET: '3s' });
      expect({ code: wrong.code, blamed: wrong.stderr.includes('look at the deploy, not at the caches') }).toEqual({
        code: 3,
        blamed: true,
      });
    } finally {
      await lab.stop();
    }
  });

  it('does not wait for a deploy that failed', async () => {
    const { code, stdout } = await sh('wait.sh', { SHA: '4f2c', DEPLOY: 'false' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('deploy-hook.sh', () => {
  it('announces the build to the service; without the right token it fails', async () => {
    const bench = await startBench();
    try {
      const told = await sh('deploy-hook.sh', { STRATA_URL: bench.url, STRATA_TOKEN: TOKEN, SHA: '4f2c' });
      expect(told.code).toBe(0);
      expect(JSON.parse(told.stdout)).toMatchObject({ verb: 'deploy', marker: '4f2c' });
      const refused = await sh('deploy-hook.sh', { STRATA_URL: bench.url, STRATA_TOKEN: 'another', SHA: '4f2c' });
      expect(refused.code).not.toBe(0);
      expect(refused.stdout).toContain('This needs the token');
    } finally {
      await bench.close();
    }
  });
});

describe('pipelines', () => {
  it('GitHub: later steps read outputs that wait gives', async () => {
    const workflow = await recipe('github-actions.yml');
    const steps = listOf(valueAt(parse(workflow), ['jobs', 'deploy', 'steps']));
    expect(steps.map((s) => textOf(fieldOf(s, 'id'))).filter((id) => id !== undefined)).toEqual(['deploy', 'wait']);
    const seconds = { earliest: 0, latest: 1 };
    const given = stepOutputs({
      strata: 1,
      verb: 'wait',
      startedAt: '',
      endedAt: '',
      events: [],
      flips: [],
      percentiles: { p50: seconds, p90: seconds, p99: seconds },
      notSeen: [],
      causes: [],
      requests: 0,
      verdict: 'visible',
      sentence: '',
      waited: 0,
      warnings: [],
      places: [],
    });
    const read = [...workflow.matchAll(/steps\.wait\.outputs\.(\w+)/g)].map((m) => m[1]);
    expect(read.length).toBeGreaterThan(2);
    for (const name of read) expect(given).toMatch(new RegExp(`^${name}=`, 'm'));
  });

  it('GitLab: the instant of the deploy reaches the job that waits, and its report is kept', async () => {
    const pipeline = await yaml('gitlab-ci.yml');
    expect(valueAt(pipeline, ['deploy', 'artifacts', 'reports', 'dotenv'])).toBe('deploy.env');
    expect(valueAt(pipeline, ['caches', 'needs'])).toEqual(['deploy']);
    expect(valueAt(pipeline, ['caches', 'artifacts', 'reports', 'junit'])).toBe('wait.xml');
    for (const job of ['deploy', 'caches']) {
      const script = listOf(valueAt(pipeline, [job, 'script']));
      expect(script.length).toBeGreaterThan(0);
      for (const line of script) expect(line).toBeTypeOf('string');
    }
  });
});

describe('Prometheus and Grafana', () => {
  /** Every expression of alerts and dashboard, with the page's own variables filled in. */
  async function expressions(): Promise<string[]> {
    const rules = listOf(fieldOf(await yaml('alerts.yml'), 'groups')).flatMap((g) => listOf(fieldOf(g, 'rules')));
    const dashboard: unknown = JSON.parse(await recipe('grafana.json'));
    const targets = listOf(fieldOf(dashboard, 'panels')).flatMap((p) => listOf(fieldOf(p, 'targets')));
    const annotations = listOf(valueAt(dashboard, ['annotations', 'list']));
    const all = [...rules, ...targets, ...annotations].map((raw) => textOf(fieldOf(raw, 'expr')) ?? '');
    return all.map((expr) => expr.replaceAll('$__rate_interval', '5m'));
  }

  it('every expression is PromQL', async () => {
    const all = await expressions();
    expect(all.length).toBeGreaterThan(20);
    for (const expr of all) {
      let wrong = expr === '';
      parser.parse(expr).iterate({ enter: ({ type }) => void (wrong ||= type.isError) });
      expect([expr, wrong]).toEqual([expr, false]);
    }
  });

  it('every metric and every label in them exists', async () => {
    const metrics = new Metrics(
      topology,
      () => emptyReading(topology),
      () => true,
      '1',
    );
    const families = await metrics.registry.getMetricsAsJSON();
    const suffixes = (type: unknown) => (String(type) === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']);
    const names = families.flatMap(({ name, type }) => suffixes(type).map((suffix) => name + suffix));
    const labels = ['layer', 'target', 'node', 'shows', 'since', 'held', 'outcome', 'result', 'type', 'le', 'job'];
    const exposed = await metrics.registry.metrics();
    for (const label of ['since', 'held', 'outcome', 'result', 'type', 'le']) expect(exposed).toContain(`${label}="`);
    for (const expr of await expressions()) {
      const used = expr.match(/\bstrata_\w+/g) ?? [];
      expect(names).toEqual(expect.arrayContaining(used));
      const matched = [...expr.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map((m) => m[1]);
      const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap((m) => (m[1] ?? '').split(/,\s*/));
      expect(labels).toEqual(expect.arrayContaining([...matched, ...grouped]));
    }
  });

  it('each alert has a summary, and the dashboard asks the source that is chosen', async () => {
    const rules = listOf(valueAt(await yaml('alerts.yml'), ['groups', 0, 'rules']));
    for (const rule of rules) expect(valueAt(rule, ['annotations', 'summary'])).toMatch(/\.$/);
    const dashboard: unknown = JSON.parse(await recipe('grafana.json'));
    const panels = listOf(fieldOf(dashboard, 'panels'));
    expect(new Set(panels.map((p) => valueAt(p, ['datasource', 'uid'])))).toEqual(new Set(['${datasource}']));
    expect(new Set(panels.map((p) => fieldOf(p, 'id'))).size).toBe(panels.length);
    expect(await yaml('prometheus.yml')).toMatchObject({ rule_files: ['alerts.yml'] });
  });
});
