// Is this text a trace file, and what does it hold? Read strictly, with what is wrong said in one sentence; no service needed.
import { fieldOf, textOf } from './raw-value.ts';
import { spoken } from './shape.ts';
import { thinned } from './thinned.ts';
import { trace as traceShape } from './trace-file-shape.ts';
import type { Trace, TraceEvent } from './trace.ts';

/** Characters. A hundred thousand observations are about as many. */
export const LONGEST_TRACE_FILE = 128 * 1024 * 1024;

/** Lists and objects within each other; a trace needs nine. */
const DEEPEST = 40;

/** The trace, or one sentence that says why it is none. */
export type ReadTrace = { readonly trace: Trace } | { readonly problem: string };

/** Reads what was decoded from UTF-8. Never throws. */
export function readTraceFile(content: string): ReadTrace {
  if (content.length > LONGEST_TRACE_FILE) return { problem: tooLong(content.length) };
  const text = content.replace(/^\ufeff/, '');
  const start = text.slice(0, 200).trimStart();
  if (start === '' && text.trim() === '') return { problem: 'The file is empty.' };
  if (!start.startsWith('{')) return { problem: `The file is no trace: a trace file is JSON and begins with “{”.` };
  if (isTooDeep(text)) return { problem: 'The file is no trace: it nests deeper than any trace does.' };
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { problem: unparsable(text) };
  }
  return traceIn(raw);
}

/** The same for JSON that is parsed already. */
export function traceIn(raw: unknown): ReadTrace {
  const foreign = foreignIn(raw);
  if (foreign !== undefined) return { problem: `The file is no trace: ${foreign}.` };
  const wrong = traceShape(raw);
  if (wrong !== undefined) return { problem: `The file is a trace, but cannot be read: ${spoken(wrong)}.` };
  return { trace: withOpenEnds(raw as Trace) };
}

/** The text of a trace file, short enough to be read again by `readTraceFile`. */
export const traceFileText = (trace: Trace): string => `${JSON.stringify(fittingTrace(trace))}\n`;

/** The trace, where it is too long for a file without those observations that tell least. */
export function fittingTrace(trace: Trace): Trace {
  const { observations } = trace;
  const step = Math.max(1, Math.floor(observations.length / SAMPLE));
  const some = observations.filter((_, i) => i % step === 0);
  const each = JSON.stringify(some).length / Math.max(1, some.length);
  return thinned(trace, Math.floor((LONGEST_TRACE_FILE * 0.8) / each));
}

/** Observations whose length stands for that of all. */
const SAMPLE = 200;

const tooLong = (length: number): string =>
  `The file is too long to be read: ${Math.round(length / 1024 / 1024)} million characters, and the most is ${LONGEST_TRACE_FILE / 1024 / 1024}.`;

function unparsable(text: string): string {
  if (!/\}\s*$/.test(text)) return 'The file breaks off before its end; copy or download it again.';
  if (/\}\s*\n\s*\{/.test(text)) {
    return 'The file holds several JSON documents, as “strata trace --json” prints them; “strata traces export” writes a trace file.';
  }
  return 'The file begins like a trace but is no JSON; copy or download it again.';
}

/** What else it is, as a clause; undefined where it says that it is a trace of a version that is known here. */
function foreignIn(raw: unknown): string | undefined {
  if (Array.isArray(fieldOf(fieldOf(raw, 'log'), 'entries'))) return 'it is a HAR, which “strata explain” reads';
  const version = fieldOf(raw, 'strata');
  if (version === undefined) return 'it is JSON, but not of Strata (no “strata” in it)';
  if (version !== 1)
    return `it is of version ${JSON.stringify(version)?.slice(0, 20)}, and this Strata reads version 1`;
  const verb = textOf(fieldOf(raw, 'verb'));
  if (verb !== undefined) return `it is what “strata ${verb.slice(0, 20)} --json” prints`;
  return fieldOf(raw, 'kind') === 'trace' ? undefined : 'it does not say that it is one (no “kind”: “trace”)';
}

/** Counts brackets outside of texts, before a parser or a writer would follow them down. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === BACKSLASH) i += 1;
      else if (c === QUOTE) quoted = false;
    } else if (c === QUOTE) quoted = true;
    else if (c === OPEN_OBJECT || c === OPEN_LIST) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (c === CLOSE_OBJECT || c === CLOSE_LIST) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** JSON writes an end that nothing bounds as null; what computes needs the infinity back. */
export function withOpenEnds(trace: Trace): Trace {
  return {
    ...trace,
    events: trace.events.map((e): TraceEvent => ({ ...e, at: opened(e.at) })),
    forecasts: trace.forecasts.map((f) =>
      f.score === undefined ? f : { ...f, score: { ...f.score, flippedAt: opened(f.score.flippedAt) } },
    ),
  };
}

const opened = ({ earliest, latest }: { readonly earliest: number | null; readonly latest: number | null }) => ({
  earliest: earliest ?? -Infinity,
  latest: latest ?? Infinity,
});
