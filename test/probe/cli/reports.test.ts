import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Parser } from 'htmlparser2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Standing, WaitDocument } from '../../../shared/api-wait.ts';
import { ConfigError } from '../../../shared/config-problem.ts';
import {
  annotation,
  annotationsOf,
  configAnnotations,
  inert,
  inertJson,
  stepOutputs,
  stepSummary,
  writeStepFiles,
} from '../../../probe/cli/github.ts';
import { junitXml, writeJunit } from '../../../probe/cli/junit.ts';

const HOSTILE = [
  '\u0000\u0001\u001b[31mred\u009b',
  ']]></failure><testcase name="x"/>',
  '<!-- & -- > "\' ',
  '🚀 \ud83d \udc00 \ufffe\uffff\u2028',
  'a\r\n::set-output name=visible::true\r\n##[set-env name=PATH]/evil',
  '%0A::error::no | cell | `code` [x](https://evil.example) @everyone',
].join(' ');

const placeOf = (node: string, more: Partial<Standing> = {}): Standing => ({
  layer: 'edge',
  node,
  target: 'home',
  variant: 'default',
  shows: 'old',
  content: '9a01',
  because: `${node} still shows 9a01.`,
  ...more,
});

const seen = (node: string): Standing => ({
  ...placeOf(node),
  shows: 'new',
  content: '4f2c',
  visibleAfter: { earliest: 1, latest: 2.5 },
  because: `${node} shows 4f2c.`,
});

const documentOf = (places: readonly Standing[], more: Partial<WaitDocument> = {}): WaitDocument => ({
  strata: 1,
  verb: 'wait',
  startedAt: '2026-03-01T14:32:10.123Z',
  startedBy: 'deploy',
  endedAt: '2026-03-01T14:32:20.123Z',
  expect: '4f2c',
  events: [],
  flips: [],
  percentiles: { p50: { earliest: 1, latest: 2.5 }, p99: { earliest: 1, latest: 2.5 } },
  notSeen: [],
  causes: [],
  requests: 12,
  verdict: places.every((p) => p.shows === 'new') ? 'visible' : 'not-visible',
  sentence: 'A sentence.',
  waited: 10,
  warnings: [],
  places: [...places],
  ...more,
});

const hostile = documentOf(
  [placeOf('edge-1', { because: HOSTILE, content: HOSTILE, cause: 'purge-lost' }), seen('edge-2')],
  { expect: HOSTILE, sentence: HOSTILE, warnings: [HOSTILE] },
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-reports-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Names and attributes of all elements, in order. */
function elements(xml: string): [string, Record<string, string>][] {
  const found: [string, Record<string, string>][] = [];
  const parser = new Parser({ onopentag: (name, attributes) => found.push([name, attributes]) }, { xmlMode: true });
  parser.end(xml);
  return found;
}

describe('the report', () => {
  it('has one case a place, with the seconds until it turned, and the cause where it did not', () => {
    const xml = junitXml(
      documentOf([
        seen('edge-1'),
        placeOf('edge-2', { cause: 'purge-lost' }),
        placeOf('edge-3', { shows: 'unknown', because: 'edge-3 never answered.' }),
        placeOf('app-1', { layer: 'origin', origin: true, shows: 'new' }),
      ]),
    );
    expect(elements(xml).filter(([name]) => name !== 'testcase')).toEqual([
      ['testsuites', { name: 'strata wait', tests: '4', failures: '1', errors: '1', skipped: '0', time: '10.000' }],
      ['testsuite', expect.objectContaining({ name: 'edge', tests: '3', timestamp: '2026-03-01T14:32:10' })],
      ['failure', { type: 'purge-lost', message: 'edge-2 still shows 9a01.' }],
      ['error', { type: 'no-answer', message: 'edge-3 never answered.' }],
      ['testsuite', expect.objectContaining({ name: 'origin', tests: '1' })],
    ]);
    expect(xml).toContain('<testcase classname="edge.edge-1" name="edge-1 home/default" time="2.500"/>');
  });

  it('blames the origin, not the caches, where nothing was deployed', () => {
    const origin = placeOf('app-1', { layer: 'origin', origin: true });
    const xml = junitXml(documentOf([placeOf('edge-1'), origin], { verdict: 'origin-not-ready' }));
    expect(xml).toContain('tests="2" failures="1" errors="0" skipped="1"');
  });

  it('is well-formed whatever servers sent, and keeps what can be kept', () => {
    const xml = junitXml(hostile);
    // oxlint-disable-next-line no-control-regex
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u);
    const failure = elements(xml).find(([name]) => name === 'failure');
    expect(failure?.[1]['message']).toContain(']]></failure><testcase name="x"/>');
    expect(elements(xml).filter(([name]) => name === 'testcase')).toHaveLength(2);
    expect(xml).toContain('🚀');
  });

  it('is accepted by a strict reader of XML, where one is installed', ({ skip }) => {
    const read =
      'import sys, xml.dom.minidom as m; d = m.parse(sys.stdin.buffer); print(len(d.getElementsByTagName("testcase")))';
    const python = spawnSync('python3', ['-c', read], { input: junitXml(hostile), encoding: 'utf8' });
    if (python.error !== undefined) skip('not installed: python3');
    expect([python.status, python.stdout, python.stderr]).toEqual([0, '2\n', '']);
  });

  it('is written whole: nothing else is left in its folder, and an earlier one is replaced', async () => {
    const file = join(folder, 'junit', 'wait.xml');
    await expect(writeJunit(file, hostile)).rejects.toThrow('ENOENT');
    const here = join(folder, 'wait.xml');
    await writeJunit(here, documentOf([placeOf('edge-1')]));
    await writeJunit(here, documentOf([seen('edge-1')]));
    expect(await readFile(here, 'utf8')).toBe(junitXml(documentOf([seen('edge-1')])));
    expect(await readdir(folder)).toEqual(['wait.xml']);
  });
});

