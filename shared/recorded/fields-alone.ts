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
  const general = generalIn(text.split(/\r?\n/));
  const lines = ofResponse(general.rest);
  const [firstLine = ''] = lines;
  const bare = /^\s*(?:h[23] )?(\d{3})(?: [A-Za-z][\w '-]*)?\s*$/i.exec(firstLine)?.[1];
  const own = bare === undefined ? lines : lines.slice(1);
  const fields = paired(own) ?? alternating(own);
  if (fields === undefined) return [];
  const sent = fields.filter(([name]) => !name.startsWith(':'));
  if (!sent.some(([name]) => OF_RESPONSES.has(name.toLowerCase()))) return [];
  const told = bare ?? general.status ?? statusIn(fields) ?? statusIn(summary(text));
  const status = told === undefined ? 200 : Number(told);
  if (status < 200) return [];
  const url = general.url ?? summary(text).find(([name]) => name === 'URL')?.[1] ?? '';
  return [{ url: withoutUserinfo(url), status, fields: sent, ...(told === undefined && { statusAssumed: true }) }];
}

/** What Chrome shows above the fields; each value on its own line or on that of its name. */
const GENERAL =
  /^(General|Request URL|Request Method|Status Code|Remote Address|Referrer Policy)(?::[ \t]*(.*?))?[ \t]*$/i;

interface General {
  readonly url?: string;
  readonly status?: string;
  /** The other lines. */
  readonly rest: readonly string[];
}

function generalIn(lines: readonly string[]): General {
  const rest: string[] = [];
  const told = new Map<string, string>();
  for (let i = 0; i < lines.length; i++) {
    const [, name, value = ''] = GENERAL.exec(lines[i]!) ?? [];
    if (name === undefined) {
      rest.push(lines[i]!);
      continue;
    }
    const isBelow = value === '' && name.toLowerCase() !== 'general';
    if (isBelow) i += 1;
    told.set(name.toLowerCase(), isBelow ? (lines[i] ?? '').trim() : value);
  }
  const url = told.get('request url');
  const status = /^\d{3}/.exec(told.get('status code') ?? '')?.[0];
  return { ...(url !== undefined && { url }), ...(status !== undefined && { status }), rest };
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

/** Chrome also copies a name and its value one below the other, without a colon. */
function alternating(lines: readonly string[]): FieldLine[] | undefined {
  if (lines.length < 4 || lines.length % 2 !== 0) return undefined;
  const fields: FieldLine[] = [];
  for (let i = 0; i < lines.length; i += 2) {
    const name = lines[i]!.trim();
    if (!/^:?[a-z][a-z0-9-]*$/i.test(name)) return undefined;
    fields.push([name, lines[i + 1]!.trim()]);
  }
  return fields;
}

/** A value may hold a colon as well: after a name stands a space, or nothing. */
const isField = (line: string): boolean => /^:?[A-Za-z][\w-]*:(?:[ \t]|$)/.test(line);
