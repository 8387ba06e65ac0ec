// What is read out of a body, and what happens when it cannot be read?
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createContentReader, lookFor } from '../../../probe/exchange/content.ts';
import type { ContentFacts, Reading } from '../../../probe/exchange/content.ts';
import { LIMITS } from '../../../probe/exchange/limits.ts';
import { createPageReader } from '../../../probe/exchange/page-reader.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
import type { Marker } from '../../../shared/topology.ts';
import { BOMB_MIB, bombs } from '../hostile/bomb.ts';
import { growing } from '../hostile/memory.ts';

const pages = createPageReader();
afterAll(() => pages.close());
const reader = createContentReader(pages);

const sha256 = (text: string | Uint8Array): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const HTML: FieldLine = ['Content-Type', 'text/html; charset=utf-8'];
const JSON_TYPE: FieldLine = ['Content-Type', 'application/json'];
const looking = (marker: Marker, more: Partial<Reading> = {}): Reading => ({
  marker,
  ignore: [],
  assets: false,
  ...more,
});

async function facts(body: string | Uint8Array, fields: FieldLine[], reading?: Reading): Promise<ContentFacts> {
  const read = await reader.read(Buffer.from(body), fields, lookFor('https://shop.example/a/', LIMITS, reading));
  if ('kind' in read) throw new Error(read.message);
  return read;
}

