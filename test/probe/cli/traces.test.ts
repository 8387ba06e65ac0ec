import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { responsesInHar } from '../../../shared/recorded/har.ts';
import { readTraceFile } from '../../../shared/trace-file.ts';
import { beginRun } from '../../../probe/store/runs.ts';
import { event, observation, receipt, said, topology } from '../store/sample.ts';
import { strata, type Ended } from './strata.ts';

let data: string;
let [fast, slow, purge]: string[] = [];
const DAY = 86_400;
const now = Date.now() / 1000;

const flippedAt = { earliest: '2026-01-01T00:00:01.000Z', latest: '2026-01-01T00:00:01.010Z' };
const flip = { layer: 'edge', node: 'edge-1', target: 'home', variant: 'default', flippedAt, back: false };

async function traced(startedAt: number, expectText: string, p50: number, turns = true): Promise<string> {
  const run = await beginRun(data, { run: { kind: 'trace', expect: expectText }, topology, startedAt });
  await run.record(observation(1, startedAt + 1));
  await run.record(event(2, startedAt + 1));
  const percentiles = { p50: { earliest: p50, latest: p50 }, p90: { earliest: p50, latest: 2 * p50 } };
  const layers = [{ layer: 'edge', percentiles, seen: 4, of: 5 }];
  await run.end({ ...said, expect: expectText, percentiles, layers, flips: turns ? [flip] : [] });
  return run.id;
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'strata-traces-'));
  slow = await traced(now - 9 * DAY, 'build-slow', 2);
  fast = await traced(now - 2 * DAY, 'build-fast', 0.25);
  const run = await beginRun(data, { run: { kind: 'purge' }, topology, startedAt: now - DAY });
  await run.record(receipt(1, 'accepted', now - DAY, now - DAY + 1));
  await run.record(receipt(2, 'unknown', now - DAY));
  await run.end();
  purge = run.id;
});
afterAll(() => rm(data, { recursive: true, force: true }));

const traces = (...args: string[]): Promise<Ended> => strata(['traces', ...args, '--data', data]);
const idsIn = ({ stdout }: Ended): string[] =>
  (JSON.parse(stdout) as { traces: { id: string }[] }).traces.map((t) => t.id);

describe('traces', () => {
  it('lists all of them, newest first, with what they waited for and how fast it came', async () => {
    const { code, stdout, stderr } = await traces();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^id +begun +kind/);
    expect(rows.map((r) => r.slice(0, 10))).toEqual([purge, fast, slow].map((id) => id!.slice(0, 10)));
    expect(rows[0]).toContain('1 purges of unknown outcome');
    expect(rows[1]).toMatch(/trace .*build-fast +250 ms +250 ms to 500 ms/);
  });

  it('lists only what is asked for', async () => {
    const [byText, byKind, byTime, one, none] = await Promise.all([
      traces('list', '--json', '--search', 'FAST'),
      traces('list', '--json', '--kind', 'purge'),
      traces('--json', '--until', '-3d'),
      traces('--json', '--limit', '1'),
      traces('--target', 'cart'),
    ]);
    expect([byText, byKind, byTime, one].map(idsIn)).toEqual([[fast], [purge], [slow], [purge]]);
    expect(none).toEqual({ code: 0, stdout: '', stderr: `strata: no such trace is recorded in ${data}.\n` });
  });

  it('shows one by the beginning of its id: what was said at its end, or how each purge was answered', async () => {
    const [one, other] = await Promise.all([traces('show', fast!.slice(0, 8)), traces('show', 'last')]);
    expect(one.stdout).toContain(`${fast}  `);
    expect(one.stdout).toContain('waited for build-fast');
    expect(one.stdout).toMatch(/p50 .*250 ms/);
    expect(other.stdout).toMatch(/edge-1 .*unknown/);
  });

  it('compares deploys, oldest first, layer by layer, and none in which nothing turned', async () => {
    const [text, document] = await Promise.all([traces('compare'), traces('compare', '--json')]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^edge {2}p50 █▂ {2}p90 █▂/);
    expect(text.stdout).toMatch(/build-slow +2 s +2 s to 4 s +- +4 of 5\n.*build-fast +250 ms/);
    const { layers } = JSON.parse(document.stdout) as { layers: { layer: string; deploys: { trace: string }[] }[] };
    expect(layers.map((l) => [l.layer, l.deploys.map((d) => d.trace)])).toEqual([['edge', [slow, fast]]]);
  });

  it('that have nothing to compare say so and end with 4', async () => {
    const { code, stderr } = await traces('compare', purge!);
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('nothing to compare') });
  });

  it('are written as a trace file that reads back whole, or as a HAR', async () => {
    const file = join(data, 'out.json');
    const [written, har] = await Promise.all([traces('export', fast!, '-o', file), traces('export', fast!, '--har')]);
    expect([written.code, har.code]).toEqual([0, 0]);
    expect(readTraceFile(await readFile(file, 'utf8'))).toMatchObject({
      trace: { id: fast, run: { expect: 'build-fast' } },
    });
    expect(responsesInHar(JSON.parse(har.stdout))).toMatchObject([{ status: 200, fields: [['age', '3']] }]);
  });

  it('are written as a page that holds the trace file', async () => {
    const { code, stdout } = await traces('export', fast!, '--html');
    expect(code).toBe(0);
    const held = /<script type="application\/json" id="trace">(.+?)<\/script>/s.exec(stdout)?.[1] ?? '';
    expect(readTraceFile(held)).toMatchObject({ trace: { id: fast, run: { expect: 'build-fast' } } });
  });

  it('are dropped only when that was meant', async () => {
    const spare = await traced(now - 20 * DAY, 'spare', 1);
    const asked = await traces('delete', spare);
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
    expect(await traces('delete', spare.slice(0, 9), '--yes')).toMatchObject({
      code: 0,
      stdout: 'One trace is gone.\n',
    });
    expect(await traces('delete', spare, '--yes')).toMatchObject({
      code: 2,
      stderr: `strata: There is no trace ${spare}.\n`,
    });
  });

  it.each([
    [['show', 'nobody'], 'There is no trace nobody'],
    [['list', '--limit', '0'], 'above zero'],
    [['list', '--since', 'yesterday'], 'Write ISO 8601'],
    [['list', '--kind', 'look'], 'Allowed choices'],
    [['export', 'x', '--har', '--trace'], 'cannot be used with'],
    [['export', 'x', '--html', '--har'], 'cannot be used with'],
  ])('%j is refused with 2', async (args, says) => {
    const { code, stderr } = await traces(...args);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
  });
});