describe('workflow commands', () => {
  it('stand on one line, with every sign that means something escaped', () => {
    expect(annotation('error', '50% of a,b:c\r\nd', { title: 'x: 50%, y', line: '3' })).toBe(
      '::error title=x%3A 50%25%2C y,line=3::50%25 of a,b:c d',
    );
  });

  it('name each place that does not show it, ten at most, the last one for the rest', () => {
    const many = Array.from({ length: 25 }, (_, i) => placeOf(`edge-${i}`));
    const lines = annotationsOf(documentOf([...many, seen('edge-x')]));
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('::error title=strata wait%3A edge/edge-0::edge-0 still shows 9a01.');
    expect(lines[9]).toBe('::error title=strata wait::And 16 more.');
  });

  it('say how long it took where it is visible', () => {
    expect(annotationsOf(documentOf([seen('edge-1')], { warnings: ['Look out.'] }))).toEqual([
      '::notice title=strata wait::4f2c is visible everywhere (1 place), 2.5 s after the deploy at the latest.',
      '::warning title=strata wait::Look out.',
    ]);
  });

  it('show a mistake in the topology at its line', () => {
    const problem = { file: 'strata.yaml', line: 3, column: 5, key: 'layers[0].id', message: 'is missing' };
    expect(configAnnotations(new ConfigError('x', [problem]))).toEqual([
      '::error file=strata.yaml,line=3,col=5::layers[0].id: is missing',
    ]);
    expect(configAnnotations(new ConfigError('--junit is wrong.'))).toEqual([
      '::error title=strata wait::--junit is wrong.',
    ]);
  });

  it('are never those of a server: no line that is printed begins one, in neither form', () => {
    const lines = annotationsOf(hostile);
    expect(lines.join('\n').split('\n')).toHaveLength(lines.length);
    expect(inert('::add-path::/evil\n  ::x\na ##[debug]b')).toBe(': :add-path::/evil\n  : :x\na ## [debug]b');
    const line = JSON.stringify({ a: '##[set-env name=PATH]/evil' });
    expect(inertJson(line)).not.toContain('##[');
    expect(JSON.parse(inertJson(line))).toEqual(JSON.parse(line));
  });
});

describe('summary and outputs of a step', () => {
  it('tell every place in a table, those that lag behind first', () => {
    const text = stepSummary(documentOf([seen('edge-1'), placeOf('edge-2')]));
    expect(text.split('\n').filter((line) => line.startsWith('| edge'))).toEqual([
      '| edge | edge-2 | home/default | 9a01 |  | edge-2 still shows 9a01. |',
      '| edge | edge-1 | home/default | 4f2c | 2.5 s |  |',
    ]);
  });

  it('stay a table whatever servers sent, and under a MiB for 10,000 places', () => {
    const rows = stepSummary(hostile)
      .split('\n')
      .filter((line) => line.startsWith('| edge'));
    expect(rows.map((row) => row.split('|').length)).toEqual([8, 8]);
    expect(stepSummary(hostile)).not.toMatch(/<testcase|\[x\]\(|@everyone/);
    const many = Array.from({ length: 10_000 }, (_, i) => placeOf(`edge-${i}`, { because: '|'.repeat(600) }));
    expect(Buffer.byteLength(stepSummary(documentOf(many)))).toBeLessThan(1024 * 1024);
  });

  it('give numbers to later steps, and nothing for what is not known', () => {
    expect(stepOutputs(documentOf([seen('edge-1')]))).toBe(
      'visible=true\nverdict=visible\np50=2.500\np99=2.500\nwaited=10\nrequests=12\n',
    );
    expect(stepOutputs(documentOf([placeOf('edge-1')], { percentiles: {} }))).toBe(
      'visible=false\nverdict=not-visible\nwaited=10\nrequests=12\n',
    );
  });

  it('are added to what earlier steps wrote; a file that cannot be written is a sentence', async () => {
    const output = join(folder, 'output');
    const env = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: join(folder, 'not', 'there') };
    const document = documentOf([seen('edge-1')]);
    await writeStepFiles(document, env);
    expect(await writeStepFiles(document, env)).toEqual(['What GITHUB_STEP_SUMMARY names cannot be written (ENOENT).']);
    expect((await readFile(output, 'utf8')).match(/^visible=true$/gm)).toHaveLength(2);
    expect(await writeStepFiles(document, {})).toEqual([]);
  });
});