const page = (head: string, body = ''): string =>
  `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;

describe('the marker', () => {
  const build = page('<meta name=build content="4f2c">', '<p id=v> version 7 </p>');

  it.each<[string, Marker, string | undefined]>([
    ['an attribute', { css: 'meta[name=build]', attribute: 'content' }, '4f2c'],
    ['a text', { css: '#v' }, 'version 7'],
    ['an attribute that is not there', { css: '#v', attribute: 'content' }, undefined],
    ['an element that is not there', { css: '.none' }, undefined],
    ['a group of a pattern', { regex: 'version (\\w+)' }, '7'],
    ['a pattern without group', { regex: 'version \\w+' }, 'version 7'],
    ['a pattern that does not match', { regex: 'nothing' }, undefined],
    ['a field', { header: 'X-Build' }, '9a01'],
    ['a field that is not there', { header: 'X-None' }, undefined],
    ['the digest', { digest: true }, sha256(build)],
  ])('is %s', async (_, marker, expected) => {
    const read = await facts(build, [HTML, ['x-build', '9a01']], looking(marker));
    expect(read.marker).toBe(expected);
    expect(read.digest).toBe(sha256(build));
    expect(read).not.toHaveProperty('problems');
  });

  it.each([
    ['a.b.0.c', 'x'],
    ['a.b.1', '2'],
    ['a.b.2', 'null'],
    ['a.b', '[{"c":"x"},2,null]'],
    ['a.z', undefined],
    ['__proto__', undefined],
    ['a.b.length.toString', undefined],
  ])('at the JSON path %s is %s', async (json, expected) => {
    expect((await facts('{"a":{"b":[{"c":"x"},2,null]}}', [JSON_TYPE], looking({ json }))).marker).toBe(expected);
  });

  it.each<[string, Marker, string]>([
    ['JSON that is none', { json: 'a' }, '{"a":'],
    ['a pattern that is none', { regex: '(' }, 'x'],
    ['a selector that is none', { css: '[[' }, page('')],
  ])('in %s is a problem, and the digest stays', async (_, marker, body) => {
    const read = await facts(body, [HTML], looking(marker));
    expect(read).not.toHaveProperty('marker');
    expect(read.digest).toBe(sha256(body));
    expect(read.problems).toHaveLength(1);
  });

  it('is read in the charset that the answer names', async () => {
    const latin = Buffer.from(page('', '<p>caf\u00e9</p>'), 'latin1');
    expect(
      (await facts(latin, [['Content-Type', 'text/html; charset="iso-8859-1"']], looking({ css: 'p' }))).marker,
    ).toBe('caf\u00e9');
  });

  it('of the header is this answer’s own, also where the body was seen before', async () => {
    const reading = looking({ header: 'x-build' });
    expect((await facts('same', [['x-build', '1']], reading)).marker).toBe('1');
    expect((await facts('same', [['x-build', '2']], reading)).marker).toBe('2');
    expect(await facts('same', [], reading)).not.toHaveProperty('marker');
  });
});

describe('the digest', () => {
  const nonce = (n: number): string =>
    page(`<meta name=csrf class=csrf content=${n}>`, `<script nonce="${n}">1</script><p>hi</p>`);
  const reading = looking({ digest: true }, { ignore: ['[nonce]', '.csrf'] });

  it('is the same where only ignored parts differ, and the marker with it', async () => {
    const [a, b] = [await facts(nonce(1), [HTML], reading), await facts(nonce(2), [HTML], reading)];
    expect(a.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(b).toEqual(a);
    expect(a.marker).toBe(a.digest);
  });

  it('differs where anything else differs', async () => {
    const [a, b] = [await facts(nonce(1), [HTML], reading), await facts(nonce(1).replace('hi', 'ho'), [HTML], reading)];
    expect(b.digest).not.toBe(a.digest);
  });

  it('of what is no HTML is that of its bytes', async () => {
    expect((await facts('{"nonce":1}', [JSON_TYPE], reading)).digest).toBe(sha256('{"nonce":1}'));
  });
});

describe('the assets', () => {
  it('are the page’s scripts and stylesheets, absolute, once each, from its base', async () => {
    const html = page(
      '<base href="/b/"><link rel="preload stylesheet" href="s.css#x"><link rel=icon href=i.png><script src="//cdn.example/a.js"></script>',
      '<script src="s.js"></script><script src="s.js"></script><script>1</script><script src="data:,1"></script><script src="http://["></script>',
    );
    expect((await facts(html, [HTML], looking({ digest: true }, { assets: true }))).assets).toEqual([
      'https://shop.example/b/s.css',
      'https://cdn.example/a.js',
      'https://shop.example/b/s.js',
    ]);
  });
});

describe('a page made to hold us up', () => {
  const css = looking({ css: 'p' }, { assets: true });

  it('that nests 200,000 deep is not read; the digest stays', async () => {
    const bomb = '<div>'.repeat(200_000);
    const read = await facts(bomb, [HTML], css);
    expect(read.problems).toEqual([expect.stringContaining('deeper than 512')]);
    expect(read).toMatchObject({ digest: sha256(bomb), decodedBytes: bomb.length });
  });

  it('whose pattern takes for ever is given up, and the next page is read', async () => {
    const before = performance.now();
    const read = await facts('a'.repeat(50_000), [HTML], looking({ regex: '^(a+)+$(?!a)b' }));
    expect(read.problems).toEqual([expect.stringContaining('given up')]);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect((await facts(page('', '<p>well</p>'), [HTML], css)).marker).toBe('well');
  });

  it('leaves the event loop free', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    await facts(`${'a'.repeat(40_000)}!`, [HTML], looking({ regex: '^(a+)+$' }));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(20);
  });

  it('that is longer than 2 MiB is read as far as that', async () => {
    const long = page('', `<p>first</p>${'<i>x</i>'.repeat(300_000)}`);
    const read = await facts(long, [HTML], looking({ css: 'p' }, { ignore: ['.x'] }));
    expect(read.marker).toBe('first');
    expect(read).not.toHaveProperty('digest');
    expect(read.problems).toEqual([expect.stringContaining('longer than')]);
  });
});

describe('a content coding', () => {
  const text = 'layer upon layer '.repeat(50);
  const codings: Record<string, (b: Buffer) => Buffer> = {
    gzip: (b) => zlib.gzipSync(b),
    'x-gzip': (b) => zlib.gzipSync(b),
    br: (b) => zlib.brotliCompressSync(b),
    deflate: (b) => zlib.deflateSync(b),
    'GZIP, br': (b) => zlib.brotliCompressSync(zlib.gzipSync(b)),
    'identity, gzip': (b) => zlib.gzipSync(b),
  };

  it.each(Object.keys(codings))('%s is taken off', async (coding) => {
    const body = codings[coding]?.(Buffer.from(text)) ?? '';
    expect(await facts(body, [['Content-Encoding', coding]])).toEqual({
      decodedBytes: text.length,
      digest: sha256(text),
    });
  });

  it('deflate without its wrapper is understood', async () => {
    const body = zlib.deflateRawSync(text);
    expect((await facts(body, [['Content-Encoding', 'deflate']])).digest).toBe(sha256(text));
  });

  it('of more than 16 KiB is taken off as well', async () => {
    const long = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i * 31) % 251));
    const read = await facts(zlib.gzipSync(long), [['Content-Encoding', 'gzip']]);
    expect(read).toEqual({ decodedBytes: long.length, digest: sha256(long) });
  });

  it.each([
    ['cut short', zlib.gzipSync(text).subarray(0, 30), 'gzip'],
    ['no gzip at all', Buffer.from('plain text'), 'gzip'],
    ['no brotli at all', Buffer.from('plain text'), 'br'],
    ['unknown', Buffer.from('x'), 'zstd'],
    ['three deep', Buffer.from('x'), 'gzip, gzip, gzip'],
  ])('that is %s is a problem; no digest is claimed', async (_, body, coding) => {
    const read = await facts(body, [['Content-Encoding', coding]], looking({ digest: true }));
    expect(read.problems).toHaveLength(1);
    expect(read).not.toHaveProperty('digest');
    expect(read).not.toHaveProperty('marker');
  });

  it.each(Object.entries(bombs))('%s that hides a bomb is a failure of the target', async (coding, made) => {
    const bomb = made();
    const look = lookFor('https://shop.example/', LIMITS);
    const [read, grown] = await growing(async () => reader.read(bomb, [['Content-Encoding', coding]], look));
    expect(read).toMatchObject({ kind: 'failure', code: 'decoded-body-too-large', source: 'target', phase: 'body' });
    expect(grown).toBeLessThan(BOMB_MIB / 2);
  });
});

describe('what was read once', () => {
  it('is not read again: not even a closed page reader is missed', async () => {
    const own = createPageReader();
    const remembering = createContentReader(own);
    const put = (body: string) =>
      remembering.read(Buffer.from(body), [HTML], lookFor('https://shop.example/', LIMITS, looking({ css: 'p' })));
    const first = await put(page('', '<p>once</p>'));
    await own.close();
    expect(await put(page('', '<p>once</p>'))).toEqual(first);
  });

  it('is read again for another marker', async () => {
    const html = page('', '<p>a</p><b>c</b>');
    expect((await facts(html, [HTML], looking({ css: 'p' }))).marker).toBe('a');
    expect((await facts(html, [HTML], looking({ css: 'b' }))).marker).toBe('c');
  });
});
