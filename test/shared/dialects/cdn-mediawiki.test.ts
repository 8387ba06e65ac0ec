// What does a page of MediaWiki’s say of its rendering and of the parser cache?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldLine } from '../../../shared/http/fields.ts';
import { decodePage, fromParserCache, pageSays } from '../../../shared/dialects/mediawiki.ts';

const at = (text: string): number => Date.parse(text) / 1000;

const page = (report: string, config = ''): string => `<!DOCTYPE html>
<html><head><meta charset="UTF-8"><meta name="generator" content="MediaWiki 1.46.0-wmf.4"></head>
<body><p>Text.</p>
${report}
<script>${config}</script></body></html>`;

/** As a page of Wikipedia's ends; hyphens in it are U+2010. */
const report = `<!--
NewPP limit report
Parsed by mw\u2010web.eqiad.main\u20105d4b7c8f9\u2010abcde
Cached time: 20261120101112
Cache expiry: 2592000
Reduced expiry: false
-->
<!-- Saved in parser cache with key enwiki:pcache:15580374:|#|:idhash:canonical and timestamp 20261120101112 and revision id 1234567890. Rendering was triggered because: page-view
 -->`;

describe('a page of MediaWiki’s', () => {
  it('says who rendered its text, when, and which copy the parser cache has', () => {
    expect(pageSays(page(report, '{"wgBackendResponseTime":99,"wgHostname":"mw-web.codfw.main-7b"}'))).toEqual({
      generator: 'MediaWiki 1.46.0-wmf.4',
      host: 'mw-web.codfw.main-7b',
      renderedBy: 'mw-web.eqiad.main-5d4b7c8f9-abcde',
      renderedAt: at('2026-11-20T10:11:12Z'),
      lifetime: 2_592_000,
      parserCache: {
        key: 'enwiki:pcache:15580374:|#|:idhash:canonical',
        savedAt: at('2026-11-20T10:11:12Z'),
        revision: 1_234_567_890,
      },
    });
  });

  it('said less in earlier years', () => {
    const old =
      '<!-- Saved in parser cache with key wpwiki:pcache:idhash:15-0!*!0!!en!2!* and timestamp 20140722181111 -->';
    expect(pageSays(old)).toEqual({
      parserCache: { key: 'wpwiki:pcache:idhash:15-0!*!0!!en!2!*', savedAt: at('2014-07-22T18:11:11Z') },
    });
  });

  it('came from the parser cache where its text was rendered before the page was written', () => {
    const says = pageSays(page(report))!;
    expect(fromParserCache(says, at('2026-11-21T00:00:00Z'))).toBe(true);
    expect(fromParserCache(says, at('2026-11-20T10:11:11Z'))).toBe(false);
    expect(fromParserCache({ generator: 'MediaWiki 1.43.0' }, at('2026-11-21T00:00:00Z'))).toBeUndefined();
  });

  it('is one more cache behind those that the fields tell of', () => {
    const began = (time: string): FieldLine[] => [['Backend-Timing', `D=99000 t=${at(time)}000000`]];
    const copy = { cache: 'parser cache', key: 'enwiki:pcache:15580374:|#|:idhash:canonical' };
    expect(decodePage(page(report), began('2026-11-20T11:11:12Z'))).toMatchObject({
      cacheStatus: { ...copy, hit: true },
      age: 3600,
    });
    expect(decodePage(page(report), began('2026-11-20T10:11:11Z'))?.cacheStatus).toEqual({
      ...copy,
      fwd: 'miss',
      stored: true,
    });
    expect(decodePage(page(report), [])).toMatchObject({
      cacheStatus: copy,
      notSeparable: expect.any(String) as string,
    });
    expect(decodePage('<p>Text.</p>', [])).toBeUndefined();
  });

  it('is told from other pages, whatever stands in them', () => {
    expect(pageSays('<html><head><meta name="generator" content="Hugo 0.1"></head></html>')).toBeUndefined();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void pageSays(text)));
  });

  it('is read at its ends, however long it is', () => {
    const long = page(`${'<p>Text.</p>\n'.repeat(400_000)}${report}`);
    expect(pageSays(long)?.parserCache?.revision).toBe(1_234_567_890);
  });
});
