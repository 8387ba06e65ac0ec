import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { formatDate } from '../../../shared/http/date.ts';
import { combined } from '../../../shared/http/fields.ts';
import type { FieldLine, FieldLines } from '../../../shared/http/fields.ts';
import { contentRange, askedRange, rangeIn } from '../../../shared/http/range.ts';
import { commit, commitIncomplete, receive } from '../../../shared/model/receive.ts';
import { createCache, decide } from '../../../shared/model/simulate.ts';
import type { Piece, Received, Slice } from '../../../shared/model/verdict.ts';
import { partsIn } from '../../scenarios/multipart.ts';

const START = 1_700_000_000;
const URL = 'http://shop.example/film';

/** One client's request, and what the origin does if it is asked. */
interface Turn {
  readonly range: string | undefined;
  readonly ifRange: boolean;
  readonly deploys: boolean;
  /** `ignores`: sends the whole whatever was asked; `other`: a byte more than was asked for. */
  readonly origin: 'serves' | 'ignores' | 'other' | 'untagged';
  /** The share of the body after which the connection breaks. */
  readonly breaksAfter: number | undefined;
  readonly seconds: number;
}

const position = fc.integer({ min: 0, max: 30 });
const oneRange = fc.oneof(
  fc.tuple(position, position).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  position.map((a) => `${a}-`),
  position.map((a) => `-${a}`),
);
const turn: fc.Arbitrary<Turn> = fc.record({
  range: fc.option(
    fc.oneof({ weight: 3, arbitrary: oneRange }, fc.array(oneRange, { minLength: 2, maxLength: 5 }).map(String)),
    { nil: undefined, freq: 2 },
  ),
  ifRange: fc.boolean(),
  deploys: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  origin: fc.constantFrom('serves', 'serves', 'serves', 'ignores', 'other', 'untagged'),
  breaksAfter: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined, freq: 3 }),
  seconds: fc.constantFrom(0, 1, 20, 100),
});

/** Every build has its own letters, so that bytes of two are never taken for one. */
const bytesOfBuild = (build: number, size: number): string =>
  Array.from({ length: size }, (_, i) => String.fromCodePoint(0x4e_00 + build * 100 + i)).join('');

const cut = (body: string, slice: Slice | undefined): string =>
  slice === undefined ? body : body.slice(slice.from, slice.to);
const bytesOf = (piece: Piece<string> | undefined): string => (piece === undefined ? '' : cut(piece.body, piece.slice));
const chosen = (body: string, { slice, multipart }: Pick<Received<string>, 'slice' | 'multipart'>): string =>
  multipart?.map((part) => (typeof part === 'string' ? part : cut(body, part))).join('') ?? cut(body, slice);

interface Got {
  readonly status: number;
  readonly fields: FieldLines;
  /** Undefined: the connection broke. */
  readonly body: string | undefined;
  readonly asked: number;
}

/** A cache in front of an origin that deploys now and then, and cannot always keep its connections. */
function site(size: number) {
  const cache = createCache<string>({
    name: 'edge',
    behaviour: rfcBehaviour,
    policy: {},
    lengthOf: (body) => body.length,
    joining: { join: (pieces) => pieces.map(bytesOf).join(''), mostBytes: size - 1 > 20 ? 20 : size },
  });
  let build = 0;
  let now = START;
  let asked = 0;

  const answer = (request: FieldLines, how: Turn['origin']): { status: number; fields: FieldLine[]; body: string } => {
    asked += 1;
    const whole = bytesOfBuild(build, size);
    const tag: FieldLine[] = how === 'untagged' ? [] : [['ETag', `"${build}"`]];
    const head: FieldLine[] = [['Date', formatDate(now)], ['Cache-Control', 'max-age=60'], ...tag];
    if (combined(request, 'if-none-match') === `"${build}"`) return { status: 304, fields: head, body: '' };
    const condition = combined(request, 'if-range');
    const wanted = askedRange('GET', request);
    const isOther = condition !== undefined && condition !== `"${build}"`;
    const range = wanted === undefined || isOther || how === 'ignores' ? undefined : rangeIn(wanted, size);
    if (range === undefined) return { status: 200, fields: [...head, ['Content-Length', String(size)]], body: whole };
    if (range === 'unsatisfiable')
      return { status: 416, fields: [...head, ['Content-Range', `bytes */${size}`]], body: '' };
    const sent = how === 'other' ? { ...range, last: Math.min(size - 1, range.last + 1) } : range;
    return {
      status: 206,
      fields: [...head, ['Content-Range', contentRange(sent, size)]],
      body: whole.slice(sent.first, sent.last + 1),
    };
  };

  const ask = (turnNow: Turn): Got => {
    now += turnNow.seconds;
    if (turnNow.deploys) build += 1;
    asked = 0;
    const fields: FieldLine[] = [
      ...(turnNow.range === undefined ? [] : [['Range', `bytes=${turnNow.range}`] as const]),
      ...(turnNow.ifRange ? [['If-Range', `"${build}"`] as const] : []),
    ];
    const verdict = decide(cache, { method: 'GET', url: URL, fields }, now);
    if (verdict.kind === 'answer') return { ...verdict.head, body: '', asked };
    if (verdict.kind === 'serve') return { ...verdict.head, body: chosen(verdict.stored.body, verdict), asked };
    for (let forward = verdict; ;) {
      const response = answer(forward.fields, turnNow.origin);
      const received = receive(cache, forward, response, { requestTime: now, responseTime: now }, now);
      if (received.again !== undefined) {
        forward = received.again;
        continue;
      }
      const { head, bodyFrom, store, around, slice } = received;
      if (bodyFrom !== 'response')
        return { ...head, body: bodyFrom === 'none' ? '' : chosen(bodyFrom.body, received), asked };
      const came = Math.floor(response.body.length * (turnNow.breaksAfter ?? 1));
      if (came < response.body.length) {
        if (store !== undefined) commitIncomplete(cache, forward, store, response.body.slice(0, came));
        return { ...head, body: undefined, asked };
      }
      if (store !== undefined) commit(cache, store, response.body);
      return { ...head, body: bytesOf(around?.before) + cut(response.body, slice) + bytesOf(around?.after), asked };
    }
  };
  return { ask, cache, build: () => build };
}

