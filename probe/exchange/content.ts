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

export interface ContentReader {
  read(
    body: Buffer,
    fields: FieldLines,
    url: string,
    limits: Limits,
    reading?: Reading,
  ): Promise<ContentFacts | Failure>;
}

/** Bodies remembered: enough for every version and variant in one trace, small enough to forget about. */
const REMEMBERED = 512;

export function createContentReader(pages: PageReader): ContentReader {
  const known = new Map<string, ContentFacts>();

  return {
    async read(body, fields, url, limits, reading) {
      if (body.length === 0) return withHeaderMarker({ decodedBytes: 0 }, fields, reading);
      const sha256 = crypto.hash('sha256', body, 'hex');
      const key = keyOf(sha256, fields, url, reading);
      let facts = known.get(key);
      if (facts === undefined) {
        const fresh = await readContent({ body, sha256, fields, url, limits, pages, ...(reading && { reading }) });
        if ('kind' in fresh) return fresh;
        facts = fresh;
      }
      known.delete(key);
      known.set(key, facts);
      if (known.size > REMEMBERED) forgetOldest(known);
      return withHeaderMarker(facts, fields, reading);
    },
  };
}

function forgetOldest(known: Map<string, unknown>): void {
  const oldest = known.keys().next();
  if (oldest.done !== true) known.delete(oldest.value);
}

function keyOf(sha256: string, fields: FieldLines, url: string, reading: Reading | undefined): string {
  const type = `${combined(fields, 'content-encoding')} ${combined(fields, 'content-type')}`;
  return `${sha256} ${type} ${reading?.assets === true ? url : ''} ${reading === undefined ? '' : JSON.stringify(reading)}`;
}

function withHeaderMarker(facts: ContentFacts, fields: FieldLines, reading: Reading | undefined): ContentFacts {
  if (reading === undefined || !('header' in reading.marker)) return facts;
  const marker = combined(fields, reading.marker.header);
  return marker === undefined ? facts : { ...facts, marker };
}

interface Unread {
  readonly body: Buffer;
  readonly sha256: string;
  readonly fields: FieldLines;
  readonly url: string;
  readonly limits: Limits;
  readonly pages: PageReader;
  readonly reading?: Reading;
}

async function readContent(unread: Unread): Promise<ContentFacts | Failure> {
  const codings = codingsOf(unread.fields);
  const decoded = await decode(unread.body, codings, unread.limits);
  if (decoded.kind === 'too-large') return failure('decoded-body-too-large', 'body', decoded.message);
  if (decoded.kind === 'broken') return { decodedBytes: 0, problems: [decoded.problem] };
  const { content } = decoded;
  if (content.length === 0) return { decodedBytes: 0 };
  const plain = `sha256:${codings.length === 0 ? unread.sha256 : crypto.hash('sha256', content, 'hex')}`;
  const { reading } = unread;
  if (reading === undefined) return { decodedBytes: content.length, digest: plain };

  const contentType = combined(unread.fields, 'content-type') ?? '';
  const html = isHtml(contentType, content);
  const ignores = html && reading.ignore.length > 0;
  const inBody = 'css' in reading.marker || 'regex' in reading.marker || 'json' in reading.marker;
  const page =
    inBody || ignores || (html && reading.assets)
      ? await unread.pages.read({ content, contentType, html, url: unread.url, ...reading })
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

function isHtml(contentType: string, content: Buffer): boolean {
  if (contentType !== '') return /^\s*(text\/html|application\/xhtml\+xml)\s*(;|,|$)/i.test(contentType);
  return /^\s*(<!doctype html|<html)/i.test(content.toString('latin1', 0, 256));
}
