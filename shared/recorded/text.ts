// Which responses stand in a text that curl, HTTPie or wget printed, or that was copied out of a browser?
import type { FieldLine } from '../http/fields.ts';
import { MOST_RESPONSES, withoutUserinfo, type RecordedResponse } from '../recorded-response.ts';
import { tellsOfItself } from '../dialects/mediawiki.ts';
import { fieldsAlone } from './fields-alone.ts';

/** A head under way. */
interface Head {
  url: string;
  method?: string;
  status: number;
  fields: FieldLine[];
  requestFields?: readonly FieldLine[];
  unreadable: string[];
  /** A proxy opened a way through; the origin has not answered yet. */
  isTunnel: boolean;
}

/** How one program prints: which lines are of heads, and what is before them. */
interface Form {
  /** Of a response's head; undefined: not of one. */
  received(line: string): string | undefined;
  /** Of a request's head. */
  sent(line: string): string | undefined;
}

const STATUS = /^HTTP\/\d(?:\.\d)? (\d{3})(?: (.*))?$/i;
const REQUEST = /^([A-Z][A-Z0-9_-]*) (\S+) HTTP\/\d(?:\.\d)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** `curl -v`: "< " before what was received, "> " before what was sent; the body unmarked. */
const curlVerbose: Form = {
  received: (line) => (line.startsWith('<') ? line.replace(/^< ?/, '') : undefined),
  sent: (line) => (line.startsWith('>') ? line.replace(/^> ?/, '') : undefined),
};
/** `wget -S`: what was received is indented. */
const wget: Form = {
  received: (line) => (/^\s+\S/.test(line) ? line.replace(/^ {1,2}|^\t/, '') : ''),
  sent: () => undefined,
};
/** `curl -i`, `http -v`, and what browsers copy: heads as they are on the wire. */
const plain: Form = { received: (line) => line, sent: (line) => line };

function formOf(text: string): Form {
  if (/^< HTTP\//m.test(text)) return curlVerbose;
  return /^[ \t]+HTTP\/\d/m.test(text) && !/^HTTP\/\d/m.test(text) ? wget : plain;
}

/** The responses in the text, in their order; lines that are of no head are passed over. Never throws. */
export function responsesInText(text: string): RecordedResponse[] {
  const form = formOf(text);
  const reader = new Reader(form === curlVerbose ? 'http:' : '');
  for (const line of text.split(/\r?\n/)) {
    reader.note(line);
    const sent = form.sent(line);
    const received = form.received(line);
    if (form !== plain) {
      if (sent !== undefined) reader.request(sent);
      if (received !== undefined) reader.response(received);
    } else reader.either(line);
    if (reader.found.length > MOST_RESPONSES) break;
  }
  const heads = reader.found.filter(counts).slice(0, MOST_RESPONSES).map(recorded);
  const final = heads.at(-1);
  if (final === undefined) return reader.found.length > 0 ? [] : fieldsAlone(text);
  // a body, if there is one, is the last response's
  return tellsOfItself(text) ? [...heads.slice(0, -1), { ...final, page: text }] : heads;
}

/** Interim responses (1xx) and a proxy's to CONNECT come before the one that counts. */
const counts = ({ status, method, isTunnel }: Head): boolean => status >= 200 && method !== 'CONNECT' && !isTunnel;

const recorded = ({ url, status, fields, unreadable, method, requestFields }: Head): RecordedResponse => ({
  url,
  status,
  fields,
  ...(method !== undefined && { method }),
  ...(requestFields !== undefined && requestFields.length > 0 && { requestFields }),
  ...(unreadable.length > 0 && { unreadable }),
});

/** Statuses after whose body another response may follow on the same line. */
const GOES_ON = new Set([301, 302, 303, 307, 308, 401, 407]);

class Reader {
  readonly found: Head[] = [];
  #head: Head | undefined;
  #asked: { method: string; target: string; fields: FieldLine[] } | undefined;
  #inRequest = false;
  #scheme: string;

  /** @param scheme What `//host/path` is asked by; empty: not told. `curl -v` says so where it is https. */
  constructor(scheme: string) {
    this.#scheme = scheme;
  }

  /** What a program tells beside the heads: where it connects to, and what it asks for. */
  note(line: string): void {
    if (/^\* (?:SSL|TLS) connection using /.test(line)) this.#scheme = 'https:';
    else if (/^\* (?:Connected|Established connection) to /.test(line))
      this.#scheme = /\bport 443\b/.test(line) ? 'https:' : 'http:';
    const wget = /^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  (\S+)/.exec(line)?.[1];
    if (wget !== undefined) this.#asked = { method: 'GET', target: wget, fields: [] };
  }

  /** A line of what was asked. */
  request(line: string): void {
    const [, method, target] = REQUEST.exec(line) ?? [];
    if (method !== undefined && target !== undefined) {
      this.#asked = { method, target, fields: [] };
      this.#inRequest = true;
    } else if (line === '') this.#inRequest = false;
    else if (this.#inRequest) add(this.#asked?.fields ?? [], line);
  }

  /** A line of what was answered. */
  response(line: string): boolean {
    const [, status, reason = ''] = STATUS.exec(line) ?? [];
    if (status !== undefined) {
      this.#begin(Number(status), status === '200' && /^connection established$/i.test(reason.trim()));
      return true;
    }
    if (line === '') this.#head = undefined;
    if (this.#head === undefined) return false;
    if (!add(this.#head.fields, line)) this.#head.unreadable.push(line);
    return true;
  }

  /** A line of a text that does not mark which is which. */
  either(line: string): void {
    if (this.response(line)) {
      this.#inRequest = false;
      return;
    }
    if (this.#head === undefined && this.found.length > 0 && GOES_ON.has(this.found.at(-1)!.status)) {
      // a body that ends without a line break
      const after = /.(HTTP\/\d(?:\.\d)? \d{3}(?: [\w -]*)?)$/.exec(line)?.[1];
      if (after !== undefined) return void this.response(after);
    }
    this.request(line);
  }

  #begin(status: number, isTunnel: boolean): void {
    const asked = this.#asked;
    this.#inRequest = false;
    this.#head = {
      url: asked === undefined ? '' : this.#url(asked.target, asked.fields),
      ...(asked !== undefined && { method: asked.method, requestFields: asked.fields }),
      status,
      fields: [],
      unreadable: [],
      isTunnel,
    };
    this.found.push(this.#head);
  }

  #url(target: string, fields: readonly FieldLine[]): string {
    if (!target.startsWith('/')) return withoutUserinfo(target);
    const host = fields.find(([name]) => name.toLowerCase() === 'host')?.[1];
    return host === undefined ? target : `${this.#scheme}//${host}${target}`;
  }
}

function add(fields: FieldLine[], line: string): boolean {
  const before = fields.at(-1);
  // a line that begins with white space continues the one before it (RFC 9112 section 5.2)
  if (before !== undefined && /^[ \t]/.test(line)) {
    fields[fields.length - 1] = [before[0], `${before[1]} ${line.trim()}`];
    return true;
  }
  const [, name, value] = FIELD.exec(line) ?? [];
  if (name === undefined || value === undefined) return false;
  fields.push([name, value]);
  return true;
}