/** The builds whose bytes at the place that the answer names are the ones that it carries. */
function buildsIn(got: Got, size: number, builds: number): number[] {
  const all = Array.from({ length: builds + 1 }, (_, build) => build);
  const isPlaced = (build: number, range: string, body: string): boolean => {
    const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range);
    return (
      match !== null &&
      Number(match[3]) === size &&
      bytesOfBuild(build, size).slice(Number(match[1]), Number(match[2]) + 1) === body
    );
  };
  if (got.status === 200) return all.filter((build) => bytesOfBuild(build, size) === got.body);
  const range = combined(got.fields, 'content-range');
  const parts = range === undefined ? partsIn({ fields: got.fields, body: got.body! }) : [[range, got.body!] as const];
  return all.filter((build) => parts?.every(([place, body]) => isPlaced(build, place, body)) === true);
}

describe('parts', () => {
  it('never mix two builds, never stand where they do not belong, and never pass for the whole', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 28 }), fc.array(turn, { minLength: 2, maxLength: 25 }), (size, turns) => {
        const { ask, build } = site(size);
        for (const one of turns) {
          const got = ask(one);
          const kind = `${got.asked === 0 ? 'held' : 'asked'} ${got.status}`;
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          if (got.body === undefined || got.status === 416) continue;
          const builds = buildsIn(got, size, build());
          expect(builds, JSON.stringify(got)).toHaveLength(1);
          const tag = combined(got.fields, 'etag');
          if (tag !== undefined) expect(tag).toBe(`"${builds[0]}"`);
          if (one.range === undefined) expect(got.status).toBe(200);
          const length = combined(got.fields, 'content-length');
          if (length !== undefined) expect(length).toBe(String(got.body.length));
        }
      }),
      { numRuns: 1500, seed: 11 },
    );
    for (const kind of ['held 200', 'held 206', 'held 416', 'asked 200', 'asked 206', 'asked 416'])
      expect(kinds.get(kind), kind).toBeGreaterThan(100);
  });

  it('stay apart where together they would be larger than the owner stores', () => {
    const { ask, cache } = site(28);
    const plain = { ifRange: false, deploys: false, origin: 'serves', breaksAfter: undefined, seconds: 0 } as const;
    ask({ ...plain, range: '0-14' });
    ask({ ...plain, range: '15-27' });
    expect(cache.index.all().map(({ body }) => body.length)).toEqual([15, 13]);
    expect(ask({ ...plain, range: undefined })).toMatchObject({ status: 200, body: bytesOfBuild(0, 28), asked: 1 });
  });

  it('are few beside each other, however many are asked for', () => {
    const { ask, cache } = site(28);
    const plain: Turn = {
      range: '',
      ifRange: false,
      deploys: false,
      origin: 'serves',
      breaksAfter: undefined,
      seconds: 0,
    };
    for (let first = 0; first < 28; first += 2) ask({ ...plain, range: `${first}-${first}` });
    expect(cache.index.count).toBe(14);
    const many = createCache<string>({ name: 'edge', behaviour: rfcBehaviour, policy: {}, lengthOf: (b) => b.length });
    for (let i = 0; i < 200; i++) {
      const verdict = decide(many, { method: 'GET', url: URL, fields: [['Range', `bytes=${2 * i}-${2 * i}`]] }, START);
      if (verdict.kind !== 'forward') continue;
      const fields: FieldLine[] = [
        ['Cache-Control', 'max-age=60'],
        ['ETag', '"a"'],
        ['Content-Range', `bytes ${2 * i}-${2 * i}/1000`],
      ];
      const { store } = receive(
        many,
        verdict,
        { status: 206, fields },
        { requestTime: START, responseTime: START },
        START,
      );
      if (store !== undefined) commit(many, store, 'x');
    }
    expect(many.index.count).toBe(64);
  });
});
