import { request } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { startEmbeddedCache } from '../../../probe/lab/embedded-cache.ts';
import { scriptedOrigin } from './talk.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0).reverse()) await server.stop();
});

const MIB = 1024 * 1024;
const film = randomBytes(3 * MIB + 7);

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What came, though it may have broken off. */
  readonly body: Buffer;
  readonly whole: boolean;
}

function get(address: string, range?: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = { Host: 'shop.lab.test', ...(range === undefined ? {} : { Range: `bytes=${range}` }) };
    const sent = request(`${address}/film`, { agent: false, headers });
    sent.on('error', reject);
    sent.once('response', (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', () => undefined);
      answer.once('close', () => {
        const { statusCode = 0, headers: fields, complete } = answer;
        resolve({ status: statusCode, headers: fields, body: Buffer.concat(pieces), whole: complete });
      });
    });
    sent.end();
  });
}

/** Serves single ranges, and breaks off after so many bytes of each answer; `sent` counts bytes, `asked` keeps ranges. */
function origin(breaksAfter = Infinity) {
  const told = { sent: 0, asked: [] as (string | undefined)[] };
  const listener: RequestListener = ({ headers }, response) => {
    const match = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
    const isOther = headers['if-range'] !== undefined && headers['if-range'] !== '"film"';
    told.asked.push(headers.range);
    const first = match === null || isOther ? 0 : Number(match[1]);
    const last = match === null || isOther || match[2] === '' ? film.length - 1 : Number(match[2]);
    const body = film.subarray(first, last + 1);
    response.writeHead(match === null || isOther ? 200 : 206, {
      ETag: '"film"',
      'Cache-Control': 'max-age=600',
      'Content-Type': 'video/x-film',
      'Content-Length': body.length,
      ...(match === null || isOther ? {} : { 'Content-Range': `bytes ${first}-${last}/${film.length}` }),
    });
    const piece = body.subarray(0, breaksAfter);
    told.sent += piece.length;
    if (piece.length === body.length) response.end(piece);
    else response.write(piece, () => response.socket?.end());
  };
  return { told, listener };
}

async function cacheBefore(listener: RequestListener, maxObjectBytes = 8 * MIB): Promise<string> {
  const server = await scriptedOrigin(listener);
  const options = { id: 'node-1', dialect: 'rfc9211', parents: [server.address], maxObjectBytes };
  const cache = await startEmbeddedCache(options);
  running.push(server, cache);
  return cache.address;
}

describe('an embedded cache with a large body', () => {
  it('has it whole in the end from an origin that breaks off again and again', async () => {
    const { told, listener } = origin(700_000);
    const address = await cacheBefore(listener);
    let got = await get(address);
    let asked = 1;
    for (; !got.whole && asked < 20; asked += 1) got = await get(address);
    expect(got.status).toBe(200);
    expect(got.body.equals(film)).toBe(true);
    expect(told.asked.slice(0, 2)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-3145734$/)]);
    const held = await get(address, '100000-2999999');
    expect(held.body.equals(film.subarray(100_000, 3_000_000))).toBe(true);
    expect(told.asked).toHaveLength(asked);
  });

  it('puts it together of ranges, and asks the origin for no byte twice', async () => {
    const { told, listener } = origin();
    const address = await cacheBefore(listener);
    const step = 30_000;
    for (let first = 0; first < film.length - step; first += 2 * step)
      await get(address, `${first}-${first + step - 1}`);
    for (let first = 0; first < film.length; first += step) {
      const last = Math.min(first + step, film.length) - 1;
      const got = await get(address, `${first}-${last}`);
      expect(got.status).toBe(206);
      expect(got.body.equals(film.subarray(first, last + 1))).toBe(true);
    }
    const whole = await get(address);
    expect(whole.status).toBe(200);
    expect(whole.body.equals(film)).toBe(true);
    expect(whole.headers['content-type']).toBe('video/x-film');
    expect(told.sent).toBe(film.length);
  });

  it('sends several ranges of any bytes as they are', async () => {
    const { listener } = origin();
    const address = await cacheBefore(listener);
    await get(address);
    const got = await get(address, '5-1000004,2000000-2999999,-3');
    const boundary = /boundary=(.*)$/.exec(got.headers['content-type'] ?? '')?.[1];
    const wanted = [
      [5, 1_000_004],
      [2_000_000, 2_999_999],
      [film.length - 3, film.length - 1],
    ].flatMap(([first, last]) => [
      Buffer.from(`\r\n--${boundary}\r\nContent-Type: video/x-film\r\n`),
      Buffer.from(`Content-Range: bytes ${first}-${last}/${film.length}\r\n\r\n`),
      film.subarray(first, last! + 1),
    ]);
    expect(got.body.equals(Buffer.concat([...wanted, Buffer.from(`\r\n--${boundary}--\r\n`)]).subarray(2))).toBe(true);
    expect(got.headers['content-length']).toBe(String(got.body.length));
  });

  it('keeps parts that together are larger than it stores, and asks for what is between them', async () => {
    const { told, listener } = origin();
    const address = await cacheBefore(listener, MIB);
    await get(address, `0-${MIB - 1}`);
    await get(address, `${2 * MIB}-${3 * MIB - 1}`);
    const got = await get(address, `0-${3 * MIB - 1}`);
    expect(got.body.equals(film.subarray(0, 3 * MIB))).toBe(true);
    expect(told.asked.at(-1)).toBe(`bytes=${MIB}-${2 * MIB - 1}`);
  });
});
