// What does the explain view show of one response? The shared explanation, and how its parts hang together.
import { explain } from '../../shared/explain.ts';
import { dialectOf } from '../../shared/dialects/index.ts';
import { first } from '../../shared/http/fields.ts';
import type { FieldLine } from '../../shared/http/fields.ts';
import { parseDate } from '../../shared/http/date.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { ExplainDocument } from '../../shared/api.ts';
import type { RecordedResponse } from '../../shared/recorded-response.ts';
import { savedWordsFor } from '../words/other-fields.ts';
import type { FieldWords } from '../words/field-words.ts';
import { clausesIn, type Clause } from '../words/directives.ts';
import { linesOf } from './note-lines.ts';
import { whose } from './whose.ts';

export type Response = ExplainDocument['responses'][number];
export type Cache = Response['caches'][number];
export type Note = Response['notes'][number];
export type Level = Note['level'];

export interface Line {
  readonly name: string;
  readonly value: string;
  readonly words: FieldWords | undefined;
  /** Directives one by one, where there are several to tell apart. */
  readonly clauses: readonly Clause[];
  /** Indexes into `caches`. */
  readonly caches: readonly number[];
  /** Indexes of the caches about which this very line decided. */
  readonly decides: readonly number[];
  /** It decides how long a shared cache may keep the response. */
  readonly givesLifetime: boolean;
  /** Indexes into `notes`. */
  readonly notes: readonly number[];
}

export interface Explained {
  readonly response: Response;
  readonly lines: readonly Line[];
  /** Lines beyond those that are shown. */
  readonly linesMore: number;
  /** For each note the indexes of the lines that it speaks of. */
  readonly linesOfNotes: readonly (readonly number[])[];
  /** There was no status line; 200 was assumed. */
  readonly statusAssumed: boolean;
  /** Lines of the head that are no field lines. */
  readonly unreadable: readonly string[];
}

/** No page that people made has more; a head of nothing but colons has tens of thousands. */
const MOST_LINES = 1000;

/** @param now Stands in for an instant that the response does not have. */
export function explained(recorded: RecordedResponse, now: Instant): Explained {
  return joined(explain(recorded, now), recorded, now);
}

/** The same of what the service has explained; without field lines where it sends none. */
export function explainedElsewhere(response: Response, now: Instant): Explained {
  const { url, status, fields = [] } = response;
  return joined(response, { url, status, fields }, now);
}

function joined(response: Response, recorded: RecordedResponse, now: Instant): Explained {
  const fields = recorded.fields.slice(0, MOST_LINES);
  const context = {
    fields: recorded.fields,
    at: recorded.receivedAt ?? parseDate(first(fields, 'date') ?? '', now) ?? now,
  };
  const owners = whose(fields, response.caches);
  const linesOfNotes = response.notes.map((note) => linesOf(note, fields));
  const lifetime = lifetimeLine(response, fields);
  const lines = fields.map((line, i): Line => {
    const clauses = CONTROL.test(line[0]) ? clausesIn(line[1]) : [];
    return {
      name: line[0],
      value: line[1],
      words: savedWordsFor(line, context),
      clauses: clauses.length > 1 || clauses.some(({ means }) => means === undefined) ? clauses : [],
      caches: owners[i] ?? [],
      decides: response.caches.flatMap((cache, c) => (decidingLine(cache, fields) === i ? [c] : [])),
      givesLifetime: lifetime === i,
      notes: linesOfNotes.flatMap((of, n) => (of.includes(i) ? [n] : [])),
    };
  });
  const { statusAssumed = false, unreadable = [] } = recorded;
  return {
    response,
    lines,
    linesMore: recorded.fields.length - fields.length,
    linesOfNotes,
    statusAssumed,
    unreadable,
  };
}

const CONTROL = /^(?:(?:[a-z]+-)*cdn-)?cache-control$|^surrogate-control$/i;

/** The line that told what this cache did. */
function decidingLine(cache: Cache, fields: readonly FieldLine[]): number {
  return cache.line ?? fields.findLastIndex(([name]) => name.toLowerCase() === cache.by.toLowerCase());
}

function lifetimeLine({ lifetime }: Response, fields: readonly FieldLine[]): number {
  const from = lifetime?.from.toLowerCase();
  if (from === 'expires' || from === 'x-accel-expires')
    return fields.findIndex(([name]) => name.toLowerCase() === from);
  if (from !== 's-maxage' && from !== 'max-age') return -1;
  return fields.findIndex(([name, value]) => /^cache-control$/i.test(name) && value.toLowerCase().includes(from));
}

/** The name a person knows a cache by: its own, else its product's. */
export const nameOf = (cache: Cache): string => cache.node ?? productOf(cache);

/** `an unrecognised cache` where nothing tells. */
export const productOf = ({ dialect }: Cache): string => dialectOf(dialect)?.title ?? dialect;

/** The vendor's page on what it says. */
export const pageOf = ({ dialect }: Cache): string | undefined => dialectOf(dialect)?.reference;
