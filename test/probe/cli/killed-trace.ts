// One trace that purges, as a process of its own that is killed at a random moment: what was acknowledged, and what is left?
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { iso } from '../../../shared/documents.ts';
import { flipsIn } from '../../../shared/model/flips.ts';
import { readTrace } from '../../../shared/model/reading.ts';
import { fieldOf, textOf } from '../../../shared/raw-value.ts';
import { replayed } from '../../../shared/replay.ts';
import type { Trace } from '../../../shared/trace.ts';
import { openDatabase } from '../../../probe/store/driver.ts';
import { openHistory } from '../../../probe/store/history.ts';
import { NEW, type PurgedSite } from './purged-site.ts';

/** The command as it is built and installed. */
export const MAIN = new URL('../../../dist/probe/main.js', import.meta.url).pathname;
export const isBuilt = (): boolean => existsSync(MAIN);

export interface Killed {
  /** What it had printed: events, receipts and flips, one JSON object a line. */
  readonly acknowledged: readonly unknown[];
  /** What is wrong with what is left: one sentence each. */
  readonly problems: readonly string[];
  /** Where the kill came: before the run began, before it purged, while purges were under way, or after. */
  readonly came: 'before' | 'watching' | 'purging' | 'after';
}

/** When the kill comes: milliseconds after the start of the process, its first request, or its first purge. */
export interface Moment {
  readonly since: 'start' | 'request' | 'purge';
  readonly after: number;
}

/** @param page unique for each run */
export async function killedTrace(site: PurgedSite, folder: string, page: string, moment: Moment): Promise<Killed> {
  const file = join(folder, `${page}.yaml`);
  const data = join(folder, page);
  await writeFile(file, site.topologyOf(page));
  site.readyAfter(page, 2);
  const args = ['trace', '--topology', file, '--data', data, '--expect', NEW, '--purge', '--json', '--budget', '60s'];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, errors] = [texts(child.stdout), texts(child.stderr)];
  const closed = new Promise((resolve) => child.once('close', resolve));
  const { since, after } = moment;
  if (since !== 'start') await Promise.race([closed, site.first(page, since)]);
  const timer = setTimeout(() => child.kill('SIGKILL'), after);
  await closed;
  clearTimeout(timer);
  // a last line without its end was cut by the kill
  const acknowledged = out
    .join('')
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
  const ended = child.signalCode === 'SIGKILL' ? [] : [`It ended by itself: ${errors.join('')}`];
  const left = await whatIsLeft(site, data, page, acknowledged);
  return { acknowledged, ...left, problems: [...ended, ...left.problems] };
}

function texts(stream: NodeJS.ReadableStream): string[] {
  const pieces: string[] = [];
  stream.setEncoding('utf8').on('data', (text: string) => pieces.push(text));
  return pieces;
}

/** Judges a data folder by what had been printed: what is damaged, lost, or purged twice; one sentence each. */
export async function whatIsLeft(
  site: PurgedSite,
  data: string,
  page: string,
  acknowledged: readonly unknown[],
  mayHaveEnded = false,
) {
  const sent = { ...site.purges(page) };
  const history = openHistory(data);
  const [line] = (await history.list()).traces;
  if (line === undefined) {
    const problems = [
      ...(acknowledged.length > 0 ? ['Something was acknowledged, and no run is there.'] : []),
      ...(Object.keys(sent).length > 0 ? ['A purge was sent, and no run is there.'] : []),
    ];
    return { came: 'before' as const, problems };
  }
  const trace = await history.read(line.id);
  if ('problem' in trace) return { came: 'before' as const, problems: [`It cannot be read: ${trace.problem}`] };
  const problems = [
    ...interrupted(line.state, trace, mayHaveEnded),
    ...integrity(join(data, 'runs', line.id, 'strata.db')),
    ...lost(trace, acknowledged),
    ...purgedTwice(trace, sent),
  ];
  const again = site.purges(page);
  if (JSON.stringify(again) !== JSON.stringify(sent)) problems.push('Reading it again has sent a purge.');
  return { came: momentOf(trace), problems };
}

function interrupted(state: string, trace: Trace, mayHaveEnded: boolean): string[] {
  if (mayHaveEnded && state === 'finished') return [];
  return [
    ...(state === 'interrupted' ? [] : [`It is listed as ${state}.`]),
    ...(trace.interruptedAt === lastInstant(trace) ? [] : ['Its last certain instant is another than what it holds.']),
  ];
}

function momentOf({ receipts }: Trace): Killed['came'] {
  if (receipts.length === 0) return 'watching';
  return receipts.some((r) => r.answeredAt === undefined) || receipts.length < 3 ? 'purging' : 'after';
}

const lastInstant = ({ observations, events, receipts, startedAt }: Trace): number =>
  Math.max(
    startedAt,
    ...observations.map((o) => o.responseTime),
    ...events.map((e) => e.at.latest),
    ...receipts.map((r) => r.answeredAt ?? r.sentAt),
  );

function integrity(file: string): string[] {
  const db = openDatabase(file);
  try {
    const said = JSON.stringify(db.all('PRAGMA integrity_check'));
    return said === '[{"integrity_check":"ok"}]' ? [] : [`The database is damaged: ${said}`];
  } finally {
    db.close();
  }
}

/** What was printed and cannot be told from what is kept. */
function lost(trace: Trace, acknowledged: readonly unknown[]): string[] {
  const { document } = replayed(trace);
  // counted from the purge, what had turned before it is no flip any more; it was said all the same
  const { flips } = flipsIn(readTrace(trace), trace.startedAt, NEW, trace.interruptedAt ?? trace.startedAt);
  const kept = new Set([
    ...document.events.map((e) => `${e.type} ${e.node ?? ''} ${e.at.latest ?? ''}`),
    ...flips.map((f) => `flip ${f.node} ${iso(f.flippedAt.latest)}`),
    ...(document.receipts ?? []).map((r) => `receipt ${r.node ?? ''} ${r.outcome}`),
    // an answered receipt was an intent before
    ...(document.receipts ?? []).map((r) => `receipt ${r.node ?? ''} unknown`),
  ]);
  const word = (line: unknown, key: string): string => textOf(fieldOf(line, key)) ?? '';
  // a cause is a conclusion: what it rests on is kept, and may say otherwise by now
  const facts = acknowledged.filter((line) => word(line, 'type') !== 'cause');
  const said = facts.map((line) => {
    const type = word(line, 'type');
    if (type === 'receipt') return `receipt ${word(line, 'node')} ${word(line, 'outcome')}`;
    const at = fieldOf(line, type === 'flip' ? 'flippedAt' : 'at');
    return `${type} ${word(line, 'node')} ${word(at, 'latest')}`;
  });
  return said.filter((s) => !kept.has(s)).map((s) => `It was acknowledged and is lost: ${s}.`);
}

/** Each node got each purge at most once, and none that had not been written down before. */
function purgedTwice({ receipts }: Trace, sent: Readonly<Record<string, number>>): string[] {
  return Object.entries(sent).flatMap(([node, count]) => [
    ...(count > 1 ? [`${node} was purged ${count} times.`] : []),
    ...(receipts.some((r) => r.node === node) ? [] : [`${node} was purged, and no receipt tells of it.`]),
  ]);
}
