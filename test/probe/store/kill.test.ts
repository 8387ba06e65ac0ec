import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../probe/store/driver.ts';
import { openStore } from '../../../probe/store/store.ts';

const RUNS = 15;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-kill-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the appending process and kills it (SIGKILL) some milliseconds after its first acknowledged message. */
async function killed(after: number): Promise<{ trace: string; acknowledged: number[] }> {
  const script = join(import.meta.dirname, 'append-until-killed.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('close', resolve));
  let out = '';
  let doomed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (doomed || !/\n\d+\n/.test(out)) return;
    doomed = true;
    setTimeout(() => child.kill('SIGKILL'), after);
  });
  await exited;
  // a last line without its end was cut by the kill
  const [first = '', ...rest] = out.split('\n').slice(0, -1);
  return { trace: first.replace('trace ', ''), acknowledged: rest.map(Number) };
}

it(`no acknowledged message is lost when the process is killed (${RUNS} runs)`, { timeout: 120_000 }, async () => {
  for (let run = 0; run < RUNS; run += 1) {
    const { trace, acknowledged } = await killed(Math.random() * 150);
    expect(acknowledged.length).toBeGreaterThan(0);

    const store = await openStore(folder);
    const held = new Set((await store.since(0, 1_000_000, trace)).map((s) => s.sequence));
    expect(acknowledged.filter((sequence) => !held.has(sequence))).toEqual([]);
    // three messages are one transaction: all of them or none
    expect(held.size % 3).toBe(0);
    const recorded = await store.readTrace(trace);
    expect(recorded?.interruptedAt).toBe(recorded?.observations.at(-1)?.responseTime);
    expect(recorded?.receipts.every((r) => r.outcome === 'unknown')).toBe(true);
    await store.close();

    const db = openDatabase(join(folder, 'strata.db'));
    expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    db.close();
  }
});
