// Which responses does a recording hold? A HAR that a browser saved, or what `curl -si` and `curl -sv` printed.
import type { FieldLine } from './http/fields.ts';
import { fieldOf, listOf, textOf } from './raw-value.ts';

/** One response, in the order in which it came; a redirect chain is several. */
export interface RecordedResponse {
  readonly url: string;
  readonly status: number;
  readonly fields: readonly FieldLine[];
}

/** No recording needs more; a page with more requests has them cut off at the end. */
const MOST = 1000;

/** The responses of a HAR 1.2 document, without entries that hold none; undefined when it is no HAR. */
export function responsesInHar(document: unknown): RecordedResponse[] | undefined {
  const entries = fieldOf(fieldOf(document, 'log'), 'entries');
  if (!Array.isArray(entries)) return undefined;
  return entries.slice(0, MOST).flatMap((entry: unknown): RecordedResponse[] => {
    const response = fieldOf(entry, 'response');
    const status = fieldOf(response, 'status');
    const url = textOf(fieldOf(fieldOf(entry, 'request'), 'url'));
    if (url === undefined || typeof status !== 'number' || status < 100) return [];
    return [{ url: withoutUserinfo(url), status, fields: listOf(fieldOf(response, 'headers')).flatMap(harField) }];
  });
}

function harField(raw: unknown): FieldLine[] {
  const name = textOf(fieldOf(raw, 'name'));
  const value = textOf(fieldOf(raw, 'value'));
  // browsers write HTTP/2's pseudo header fields among the others
  if (name === undefined || value === undefined || name === '' || name.startsWith(':')) return [];
  // and they join lines of one name by line feeds
  return value.split('\n').map((line): FieldLine => [name, line.trim()]);
}

const STATUS = /^HTTP\/\d(?:\.\d)? (\d{3})(?: |$)/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** The response heads in the text that curl or a proxy log printed; lines that are none are passed over. */
export function responsesInText(text: string): RecordedResponse[] {
  const found: { url: string; status: number; fields: FieldLine[] }[] = [];
  // `curl -v` marks what was received with "< " and prints the body unmarked
  const verbose = /^< HTTP\//m.test(text);
  let head: (typeof found)[number] | undefined;
  let asked = '';
  let scheme = 'http';
  for (const whole of text.split(/\r?\n/)) {
    scheme = schemeOf(whole, scheme);
    asked = requestedUrl(whole, asked, scheme);
    if (verbose && !whole.startsWith('<')) continue;
    const line = verbose ? whole.replace(/^< ?/, '') : whole;
    const status = STATUS.exec(line)?.[1];
    if (status !== undefined && found.length < MOST) {
      head = { url: asked, status: Number(status), fields: [] };
      found.push(head);
    } else if (line === '') head = undefined;
    else if (head !== undefined) addLine(head.fields, line);
  }
  // interim responses (1xx) come before the one that counts
  return found.filter((r) => r.status >= 200);
}

function addLine(fields: FieldLine[], line: string): void {
  const before = fields.at(-1);
  // a line that begins with white space continues the one before it (RFC 9112 section 5.2)
  if (before !== undefined && /^[ \t]/.test(line))
    fields[fields.length - 1] = [before[0], `${before[1]} ${line.trim()}`];
  const [, name, value] = FIELD.exec(line) ?? [];
  if (name !== undefined && value !== undefined) fields.push([name, value]);
}

/** `curl -v` tells of each new connection, and of TLS on it. */
function schemeOf(line: string, before: string): string {
  if (/^\* (?:SSL|TLS) connection using /.test(line)) return 'https';
  return /^\* (?:Connected|Established connection) to /.test(line) ? 'http' : before;
}

/** `curl -v` prints what it asks for: "> GET /path HTTP/1.1" and "> Host: name". */
function requestedUrl(line: string, before: string, scheme: string): string {
  const path = /^> [A-Z]+ (\S+) HTTP\//.exec(line)?.[1];
  if (path !== undefined) return withoutUserinfo(path);
  const host = /^> Host: (\S+)$/i.exec(line)?.[1];
  return host === undefined || !before.startsWith('/') ? before : `${scheme}://${host}${before}`;
}

/** Whoever recorded it may have been logged in; what stands in the URL is never shown. */
const withoutUserinfo = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
