// What is the content once its codings are off, and how large is it allowed to become? (RFC 9110 section 8.4)
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { errorText } from './error-text.ts';
import type { Limits } from './limits.ts';

export type Decoded =
  | { readonly kind: 'decoded'; readonly content: Buffer }
  | { readonly kind: 'broken'; readonly problem: string }
  | { readonly kind: 'too-large'; readonly message: string };

const RATIO_FROM = 1024 * 1024;
/** Up to these sizes inflating at once is quicker than a trip to the thread pool, and never long. */
const AT_ONCE = 16 * 1024;
const AT_ONCE_OUTPUT = 256 * 1024;

interface Coder {
  now(data: Buffer, options: zlib.ZlibOptions & zlib.BrotliOptions): Buffer;
  later(data: Buffer, options: zlib.ZlibOptions & zlib.BrotliOptions): Promise<Buffer>;
}

const gzip: Coder = { now: zlib.gunzipSync, later: promisify(zlib.gunzip) };
const zlibFormat: Coder = { now: zlib.inflateSync, later: promisify(zlib.inflate) };
// some servers send `deflate` without the zlib wrapper that RFC 9110 section 8.4.1.2 names
const bareDeflate: Coder = { now: zlib.inflateRawSync, later: promisify(zlib.inflateRaw) };
const brotli: Coder = { now: zlib.brotliDecompressSync, later: promisify(zlib.brotliDecompress) };

function coderOf(coding: string, data: Buffer): Coder | undefined {
  if (coding === 'gzip' || coding === 'x-gzip') return gzip;
  if (coding === 'br') return brotli;
  if (coding === 'deflate') return ((data[0] ?? 0) & 0x0f) === 8 ? zlibFormat : bareDeflate;
  return undefined;
}

/** The codings that a Content-Encoding names, in the order in which they were applied; `identity` is none. */
export function codingsOf(encoding: string): string[] {
  return encoding
    .toLowerCase()
    .split(',')
    .map((c) => c.trim())
    .filter((c) => c !== '' && c !== 'identity');
}

/** Takes the codings off, the last applied first. */
export async function decode(body: Buffer, codings: readonly string[], limits: Limits): Promise<Decoded> {
  if (codings.length > limits.codings) {
    return { kind: 'broken', problem: `${codings.length} content codings on top of each other: the body was not read` };
  }
  const most = Math.min(limits.decodedBytes, Math.max(RATIO_FROM, body.length * limits.ratio));
  let content = body;
  for (const coding of codings.toReversed()) {
    const coder = coderOf(coding, content);
    if (coder === undefined) {
      return { kind: 'broken', problem: `the content coding ${JSON.stringify(coding)} is not one that was asked for` };
    }
    try {
      content = await inflate(coder, content, most);
    } catch (error) {
      const { code, message } = errorText(error);
      if (code === 'ERR_BUFFER_TOO_LARGE') {
        return { kind: 'too-large', message: `${body.length} bytes of ${codings.join(', ')} become more than ${most}` };
      }
      return { kind: 'broken', problem: `the body is not valid ${coding}: ${message}` };
    }
  }
  return { kind: 'decoded', content };
}

async function inflate(coder: Coder, data: Buffer, most: number): Promise<Buffer> {
  if (data.length > AT_ONCE) return coder.later(data, { maxOutputLength: most });
  try {
    return coder.now(data, { maxOutputLength: Math.min(most, AT_ONCE_OUTPUT) });
  } catch (error) {
    if (errorText(error).code !== 'ERR_BUFFER_TOO_LARGE' || most <= AT_ONCE_OUTPUT) throw error;
    return coder.later(data, { maxOutputLength: most });
  }
}
