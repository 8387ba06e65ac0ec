// Which response is meant by field lines that were copied out of a browser without a status line?
import type { FieldLine } from '../http/fields.ts';
import { withoutUserinfo, type RecordedResponse } from '../recorded-response.ts';

/** Fields that hardly any text has but a response's head. */
const OF_RESPONSES = new Set([
  'age',
  'cache-control',
  'cache-status',
  'cf-cache-status',
  'cf-ray',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'location',
  'server',
  'set-cookie',
  'vary',
  'via',
  'x-cache',
  'x-served-by',
  'x-varnish',
  'x-cache-status',
  'strict-transport-security',
  'accept-ranges',
  'pragma',
  'status',
]);

const FIELD = /^(:?[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/**
 * One response at most. Chrome copies a name and its value to lines of their own (`name:`, then the value); Safari writes
 * sections with pseudo header fields (`Response`, `:status: 200`) and a summary before them; a status line without a version
 * (` 200 OK`) may stand first.
 */
export function fieldsAlone(text: string): RecordedResponse[] {
  const lines = ofResponse(text.split(/\r?\n/));
  const [firstLine = ''] = lines;
  const bare = /^\s*(?:h[23] )?(\d{3})(?: [A-Za-z][\w '-]*)?\s*$/i.exec(firstLine)?.[1];
  const fields = paired(bare === undefined ? lines : lines.slice(1));
  if (fields === undefined) return [];
  const own = fields.filter(([name]) => !name.startsWith(':'));
  if (!own.some(([name]) => OF_RESPONSES.has(name.toLowerCase()))) return [];
  const told = bare ?? statusIn(fields) ?? statusIn(summary(text));
  const status = told === undefined ? 200 : Number(told);
  if (status < 200) return [];
  const url = summary(text).find(([name]) => name === 'URL')?.[1] ?? '';
  return [{ url: withoutUserinfo(url), status, fields: own, ...(told === undefined && { statusAssumed: true }) }];
}

/** Safari's summary: `URL: …`, `Status: 200 OK`. */
const summary = (text: string): FieldLine[] =>
  (/^Summary\r?\n([\s\S]*?)(?:\r?\n\r?\n|$)/.exec(text.trimStart())?.[1] ?? '')
    .split(/\r?\n/)
    .flatMap((line): FieldLine[] => {
      const [, name, value] = FIELD.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    });

const statusIn = (fields: readonly FieldLine[]): string | undefined =>
  /^\d{3}/.exec(fields.find(([name]) => /^:?status$/i.test(name))?.[1] ?? '')?.[0];

/** The lines of the section `Response`, or those up to the first blank one. */
function ofResponse(lines: readonly string[]): readonly string[] {
  const section = lines.findIndex((line) => /^Response(?: Headers)?:?$/i.test(line.trim()));
  const from = section === -1 ? lines.findIndex((line) => line.trim() !== '') : section + 1;
  if (from === -1) return [];
  const rest = lines.slice(from);
  const end = rest.findIndex((line) => line.trim() === '');
  return end === -1 ? rest : rest.slice(0, end);
}

/** Undefined where some line is neither a field nor the value of the name above it. */
function paired(lines: readonly string[]): FieldLine[] | undefined {
  const fields: FieldLine[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, name, value] = FIELD.exec(lines[i]!) ?? [];
    if (name === undefined || value === undefined) return undefined;
    const below = lines[i + 1];
    if (value === '' && below !== undefined && !isField(below)) {
      fields.push([name, below.trim()]);
      i += 1;
    } else fields.push([name, value]);
  }
  return fields.length === 0 ? undefined : fields;
}

/** A value may hold a colon as well: after a name stands a space, or nothing. */
const isField = (line: string): boolean => /^:?[A-Za-z][\w-]*:(?:[ \t]|$)/.test(line);
