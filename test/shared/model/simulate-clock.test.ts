// When exactly does a copy expire, and what does it show? As measured on Varnish 7.1, nginx 1.22 and their like.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import { nginx } from '../../../shared/dialects/nginx.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { varnish } from '../../../shared/dialects/varnish.ts';
import { formatDate } from '../../../shared/http/date.ts';
import { valuesOf } from '../../../shared/http/fields.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import type { Policy } from '../../../shared/topology.ts';
import { aCache, cc, get, outcome } from './a-cache.ts';

const haproxy: Behaviour = {
  ...rfcBehaviour,
  clock: { kind: 'whole-second', staleWhen: 'age >= lifetime' },
  honoursAge: false,
  correctsAge: false,
};

/** The first instant, to a millisecond, at which a copy fetched at `t0` is no longer a fresh hit. */
function flip(behaviour: Behaviour, fields: FieldLines, t0: number, policy: Policy = {}): number {
  // the search jumps back in time: what a later question would forget must still be there
  const told = aCache(behaviour, { keep: 1000, ...policy });
  told.exchange(get(), { fields }, t0);
  let [hit, miss] = [t0, t0 + 100];
  while (miss - hit > 0.0005) {
    const middle = (hit + miss) / 2;
    if (outcome(told.decide(get(), middle)) === 'hit') hit = middle;
    else miss = middle;
  }
  return miss;
}

describe('a copy with max-age=3', () => {
  it.each([1000, 1000.25, 1000.999])('fetched at %s flips where the product’s own clock says', (t0) => {
    expect(flip(varnish.behaviour, cc('max-age=3'), t0)).toBeCloseTo(t0 + 3, 2);
    expect(flip(nginx.behaviour, cc('max-age=3'), t0)).toBeCloseTo(Math.floor(t0) + 4, 2);
    expect(flip(haproxy, cc('max-age=3'), t0)).toBeCloseTo(Math.floor(t0) + 3, 2);
  });
});

describe('a copy that came with Age: 40 and max-age=60', () => {
  const fields: FieldLines = [...cc('max-age=60'), ['Age', '40']];

  it('is fresh for what is left where Age counts, for all of it where it does not', () => {
    expect(flip(varnish.behaviour, fields, 1000)).toBeCloseTo(1020, 2);
    expect(flip(nginx.behaviour, fields, 1000)).toBeCloseTo(1061, 2);
    expect(flip(haproxy, fields, 1000)).toBeCloseTo(1060, 2);
  });

  it('obeys the operator: Age ignored, or a cap that counts from the fetch', () => {
    expect(flip(varnish.behaviour, fields, 1000, { honoursAge: false })).toBeCloseTo(1060, 2);
    expect(flip(varnish.behaviour, fields, 1000, { cap: 5 })).toBeCloseTo(1005, 2);
  });

  it.each<[string, Behaviour, string[], string[]]>([
    ['Varnish', varnish.behaviour, ['40'], ['47']],
    ['nginx, which replays it', nginx.behaviour, ['40'], ['40']],
    ['HAProxy, which takes it from the miss', haproxy, [], ['47']],
    ['the standard', rfcBehaviour, ['40'], ['47']],
  ])('shows the Age of %s', (_who, behaviour, onMiss, onHit) => {
    const { exchange } = aCache(behaviour);
    expect(valuesOf(exchange(get(), { fields }, 1000).received?.head.fields ?? [], 'age')).toEqual(onMiss);
    const { verdict } = exchange(get(), { fields }, 1007.5);
    expect(verdict.kind === 'serve' && valuesOf(verdict.head.fields, 'age')).toEqual(onHit);
  });
});

it('Date is kept or written anew, as the product does', () => {
  const fields: FieldLines = [...cc('max-age=60'), ['Date', formatDate(990)]];
  for (const [behaviour, shown] of [
    [varnish.behaviour, 990],
    [nginx.behaviour, 1007],
  ] as const) {
    const { exchange } = aCache(behaviour);
    exchange(get(), { fields }, 1000);
    const { verdict } = exchange(get(), { fields }, 1007);
    expect(verdict.kind === 'serve' && valuesOf(verdict.head.fields, 'date')).toEqual([formatDate(shown)]);
  }
});

describe('whatever is sent and whenever it is asked', () => {
  const behaviours = fc.constantFrom(rfcBehaviour, varnish.behaviour, nginx.behaviour, haproxy);
  const maybe = (name: string) => fc.nat(30).map((n) => (n === 0 ? '' : `${name}=${n}`));
  const windows = fc.tuple(
    fc.nat(30),
    maybe('stale-while-revalidate'),
    maybe('s-maxage'),
    fc.constantFrom('', 'must-revalidate', 'no-cache'),
  );
  const instants = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 12 });

  it('a copy is never reused unasked beyond its lifetime and its window, and Age is never negative', () => {
    fc.assert(
      fc.property(behaviours, windows, fc.nat(40), instants, (behaviour, [maxAge, swr, sMaxage, extra], age, gaps) => {
        const directives = [`max-age=${maxAge}`, swr, sMaxage, extra].filter((d) => d !== '').join(', ');
        const lifetime = sMaxage === '' ? maxAge : Number(sMaxage.split('=')[1]);
        const window = swr === '' ? behaviour.grace : Number(swr.split('=')[1]);
        const told = aCache(behaviour);
        let now = 1000.5;
        let storedAt = now;
        for (const gap of gaps) {
          now += gap;
          const { verdict, received } = told.exchange(
            get(),
            { fields: [...cc(directives), ['Age', String(age)]] },
            now,
          );
          if (verdict.kind === 'serve') {
            // a whole-second clock may add one second, and cut one off
            expect(now - storedAt + (behaviour.honoursAge ? age : 0)).toBeLessThanOrEqual(lifetime + window + 1);
            expect(valuesOf(verdict.head.fields, 'age').every((value) => Number(value) >= 0)).toBe(true);
          }
          if (received?.store !== undefined) storedAt = now;
        }
      }),
    );
  });

  it('nothing that a stranger can send is an exception', () => {
    const fields = fc.array(
      fc.tuple(
        fc.constantFrom(
          'Cache-Control',
          'Age',
          'Date',
          'Expires',
          'Vary',
          'ETag',
          'Last-Modified',
          'Connection',
          'Location',
          'X-Accel-Expires',
          'Set-Cookie',
        ),
        fc.string(),
      ),
    );
    const asked = fc.array(
      fc.tuple(
        fc.constantFrom('Cache-Control', 'Pragma', 'If-None-Match', 'If-Modified-Since', 'Range', 'Authorization'),
        fc.string(),
      ),
    );
    const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PURGE', '');
    const story = fc.array(
      fc.tuple(methods, fc.string(), asked, fc.constantFrom(200, 206, 304, 404, 500, 999), fields),
    );
    fc.assert(
      fc.property(behaviours, story, (behaviour, steps) => {
        const told = aCache(behaviour);
        for (const [method, url, request, status, response] of steps) {
          told.exchange({ method, url, fields: request }, { status, fields: response }, 1000);
          told.exchange({ method, url, fields: request }, { status, fields: response }, 1010);
        }
      }),
    );
  });
});
