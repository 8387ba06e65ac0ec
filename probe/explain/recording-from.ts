// What does a file, or what is piped in, hold to explain? Read no further than somebody could have meant.
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ConfigError } from '../../shared/config-problem.ts';
import type { RecordedResponse } from '../../shared/recorded-response.ts';
import { recordingIn } from '../../shared/recorded/recording.ts';

const MiB = 1024 * 1024;
/** Bytes of a HAR. With the contents of a large page it has some 50 MB. */
const MOST = 128 * MiB;
/** Bytes of a text: heads stand at the beginning, and after that come bodies only. */
const MOST_TEXT = 16 * MiB;

/** @throws ConfigError with one sentence where nothing in it can be explained */
export async function recordingFrom(
  source: string,
): Promise<{ readonly responses: readonly RecordedResponse[]; readonly cutOff?: true }> {
  const name = source === '-' ? 'stdin' : source;
  const { bytes, more } = source === '-' ? await startOf(process.stdin) : await startOfFile(source);
  // a body may be cut off, a HAR may not
  if (more && isJson(bytes)) {
    throw new ConfigError(
      `${name} is larger than ${MOST / MiB} MB; save the HAR without contents, or of fewer requests.`,
    );
  }
  const { text, isWhole } = decoded(bytes);
  const recording = recordingIn(text, isWhole);
  if ('refused' in recording) throw new ConfigError(`${name} ${recording.refused}.`);
  return recording;
}

async function startOfFile(path: string): Promise<{ bytes: Buffer; more: boolean }> {
  try {
    const file = await open(path);
    try {
      return await startOf(file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ConfigError(`${path} is neither a URL (write https://…) nor a file that can be read.`, [], {
      cause: error,
    });
  }
}

async function startOf(stream: Readable): Promise<{ bytes: Buffer; more: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    const most = isJson(chunks[0]!) ? MOST : MOST_TEXT;
    if (size > most) return { bytes: Buffer.concat(chunks).subarray(0, most), more: true };
  }
  return { bytes: Buffer.concat(chunks), more: false };
}

/** By its beginning; a byte order mark may stand before it. */
const isJson = (bytes: Buffer): boolean => /^(?:\xef\xbb\xbf)?\s*[{[]/.test(bytes.toString('latin1', 0, 256));

/** Windows PowerShell writes what it is piped in UTF-16. */
function decoded(bytes: Buffer): { text: string; isWhole: boolean } {
  const label = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), isWhole: true };
  } catch {
    return { text: new TextDecoder(label).decode(bytes), isWhole: false };
  }
}
