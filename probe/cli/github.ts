// How does a workflow run show what a wait found? GitHub's workflow commands, step summary and step outputs.
import { appendFile } from 'node:fs/promises';
import type { Standing, WaitDocument } from '../../shared/api-wait.ts';
import type { ConfigError } from '../../shared/config-problem.ts';
import { spokenDuration } from '../../shared/duration.ts';
import { clean } from './terminal.ts';

/** A step shows no more of each level. */
const MOST_ANNOTATIONS = 10;
/** A step's summary holds a MiB; the rest of it is small. */
const MOST_BYTES = 900 * 1024;

type Level = 'error' | 'warning' | 'notice';

/** One workflow command, on one line whatever the text holds. */
export function annotation(level: Level, message: string, properties: Readonly<Record<string, string>> = {}): string {
  const told = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(value)}`);
  return `::${level}${told.length > 0 ? ` ${told.join(',')}` : ''}::${escapedData(message)}`;
}

/** What the run says of this wait: an error a place that does not show the change, at most as many as are shown. */
export function annotationsOf(document: WaitDocument): string[] {
  const { verdict, sentence, places, warnings } = document;
  const warned = firstOf(warnings, (text) => annotation('warning', text, TITLE), 'warning');
  if (verdict === 'visible') return [annotation('notice', visibleText(document), TITLE), ...warned];
  const failing = verdict === 'not-visible' ? places.filter((p) => p.shows !== 'new') : [];
  if (failing.length === 0) return [annotation('error', sentence, TITLE), ...warned];
  const title = ({ layer, node }: Standing) => ({ title: `strata wait: ${layer}/${node}` });
  return [...firstOf(failing, (place) => annotation('error', place.because, title(place)), 'error'), ...warned];
}

/** What is wrong in the topology file, shown at its line. */
export function configAnnotations({ message, problems }: ConfigError): string[] {
  if (problems.length === 0) return [annotation('error', message, TITLE)];
  return firstOf(
    problems,
    ({ file, line, column, key, message: text }) =>
      annotation('error', key === '' ? text : `${key}: ${text}`, { file, line: String(line), col: String(column) }),
    'error',
  );
}

/** Text that the runner reads as text, not as a command: commands begin a line, those of the older form stand anywhere. */
export const inert = (text: string): string => text.replaceAll(/^(\s*)::/gm, '$1: :').replaceAll('##[', '## [');

/** A line of JSON with the same meaning in which no command stands. */
export const inertJson = (line: string): string => line.replaceAll('##[', String.raw`##\u005b`);

/** The summary of this step, in Markdown. */
export function stepSummary(document: WaitDocument): string {
  const { verdict, sentence, places, warnings, requests, waited } = document;
  const mark = verdict === 'visible' ? '✅' : '❌';
  const rows = fitting(places.toSorted((a, b) => Number(a.shows === 'new') - Number(b.shows === 'new')).map(row));
  const more = rows.length < places.length ? [`\nand ${places.length - rows.length} more places.`] : [];
  return [
    `### ${mark} strata wait: ${markdown(verdict === 'visible' ? visibleText(document) : sentence)}`,
    '',
    ...warnings.map((w) => `> ⚠️ ${markdown(w)}\n`),
    '| layer | node | page | shows | visible after | |',
    '|---|---|---|---|---|---|',
    ...rows,
    ...more,
    '',
    `${requests} requests in ${spokenDuration(waited)}.`,
    '',
  ].join('\n');
}

function fitting(rows: readonly string[]): readonly string[] {
  let bytes = 0;
  const last = rows.findIndex((text) => (bytes += Buffer.byteLength(text) + 1) > MOST_BYTES);
  return last < 0 ? rows : rows.slice(0, last);
}

function row({ layer, node, target, variant, shows, content, visibleAfter, because }: Standing): string {
  const after = visibleAfter === undefined ? '' : within(visibleAfter);
  const cells = [layer, node, `${target}/${variant}`, (content ?? '').slice(0, 100), after].map(markdown);
  return `| ${[...cells, shows === 'new' ? '' : markdown(because.slice(0, 500))].join(' | ')} |`;
}

const within = ({ earliest, latest }: { earliest: number; latest: number }): string =>
  latest === 0 ? 'at once' : earliest === 0 ? `at most ${spokenDuration(latest)}` : spokenDuration(latest);

/** `NAME=value` lines for later steps; times are the upper ends, in seconds, and absent where not known. */
export function stepOutputs({ verdict, percentiles, waited, requests }: WaitDocument): string {
  const times = Object.entries(percentiles).flatMap(([name, p]) =>
    p === undefined ? [] : [`${name}=${p.latest.toFixed(3)}`],
  );
  const visible = `visible=${verdict === 'visible'}`;
  return [visible, `verdict=${verdict}`, ...times, `waited=${waited}`, `requests=${requests}`, ''].join('\n');
}

/** Writes summary and outputs where the runner says; resolves with a sentence for each that could not be written. */
export async function writeStepFiles(document: WaitDocument, env: NodeJS.ProcessEnv): Promise<string[]> {
  const files = { GITHUB_STEP_SUMMARY: stepSummary(document), GITHUB_OUTPUT: stepOutputs(document) };
  const problems: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const file = env[name];
    if (file === undefined || file === '') continue;
    await appendFile(file, text).catch((error: NodeJS.ErrnoException) => {
      problems.push(`What ${name} names cannot be written (${error.code ?? error.message}).`);
    });
  }
  return problems;
}

const TITLE = { title: 'strata wait' };

function visibleText({ expect, places, percentiles, startedBy }: WaitDocument): string {
  const last = percentiles.p99?.latest;
  const since = startedBy === 'deploy' ? 'the deploy' : startedBy === 'purge' ? 'the purge' : 'the start';
  const after = last === undefined ? '' : `, ${spokenDuration(last)} after ${since} at the latest`;
  return `${expect} is visible everywhere (${places.length} ${places.length === 1 ? 'place' : 'places'})${after}.`;
}

function firstOf<T>(all: readonly T[], told: (item: T) => string, level: Level): string[] {
  if (all.length <= MOST_ANNOTATIONS) return all.map(told);
  const left = all.length - MOST_ANNOTATIONS + 1;
  return [...all.slice(0, MOST_ANNOTATIONS - 1).map(told), annotation(level, `And ${left} more.`, TITLE)];
}

const escapedData = (text: string): string => clean(text).replaceAll('%', '%25');

const escapedProperty = (text: string): string => escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Shown as it is: no markup, no link, no mention, no end of the cell. */
const markdown = (text: string): string =>
  clean(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]()#|~!@:]/g, (c) => `&#${c.charCodeAt(0)};`);
