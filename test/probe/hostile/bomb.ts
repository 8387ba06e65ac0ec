// Half a gigabyte of nothing in a few bytes: whoever decodes all of it is seen to grow.
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';

/** What a bomb is once it is decoded. */
export const BOMB_MIB = 512;

const zeros = Buffer.alloc(BOMB_MIB * 1024 * 1024);
const brotli = (content: Buffer) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

/** By its `Content-Encoding`. */
export const bombs = {
  gzip: gzipSync(zeros, { level: 1 }),
  br: brotli(zeros),
  deflate: deflateSync(zeros, { level: 1 }),
  'gzip, br': brotli(gzipSync(zeros, { level: 1 })),
} as const;
