import { describe, expect, it } from 'vitest';
import { hopsOf } from '../../../shared/explain.ts';
import { notesOn, topics } from '../../../shared/notes/index.ts';
import type { Kind } from '../../../shared/notes/note.ts';
import { kindsOfSeveral } from '../../../shared/notes/several.ts';
import { fieldsAlone } from '../../../shared/recorded/fields-alone.ts';
import { examples, NOW } from './examples.ts';
import { examplesOfSeveral } from './examples-of-several.ts';

const kindsOfOne: Record<string, Kind> = Object.assign({}, ...topics.map((topic) => topic.kinds));
const everyKind = { ...kindsOfOne, ...kindsOfSeveral };
const notesOf = (id: string) => notesOn(examples[id]!, hopsOf(examples[id]!), NOW);

describe('of one response is said', () => {
  it.each(Object.keys(examples))('%s', (id) => {
    expect(notesOf(id).map((note) => note.id)).toContain(id);
  });

  it('every note that there is', () => {
    const silent = Object.keys(kindsOfOne).filter((id) => examples[id] === undefined);
    expect(silent).toEqual([]);
  });
});

describe('of several responses is said', () => {
  it.each(Object.keys(examplesOfSeveral))('%s', (id) => {
    expect(examplesOfSeveral[id]!().map((note) => note.id)).toContain(id);
  });

  it('every note that there is', () => {
    expect(Object.keys(kindsOfSeveral).filter((id) => examplesOfSeveral[id] === undefined)).toEqual([]);
  });
});

describe('a note', () => {
  it('has an id of its own', () => {
    const ids = [...topics.flatMap((topic) => Object.keys(topic.kinds)), ...Object.keys(kindsOfSeveral)];
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it.each(Object.entries(everyKind))('%s links to a section or a page, and has words', (_, kind) => {
    const { hostname, pathname, protocol, hash } = new URL(kind.reference);
    expect(protocol).toBe('https:');
    expect(pathname.length + hash.length).toBeGreaterThan(1);
    if (hostname === 'www.rfc-editor.org') {
      expect(pathname).toMatch(/^\/rfc\/rfc\d{4}$/);
      expect(hash).toMatch(/^#section-\d+(\.\d+)*$/);
    }
    for (const words of [kind.why, kind.remedy]) expect(words).toMatch(/^[\p{L}…].*[.)]$/su);
  });

  it('is one sentence that ends, whatever was sent', () => {
    const wrong = Object.keys(examples)
      .flatMap(notesOf)
      .filter(({ summary }) => summary.length > 400 || summary.includes('undefined') || summary.includes('NaN'));
    expect(wrong).toEqual([]);
  });
});

describe('a response that is as it should be', () => {
  it('is given no warning', () => {
    const lines = [
      'Date: Thu, 09 Oct 2025 08:53:20 GMT',
      'Content-Type: text/css',
      'Cache-Control: max-age=31536000, immutable',
      'ETag: "4f2c"',
      'Vary: Accept-Encoding',
      'Content-Encoding: gzip',
      'Age: 12',
      'Cache-Status: edge; hit; ttl=31535988',
    ];
    const [response] = fieldsAlone(lines.join('\n'));
    const whole = { ...response!, url: 'https://shop.example/site.4f2c9a.css', statusAssumed: undefined };
    const { statusAssumed: _no, ...known } = whole;
    const notes = notesOn(known, hopsOf(known), NOW);
    expect(notes.filter(({ level }) => level === 'warning' || level === 'bad')).toEqual([]);
  });
});
