// RFC 9111 sections 4.2.1, 4.2.2 and 4.2.4; RFC 5861
import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../shared/dialects/dialect.ts';
import { browser } from '../../../shared/dialects/browser.ts';
import { nginx } from '../../../shared/dialects/nginx.ts';
import { rfcBehaviour } from '../../../shared/dialects/rfc-behaviour.ts';
import { varnish } from '../../../shared/dialects/varnish.ts';
import { controlOf } from '../../../shared/http/control.ts';
import { formatDate } from '../../../shared/http/date.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { lifetimeOf, staleIfErrorWindow, staleWindow } from '../../../shared/http/freshness.ts';
import type { Policy } from '../../../shared/topology.ts';

const received = 1_000_000;
const at = (seconds: number): string => formatDate(received + seconds);
const cc = (value: string): FieldLines => [['Cache-Control', value]];
const lifetime = (fields: FieldLines, behaviour: Behaviour = rfcBehaviour, policy: Policy = {}, status = 200) =>
  lifetimeOf(status, fields, behaviour, policy, received);

describe('the freshness lifetime', () => {
  it.each<[string, FieldLines, number, string]>([
    ['s-maxage before max-age', cc('max-age=1, s-maxage=2'), 2, 's-maxage'],
    ['max-age before Expires', [...cc('max-age=1'), ['Expires', at(9)]], 1, 'max-age'],
    [
      'Expires less Date',
      [
        ['Date', at(-5)],
        ['Expires', at(9)],
      ],
      14,
      'expires',
    ],
    ['Expires less the arrival where there is no Date', [['Expires', at(9)]], 9, 'expires'],
    [
      'nothing after an Expires in the past',
      [
        ['Date', at(0)],
        ['Expires', at(-9)],
      ],
      0,
      'expires',
    ],
    [
      'the first of two Expires',
      [
        ['Date', at(0)],
        ['Expires', at(3)],
        ['Expires', at(9)],
      ],
      3,
      'expires',
    ],
    [
      'a tenth of the time since Last-Modified',
      [
        ['Date', at(0)],
        ['Last-Modified', at(-100)],
      ],
      10,
      'heuristic',
    ],
    [
      'nothing for a Last-Modified in the future',
      [
        ['Date', at(0)],
        ['Last-Modified', at(100)],
      ],
      0,
      'heuristic',
    ],
  ])('is %s', (_what, fields, seconds, from) => {
    expect(lifetime(fields)).toEqual({ seconds, from });
  });

  it.each<[FieldLines, string]>([
    [cc('max-age=ten'), 'max-age'],
    [cc('max-age=60, s-maxage=x'), 's-maxage'],
    [[['Expires', '0']], 'expires'],
    [[['Expires', 'tomorrow']], 'expires'],
  ])('of what cannot be read, %j, is none', (fields, from) => {
    expect(lifetime(fields)).toEqual({ seconds: 0, from, invalid: true });
  });

  it('is guessed for heuristically cacheable statuses and for public only', () => {
    const fields: FieldLines = [['Last-Modified', at(-100)]];
    expect(lifetime(fields, rfcBehaviour, {}, 302)).toBeUndefined();
    expect(lifetime([...fields, ...cc('public')], rfcBehaviour, {}, 302)?.seconds).toBe(10);
  });

  it('is the default where nothing is said: the operator’s before the product’s', () => {
    expect(lifetime([], varnish.behaviour)).toEqual({ seconds: 120, from: 'default' });
    expect(lifetime([], varnish.behaviour, { defaultTtl: 5 })).toEqual({ seconds: 5, from: 'policy' });
    expect(lifetime([])).toBeUndefined();
  });

  it('keeps its length under a cap, which is told beside it because it counts from the fetch', () => {
    expect(lifetime(cc('max-age=3600'), rfcBehaviour, { cap: 60 })).toEqual({
      seconds: 3600,
      from: 'max-age',
      cap: 60,
    });
    expect(lifetime(cc('max-age=30'), rfcBehaviour, { cap: 60 })).toEqual({ seconds: 30, from: 'max-age' });
  });

  it.each<[string, number]>([
    ['60', 60],
    [`@${received + 7}`, 7],
    [`@${received - 7}`, 0],
    ['0', 0],
  ])('at nginx is X-Accel-Expires %s before all else', (value, seconds) => {
    const fields: FieldLines = [['X-Accel-Expires', value], ...cc('s-maxage=9')];
    expect(lifetime(fields, nginx.behaviour)).toEqual({ seconds, from: 'x-accel-expires' });
    expect(lifetime(fields)?.from).toBe('s-maxage');
  });
});

