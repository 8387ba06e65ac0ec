// What does each response say about the caches that it crossed, for a reader of a terminal?
import { pc } from './colours.ts';
import { spokenDuration } from '../../shared/duration.ts';
import { dialectOf } from '../../shared/dialects/index.ts';
import type { ExplainDocument } from '../../shared/api.ts';
import { hopVerdict } from '../../shared/hop-words.ts';
import { table } from './table.ts';
import { clean } from './terminal.ts';

type ExplainedResponse = ExplainDocument['responses'][number];
type ExplainedCache = ExplainedResponse['caches'][number];
type ExplainedNote = ExplainedResponse['notes'][number];

/** Lines for a terminal, each response with its caches outermost first; `verbose`: with reasons, remedies and fields. */
export function explainText(document: ExplainDocument, verbose = false): string[] {
  const { responses } = document;
  const lines = responses.flatMap((response, i) => [...(i === 0 ? [] : ['']), ...responseLines(response, verbose)]);
  return responses.length < 2 ? lines : [...lines, '', inAll(responses)];
}

function responseLines(response: ExplainedResponse, verbose: boolean): string[] {
  const { url, status, caches, notes } = response;
  const now = caches.filter((c) => c.replayed !== true);
  const then = caches.filter((c) => c.replayed === true);
  return [
    pc.bold(clean(`${status} ${url}`).trim()),
    ...(caches.length === 0 ? [pc.dim('  no cache that is known here left a sign')] : cacheLines(now)),
    ...(then.length === 0 ? [] : [pc.dim('  stored with that copy (of an earlier request):'), ...cacheLines(then)]),
    ...caches.flatMap(unclear),
    ...notes.toSorted((a, b) => WORST.indexOf(a.level) - WORST.indexOf(b.level)).flatMap((n) => noteLines(n, verbose)),
    ...(verbose ? fieldLines(response) : []),
  ];
}

const unclear = ({ notSeparable, node, dialect }: ExplainedCache): string[] =>
  notSeparable === undefined ? [] : [pc.dim(`    ? ${clean(node ?? titleOf(dialect))}: ${clean(notSeparable)}`)];

const titleOf = (dialect: string): string => dialectOf(dialect)?.title ?? dialect;

const WORST = ['bad', 'warning', 'info', 'good'] as const;

const MARKS = { good: pc.green('+'), info: '·', warning: pc.yellow('!'), bad: pc.red('x') } as const;

const cacheLines = (caches: readonly ExplainedCache[]): string[] => table(caches.map(cacheRow)).map((l) => `  ${l}`);

function cacheRow(cache: ExplainedCache): string[] {
  const { cacheStatus: s, age, freshFor, city, place } = cache;
  return [
    clean(cache.node ?? '-'),
    clean(titleOf(cache.dialect)),
    clean(city ?? place ?? ''),
    hopVerdict(cache),
    painted(cache, [cache.says, s.detail === undefined ? '' : `(${s.detail})`].join(' ').trim()),
    age === undefined ? '' : `age ${spokenDuration(age)}`,
    freshFor === undefined
      ? ''
      : freshFor > 0
        ? `fresh for ${spokenDuration(freshFor)}`
        : `expired ${spokenDuration(-freshFor)} ago`,
    pc.dim(`by ${clean(cache.by)}`),
  ];
}

function painted({ cacheStatus: s, stale }: ExplainedCache, words: string): string {
  const text = clean(words);
  if (s.hit === true) return stale === true ? pc.yellow(text) : pc.green(text);
  return s.fwd === undefined ? text : pc.yellow(text);
}

function noteLines(note: ExplainedNote, verbose: boolean): string[] {
  const head = `  ${MARKS[note.level]} ${clean(note.summary)}`;
  const evidence = (note.evidence ?? []).map((line) => pc.dim(`      ${clean(line)}`));
  if (!verbose) return [`${head} ${pc.dim(note.reference)}`, ...evidence];
  const remedy = note.level === 'good' ? [] : [`    ${pc.bold('→')} ${note.remedy}`];
  return [
    `${head} ${pc.dim(`[${note.id}]`)}`,
    `    ${note.why}`,
    ...remedy,
    `    ${pc.dim(note.reference)}`,
    ...evidence,
  ];
}

/** Every line as it came, those that decided marked with the cache that they speak of. */
function fieldLines({ fields, caches }: ExplainedResponse): string[] {
  if (fields === undefined) return [];
  const decided = new Map<number, string>();
  for (const { line, node, dialect } of caches) if (line !== undefined) decided.set(line, node ?? dialect);
  const rows = fields.map(([name, value], i) => [
    pc.dim(clean(name)),
    clean(value),
    decided.has(i) ? pc.green(`← ${clean(decided.get(i)!)}`) : '',
  ]);
  return [
    '',
    ...table(rows.map(([name = '', value = '', mark = '']) => [name, `${value} ${mark}`.trim()])).map((l) => `  ${l}`),
  ];
}

function inAll(responses: readonly ExplainedResponse[]): string {
  const notes = responses.flatMap((r) => r.notes);
  const hits = responses.filter((r) => r.caches.some((c) => c.cacheStatus.hit === true && c.replayed !== true)).length;
  const counted = (['bad', 'warning'] as const).map(
    (level) => `${notes.filter((n) => n.level === level).length} ${level}`,
  );
  return pc.dim(`${responses.length} responses, ${hits} out of a store; notes: ${counted.join(', ')}`);
}
