// Half a gigabyte of nothing in a few bytes: whoever decodes all of it is seen to grow.
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';

/** What a bomb is once it is decoded. */
export const BOMB_MIB = 512;

const brotli = (content: Buffer) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
const gzip = (content: Buffer) => gzipSync(content, { level: 1 });

/** By its `Content-Encoding`; made when it is wanted. */
export const bombs: Readonly<Record<'gzip' | 'br' | 'deflate' | 'gzip, br', () => Buffer>> = {
  gzip: () => gzip(zeros()),
  br: () => brotli(zeros()),
  deflate: () => deflateSync(zeros(), { level: 1 }),
  'gzip, br': () => brotli(gzip(zeros())),
};

const zeros = (): Buffer => Buffer.alloc(BOMB_MIB * 1024 * 1024);
