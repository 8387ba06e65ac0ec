// kill -9 of a recording run. For the closing measurement: STRATA_KILLS=200 npx vitest run --project probe test/probe/store/run-kill.test.ts
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTrace } from '../../../shared/model/reading.ts';
import type { Trace } from '../../../shared/trace.ts';
import { openDatabase } from '../../../probe/store/driver.ts';
import { openHistory } from '../../../probe/store/history.ts';
import { runFolder, runsFolder } from '../../../probe/store/run-folder.ts';
import { startSite, type Site } from './site-at.ts';

const RUNS = Number(process.env['STRATA_KILLS'] ?? 30);
let data: string;
let site: Site;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'strata-runs-'));
  site = await startSite();
});
afterAll(async () => {
  await site.close();
  rmSync(data, { recursive: true });
});

interface Killed {
  /** Undefined where it was killed before it had begun. */
  readonly id: string | undefined;
  /** `observation 12`, `receipt 3 answered`: what it was told is kept. */
  readonly acknowledged: readonly string[];
}

/** Runs the recording process and kills it (SIGKILL) so many milliseconds after it has printed a line that begins so. */
async function killed(line: 'ready' | 'run ', after: number): Promise<Killed> {
  const script = join(import.meta.dirname, 'record-until-killed.ts');
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, data, site.address], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('close', resolve));
  let out = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const before = out;
    out += text;
    const printed = (all: string): boolean => `\n${all}`.includes(`\n${line}`);
    if (printed(out) && !printed(before)) setTimeout(() => child.kill('SIGKILL'), after);
  });
  await exited;
  // a last line without its end was cut by the kill
  const lines = out.split('\n').slice(0, -1);
  const begun = lines.find((line) => line.startsWith('run '));
  return { id: begun?.slice(4), acknowledged: lines.filter((line) => !/^(ready|run )/.test(line)) };
}

/** The acknowledged messages that the trace does not hold, or holds as less than was acknowledged. */
function lostFrom(trace: Trace, acknowledged: readonly string[]): string[] {
  const held = new Set([
    ...trace.observations.map((o) => `observation ${o.id}`),
    ...trace.events.map((e) => `event ${e.id}`),
    ...trace.receipts.flatMap((r) => [
      `receipt ${r.id}`,
      ...(r.answeredAt === undefined ? [] : [`receipt ${r.id} answered`]),
    ]),
  ]);
  return acknowledged.filter((line) => !held.has(line));
}

function lastInstant({ observations, events, receipts, startedAt }: Trace): number {
  return Math.max(
    startedAt,
    ...observations.map((o) => o.responseTime),
    ...events.map((e) => e.at.latest),
    ...receipts.map((r) => r.answeredAt ?? r.sentAt),
  );
}

it(
  `a killed run (${RUNS} of them) loses nothing that was acknowledged, is found interrupted, and purges nothing again`,
  {
    timeout: RUNS * 10_000,
  },
  async () => {
    const history = openHistory(data);
    const totals = { acknowledged: 0, unanswered: 0, beforeBegin: 0 };
    for (let run = 0; run < RUNS; run += 1) {
      const sentBefore = site.purges();
      const { id, acknowledged } = await killed(run % 6 === 5 ? 'ready' : 'run ', Math.random() * 400);
      const sent = site.purges() - sentBefore;
      // what died before it could say its name has sent nothing
      if (id === undefined) {
        totals.beforeBegin += 1;
        expect(sent).toBe(0);
        continue;
      }
      const line = await history.find(id);
      const trace = await history.read(id);
      if ('problem' in line || 'problem' in trace) throw new Error(JSON.stringify([line, trace]).slice(0, 500));
      expect(line).toMatchObject({ kind: 'purge', state: 'interrupted', expect: '4f2c' });
      expect(lostFrom(trace, acknowledged)).toEqual([]);
      expect(trace.interruptedAt).toBe(lastInstant(trace));
      // each purge that reached the server was written down before; the last two may have had no answer in time
      expect(sent).toBeLessThanOrEqual(trace.receipts.length);
      const unanswered = trace.receipts.filter((r) => r.answeredAt === undefined);
      expect(unanswered.every((r) => r.outcome === 'unknown')).toBe(true);
      expect(line.purges?.['unknown'] ?? 0).toBe(unanswered.length);
      readTrace(trace);

      const db = openDatabase(join(runFolder(data, id), 'strata.db'));
      expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      db.close();
      expect(site.purges() - sentBefore).toBe(sent);
      totals.acknowledged += acknowledged.length;
      totals.unanswered += unanswered.length;
    }
    expect(totals.acknowledged).toBeGreaterThan(RUNS);
    const sent = site.purges();
    const { traces } = await openHistory(data).list();
    expect(traces.length).toBeLessThanOrEqual(readdirSync(runsFolder(data)).length);
    expect(traces.every((t) => t.state === 'interrupted')).toBe(true);
    expect(site.purges()).toBe(sent);
    console.info(
      `${RUNS} kills: ${totals.acknowledged} acknowledged, none lost; ${totals.unanswered} purges without an answer; ${totals.beforeBegin} before a run began`,
    );
  },
);