describe('after freshness', () => {
  it.each<[string, FieldLines, Behaviour, Policy, number]>([
    ['stale-while-revalidate', cc('max-age=1, stale-while-revalidate=30'), rfcBehaviour, {}, 30],
    ['must-revalidate forbids', cc('stale-while-revalidate=30, must-revalidate'), rfcBehaviour, {}, 0],
    ['s-maxage forbids as proxy-revalidate does', cc('s-maxage=1, stale-while-revalidate=30'), rfcBehaviour, {}, 0],
    ['grace out of the box', cc('max-age=1'), varnish.behaviour, {}, 10],
    ['stale-while-revalidate in place of grace', cc('stale-while-revalidate=30'), varnish.behaviour, {}, 30],
    ['must-revalidate changes nothing at Varnish', cc('max-age=1, must-revalidate'), varnish.behaviour, {}, 10],
    ['the operator’s grace before all', cc('stale-while-revalidate=30'), varnish.behaviour, { grace: 5 }, 5],
    ['an unreadable window is none', cc('stale-while-revalidate=x'), rfcBehaviour, {}, 0],
  ])('%s', (_what, fields, behaviour, policy, seconds) => {
    expect(staleWindow(controlOf(fields, behaviour), behaviour, policy)).toBe(seconds);
  });

  it('stale-if-error opens its window, unless forbidden or not obeyed', () => {
    expect(staleIfErrorWindow(controlOf(cc('stale-if-error=30'), rfcBehaviour), rfcBehaviour)).toBe(30);
    expect(staleIfErrorWindow(controlOf(cc('stale-if-error=30, proxy-revalidate'), rfcBehaviour), rfcBehaviour)).toBe(
      0,
    );
    expect(staleIfErrorWindow(controlOf(cc('stale-if-error=30'), varnish.behaviour), varnish.behaviour)).toBe(0);
    expect(staleIfErrorWindow(controlOf([], rfcBehaviour), { ...rfcBehaviour, staleOnError: 60 })).toBe(60);
  });
});

describe('in a private cache', () => {
  const own = browser.behaviour;

  it('s-maxage and CDN-Cache-Control grant no lifetime', () => {
    expect(lifetime(cc('s-maxage=9, max-age=60'), own)?.seconds).toBe(60);
    expect(lifetime(cc('s-maxage=9'), own)).toBeUndefined();
    expect(lifetime([['CDN-Cache-Control', 'max-age=9'], ...cc('max-age=60')], own)?.seconds).toBe(60);
  });

  it.each(['s-maxage=9', 'proxy-revalidate'])('%s does not forbid to serve stale, and must-revalidate does', (said) => {
    const fields = cc(`${said}, max-age=60, stale-while-revalidate=30, stale-if-error=40`);
    expect([staleWindow(controlOf(fields, own), own, {}), staleIfErrorWindow(controlOf(fields, own), own)]).toEqual([
      30, 40,
    ]);
    expect([
      staleWindow(controlOf(fields, rfcBehaviour), rfcBehaviour, {}),
      staleIfErrorWindow(controlOf(fields, rfcBehaviour), rfcBehaviour),
    ]).toEqual([0, 0]);
    expect(staleWindow(controlOf(cc('must-revalidate, max-age=60, stale-while-revalidate=30'), own), own, {})).toBe(0);
  });
});
