// What is in a body: its digest, its marker, its assets? What was read once is known by its bytes.
import * as crypto from 'node:crypto';
import { combined } from '../../shared/http/fields.ts';
import type { FieldLines } from '../../shared/http/fields.ts';
import type { Answer, Failure } from '../../shared/observation.ts';
import type { Marker } from '../../shared/topology.ts';
import { codingsOf, decode } from './content-coding.ts';
import { failure } from './failure.ts';
import type { Limits } from './limits.ts';
import type { PageReader } from './page-reader.ts';

/** What to look for in a body. */
export interface Reading {
  readonly marker: Marker;
  readonly ignore: readonly string[];
  readonly assets: boolean;
}

export type ContentFacts = Pick<Answer, 'decodedBytes' | 'digest' | 'marker' | 'assets' | 'problems'>;

/** What to look for, in which circumstances: worked out once for many bodies. */
export interface Look {
  /** The page's own URL, to which its links are relative. */
  readonly url: string;
  readonly limits: Limits;
  /** Absent: the digest only. */
  readonly reading?: Reading;
  /** Different for every look that could see something different in the same bytes. */
  readonly key: string;
}

export function lookFor(url: string, limits: Limits, reading?: Reading): Look {
  const room = `${limits.decodedBytes} ${limits.ratio} ${limits.codings}`;
  if (reading === undefined) return { url, limits, key: room };
  return { url, limits, reading, key: `${room} ${reading.assets ? url : ''} ${JSON.stringify(reading)}` };
}

type Read = ContentFacts | Failure;

export interface ContentReader {
  /** At once where these bytes were read before. Never throws. */
  read(body: Buffer, fields: FieldLines, look: Look): Read | Promise<Read>;
}

/** Bodies remembered: enough for every version and variant in one trace, small enough to forget about. */
const REMEMBERED = 512;

export function createContentReader(pages: PageReader): ContentReader {
  // the promise while it is being read: a body that many nodes answer at once is read once
  const known = new Map<string, Read | Promise<Read>>();
  // comparing bytes costs a tenth of hashing them
  let before: { body: Buffer; fields: FieldLines; look: string; read: Read } | undefined;

  function isAsBefore(body: Buffer, fields: FieldLines, look: Look): boolean {
    return before?.fields === fields && before.look === look.key && before.body.equals(body);
  }

  function readOnce(body: Buffer, fields: FieldLines, look: Look): Read | Promise<Read> {
    if (before !== undefined && isAsBefore(body, fields, look)) return before.read;
    const encoding = valueOf(fields, 'content-encoding');
    const type = valueOf(fields, 'content-type');
    const sha256 = crypto.hash('sha256', body, 'hex');
    const key = `${sha256} ${encoding} ${type} ${look.key}`;
    const seen = known.get(key);
    if (seen !== undefined) {
      known.delete(key);
      known.set(key, seen);
      if (!(seen instanceof Promise)) before = { body, fields, look: look.key, read: seen };
      return seen;
    }
    const reading = readContent({ body, sha256, encoding, type, look, pages }).then((read) => {
      known.set(key, read);
      return read;
    });
    known.set(key, reading);
    if (known.size > REMEMBERED) forgetOldest(known);
    return reading;
  }

  return {
    read(body, fields, look) {
      const read = body.length === 0 ? { decodedBytes: 0 } : readOnce(body, fields, look);
      const marker = look.reading?.marker;
      if (marker === undefined || !('header' in marker)) return read;
      const value = combined(fields, marker.header);
      if (value === undefined) return read;
      const marked = (facts: Read): Read => ('kind' in facts ? facts : { ...facts, marker: value });
      return read instanceof Promise ? read.then(marked) : marked(read);
    },
  };
}

/** As `combined`, without a look at names of another length: this runs for every observation. */
function valueOf(fields: FieldLines, name: string): string {
  let value = '';
  for (const [n, v] of fields) {
    if (n.length === name.length && n.toLowerCase() === name) value = value === '' ? v : `${value}, ${v}`;
  }
  return value;
}

function forgetOldest(known: Map<string, unknown>): void {
  const oldest = known.keys().next();
  if (oldest.done !== true) known.delete(oldest.value);
}

interface Unread {
  readonly body: Buffer;
  readonly sha256: string;
  /** Content-Encoding and Content-Type; empty when absent. */
  readonly encoding: string;
  readonly type: string;
  readonly look: Look;
  readonly pages: PageReader;
}

async function readContent({ body, sha256, encoding, type, look, pages }: Unread): Promise<Read> {
  const codings = codingsOf(encoding);
  const decoded = await decode(body, codings, look.limits);
  if (decoded.kind === 'too-large') return failure('decoded-body-too-large', 'body', decoded.message);
  if (decoded.kind === 'broken') return { decodedBytes: 0, problems: [decoded.problem] };
  const { content } = decoded;
  if (content.length === 0) return { decodedBytes: 0 };
  const plain = `sha256:${codings.length === 0 ? sha256 : crypto.hash('sha256', content, 'hex')}`;
  const { reading } = look;
  if (reading === undefined) return { decodedBytes: content.length, digest: plain };

  const html = isHtml(type, content);
  const ignores = html && reading.ignore.length > 0;
  const inBody = 'css' in reading.marker || 'regex' in reading.marker || 'json' in reading.marker;
  const page =
    inBody || ignores || (html && reading.assets)
      ? await pages.read({ content, contentType: type, html, url: look.url, ...reading })
      : { problems: [] };
  const digest = ignores ? page.digest : plain;
  const marker = 'digest' in reading.marker ? digest : page.marker;
  return {
    decodedBytes: content.length,
    ...(digest === undefined ? {} : { digest }),
    ...(marker === undefined ? {} : { marker }),
    ...(page.assets === undefined ? {} : { assets: page.assets }),
    ...(page.problems.length === 0 ? {} : { problems: page.problems }),
  };
}

function isHtml(type: string, content: Buffer): boolean {
  if (type !== '') return /^\s*(text\/html|application\/xhtml\+xml)\s*(;|,|$)/i.test(type);
  return /^\s*(<!doctype html|<html)/i.test(content.toString('latin1', 0, 256));
}
