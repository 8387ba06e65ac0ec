// What does each response say about the caches that it crossed, for a reader of a terminal?
import { pc } from './colours.ts';
import { spokenDuration } from '../../shared/duration.ts';
import type { ExplainDocument } from '../../shared/api.ts';
import { table } from './table.ts';
import { clean } from './terminal.ts';

type ExplainedResponse = ExplainDocument['responses'][number];
type ExplainedCache = ExplainedResponse['caches'][number];

/** Lines for a terminal, each response with its caches outermost first. */
export function explainText(document: ExplainDocument): string[] {
  return document.responses.flatMap((response, i) => [...(i === 0 ? [] : ['']), ...responseLines(response)]);
}

function responseLines({ url, status, caches, notes }: ExplainedResponse): string[] {
  const said =
    caches.length === 0 ? [pc.dim('  no cache left a sign')] : table(caches.map(cacheRow)).map((l) => `  ${l}`);
  const noted = notes.map(
    (n) => `  ${MARKS[n.level]} ${clean(n.summary)}${n.reference === undefined ? '' : pc.dim(` ${n.reference}`)}`,
  );
  return [pc.bold(clean(`${status} ${url}`).trim()), ...said, ...noted];
}

const MARKS = { good: pc.green('+'), info: '·', warn: pc.yellow('!'), bad: pc.red('x') } as const;

function cacheRow(cache: ExplainedCache): string[] {
  const { cacheStatus: s } = cache;
  return [
    clean(cache.node ?? cache.dialect),
    verdict(cache),
    cache.age === undefined ? '' : `age ${spokenDuration(cache.age)}`,
    s.ttl === undefined ? '' : `ttl ${spokenDuration(s.ttl)}`,
    s.detail === undefined ? '' : clean(s.detail),
    pc.dim(`by ${cache.by}`),
  ];
}

function verdict({ cacheStatus: s, hits }: ExplainedCache): string {
  if (s.hit === true) return pc.green(hits === undefined ? 'hit' : `hit (${hits})`);
  if (s.fwd === undefined) return 'says nothing';
  const more = [s.fwdStatus, s.stored === true ? 'stored' : undefined, s.collapsed === true ? 'collapsed' : undefined];
  return pc.yellow(`forwarded: ${[s.fwd, ...more.filter((m) => m !== undefined)].join(', ')}`);
}
