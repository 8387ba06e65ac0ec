// How does an embedded cache hold the bytes of a body that came in parts, without copying what it has?
import type { Piece, Slice } from '../../shared/model/verdict.ts';

/** Bytes in buffers that follow each other; mostly one. */
export type Content = readonly Buffer[];

/** Beyond so many buffers they are made one: each costs more than its bytes, and all are walked through. */
const MOST_BUFFERS = 64;

/** Memory that each further buffer takes besides its bytes. */
const BUFFER_BYTES = 128;

export const lengthOf = (content: Content): number => content.reduce((sum, buffer) => sum + buffer.length, 0);

/** Bytes of memory that the content keeps from being freed, up to twice its length. */
export const sizeOf = (content: Content): number => lengthOf(content) + Math.max(0, content.length - 1) * BUFFER_BYTES;

/** These bytes of the content, none of them copied; absent: all. */
export function sliced(content: Content, slice: Slice | undefined): Content {
  if (slice === undefined) return content;
  const cut: Buffer[] = [];
  let start = 0;
  for (const buffer of content) {
    const part = within(buffer, start, slice);
    if (part.length > 0) cut.push(part);
    start += buffer.length;
  }
  return cut;
}

/** What of a buffer that begins at `position` lies within the slice. */
export const within = (buffer: Buffer, position: number, slice: Slice | undefined): Buffer =>
  slice === undefined ? buffer : buffer.subarray(Math.max(0, slice.from - position), Math.max(0, slice.to - position));

/** One content of pieces of others. What is only a small part of its memory is copied, so that the rest can be freed. */
export function joined(pieces: readonly Piece<Content>[]): Content {
  const buffers = pieces.flatMap(({ body, slice }) => sliced(body, slice)).map(compact);
  return buffers.length > MOST_BUFFERS ? [Buffer.concat(buffers)] : buffers;
}

const compact = (buffer: Buffer): Buffer =>
  buffer.length * 2 < buffer.buffer.byteLength ? Buffer.from(buffer) : buffer;
