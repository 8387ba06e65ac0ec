// How is HTCP written and read? A CLR and its reply (RFC 2756), in the bit order of the RFC or in that of old Squids.
import type { FieldLine } from '../../shared/http/fields.ts';

export interface Clear {
  /** 1: bits as in RFC 2756; 0: opcode and flags at the other ends of their bytes, as MediaWiki sends them. */
  readonly minor: 0 | 1;
  readonly wantsReply: boolean;
  /** Names this message; a reply by the old order does not tell it. */
  readonly transaction: number;
  readonly method: string;
  readonly url: string;
  /** `HTTP/1.1`. */
  readonly version: string;
  /** What selects the variant. */
  readonly fields: readonly FieldLine[];
}

export interface ClearReply {
  readonly minor: 0 | 1;
  readonly transaction: number;
  /** The code is about the message as a whole: it was not looked at any further. */
  readonly overall: boolean;
  readonly code: number;
}

const CLR = 4;
const HEADER_BYTES = 4;
/** DATA without its variable part: length, opcode, flags, transaction. */
const DATA_BYTES = 8;
/** An AUTH that holds nothing but its length. */
const NO_AUTH = 2;

interface BitOrder {
  readonly opcode: (byte: number) => number;
  readonly code: (byte: number) => number;
  readonly first: number;
  readonly requestOrResponse: number;
}
const low = (byte: number): number => byte & 0x0f;
const high = (byte: number): number => byte >> 4;
const ORDERS: Readonly<Record<0 | 1, BitOrder>> = {
  0: { opcode: low, code: high, first: 0x40, requestOrResponse: 0x80 },
  1: { opcode: high, code: low, first: 0x02, requestOrResponse: 0x01 },
};

/** @throws RangeError where a part is longer than 65,535 bytes */
export function encodeClear({ minor, wantsReply, transaction, method, url, version, fields }: Clear): Uint8Array {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const specifier = Buffer.concat([method, url, version, lines].map(counted));
  const dataBytes = DATA_BYTES + 2 + specifier.length;
  const head = Buffer.alloc(HEADER_BYTES + DATA_BYTES + 2);
  head.writeUInt16BE(HEADER_BYTES + dataBytes + NO_AUTH, 0);
  head.writeUInt8(minor, 3);
  head.writeUInt16BE(dataBytes, 4);
  head.writeUInt8(minor === 1 ? CLR << 4 : CLR, 6);
  head.writeUInt8(wantsReply ? ORDERS[minor].first : 0, 7);
  head.writeUInt32BE(transaction, 8);
  return Buffer.concat([head, specifier, Buffer.from([0, NO_AUTH])]);
}

/** A length, which does not count itself, and the bytes. */
function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Undefined for what is not the reply to a CLR. */
export function decodeClearReply(bytes: Uint8Array): ClearReply | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < HEADER_BYTES + DATA_BYTES || view.readUInt16BE(0) !== view.length) return undefined;
  const [major, minor] = [view.readUInt8(2), view.readUInt8(3)];
  if (major !== 0 || (minor !== 0 && minor !== 1)) return undefined;
  const [words, flags, order] = [view.readUInt8(6), view.readUInt8(7), ORDERS[minor]];
  const isReply = (flags & order.requestOrResponse) !== 0;
  if (!isReply || order.opcode(words) !== CLR) return undefined;
  return {
    minor,
    transaction: view.readUInt32BE(8),
    overall: (flags & order.first) !== 0,
    code: order.code(words),
  };
}
