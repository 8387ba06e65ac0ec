import { describe, expect, it } from 'vitest';
import { type Clear, decodeClearReply, encodeClear } from '../../../probe/purgers/htcp-message.ts';
import { htcp } from '../../../probe/purgers/htcp.ts';
import { moment, stepOf } from './one-step.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Buffer.from(text, 'hex');

// These bytes made a Squid 5.7 remove its copy of http://example.org/a.
const MEDIAWIKI =
  '00380000003204000000000100000004484541440014687474703a2f2f6578616d706c652e6f72672f610008485454502f312e3000000002';
const RFC_ORDER =
  '003700010031400200000001000000034745540014687474703a2f2f6578616d706c652e6f72672f610008485454502f312e3100000002';
const OLD_ORDER =
  '00380000003204400000000100000004484541440014687474703a2f2f6578616d706c652e6f72672f610008485454502f312e3000000002';

const page = { url: 'http://example.org/a', transaction: 1, fields: [] };
const head = { ...page, minor: 0, method: 'HEAD', version: 'HTTP/1.0' } as const;

describe('a CLR', () => {
  it.each<[string, Clear, string]>([
    ['by the RFC', { ...page, minor: 1, wantsReply: true, method: 'GET', version: 'HTTP/1.1' }, RFC_ORDER],
    ['as MediaWiki sends it', { ...head, wantsReply: false }, MEDIAWIKI],
    ['in the old order, with a reply', { ...head, wantsReply: true }, OLD_ORDER],
  ])('%s is, byte for byte, what moved a real Squid', (_, clear, expected) => {
    expect(hex(encodeClear(clear))).toBe(expected);
  });

  it('carries the fields that select a variant, and counts bytes, not letters', () => {
    const fields = [['accept-language', 'ö']] as const;
    const message = Buffer.from(encodeClear({ ...head, wantsReply: false, fields }));
    expect(message.readUInt16BE(0)).toBe(message.length);
    expect(message.readUInt16BE(4)).toBe(message.length - 4 - 2);
    expect(message.includes(Buffer.from('\u0000\u0015accept-language: ö\r\n\u0000\u0002'))).toBe(true);
  });

  it('is not cut where it would not fit', () => {
    expect(() => encodeClear({ ...head, wantsReply: false, url: 'x'.repeat(70_000) })).toThrow(RangeError);
  });
});

describe('the reply to a CLR', () => {
  it.each([
    ['000e000100084001000000010002', { minor: 1, transaction: 1, overall: false, code: 0 }],
    ['000e000100084201000000010002', { minor: 1, transaction: 1, overall: false, code: 2 }],
    ['000e000000080480000000000002', { minor: 0, transaction: 0, overall: false, code: 0 }],
    ['000e000000082480000000000002', { minor: 0, transaction: 0, overall: false, code: 2 }],
    ['000e000100084503000000010002', { minor: 1, transaction: 1, overall: true, code: 5 }],
  ])('is read from %s', (written, expected) => {
    expect(decodeClearReply(bytes(written))).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['half of one', '000e0001000840'],
    ['one with more behind it', '000e00010008400100000001000200'],
    ['a request', RFC_ORDER],
    ['the reply to another question', '000e000100081001000000010002'],
    ['another major version', '000e010100084001000000010002'],
    ['another minor version', '000e000200084001000000010002'],
    ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n').toString('hex')],
  ])('is not %s', (_, written) => {
    expect(decodeClearReply(bytes(written))).toBeUndefined();
  });
});

describe('a purge by HTCP', () => {
  it('goes to the port of the datagrams, on the node’s own address', () => {
    const step = stepOf({ by: 'htcp', port: 4828 });
    expect(htcp.message(step, moment)).toMatchObject({ over: 'udp', host: '192.0.2.1', port: 4828, wantsReply: true });
    expect(htcp.endpoints(step.purge, step.layer.nodes)).toEqual(['192.0.2.1:4828']);
  });

  it('may name the page as the cache knows it', () => {
    const step = stepOf({ by: 'htcp', keyedAs: 'http://inner.example:8080' });
    expect(htcp.shown(step)).toEqual({ method: 'CLR', url: 'http://inner.example:8080/a?b=1' });
    const message = htcp.message(step, moment);
    expect(message.over === 'udp' && Buffer.from(message.bytes).includes('http://inner.example:8080/a?b=1')).toBe(true);
  });

  it.each([
    ['000e000100084001000000010002', 'accepted', /had the page and removed it/],
    ['000e000100084101000000010002', 'refused', /keeps it/],
    ['000e000100084201000000010002', 'was-not-there', /did not have the page/],
    ['000e000100084901000000010002', 'failed', /answered the CLR with 9/],
    ['000e000100084003000000010002', 'refused', /wants the message to be signed/],
    ['000e000100084403000000010002', 'refused', /another minor version of HTCP; set minor: 0/],
    ['000e000100084503000000010002', 'refused', /does not let it clear anything/],
    ['00', 'failed', /is not the reply to an HTCP CLR/],
  ])('answered with %s is %s', (written, outcome, summary) => {
    const answer = htcp.read({ over: 'udp', bytes: bytes(written) }, stepOf({ by: 'htcp' }));
    expect([answer.outcome, answer.summary]).toEqual([outcome, expect.stringMatching(summary)]);
  });
});
