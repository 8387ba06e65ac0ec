// Does any dialect take another product's response for its own? Every dialect is shown every fixture, captured and composed.
import { describe, expect, it } from 'vitest';
import { dialects } from '../../../shared/dialects/index.ts';
import type { FieldLines } from '../../../shared/http/fields.ts';
import { called, capturedNames, capturedOf } from './captured.ts';
import { fixtures } from './fixture.ts';

const claimants = (fields: FieldLines): string[] =>
  dialects.filter((dialect) => dialect.signature(fields) !== undefined).map(({ id }) => id);

/** Products are named in the names of fixtures: `nearer-over-farther-what`, and captured chains alike; so are those they are made of. */
const named = (name: string): string[] =>
  dialects.filter(({ id }) => name.split('-').includes(id)).flatMap(({ id, madeOf = [] }) => [id, ...madeOf]);

/** Who may sign where the name of the fixture does not say so, and why. */
const REASONS: readonly { readonly claimant: string; readonly in: RegExp; readonly because: string }[] = [
  {
    claimant: 'rfc9211',
    in: /netlify|^squid-6/,
    because:
      'Netlify, and Squid from version 6 on, write Cache-Status too; a member that its own dialect tells is told once',
  },
  { claimant: 'nginx', in: /^varnish-pass$/, because: 'the response came through an nginx, and carries its word' },
  {
    claimant: 'rfc9211',
    in: /^captured [a-z]+ .*upstream-age/,
    because: 'the origin of this scenario plays a cache that sends Cache-Status',
  },
];

interface Claim {
  readonly fixture: string;
  readonly claimant: string;
  readonly isExplained: boolean;
}

function claimsIn(fixture: string, names: readonly string[], fields: FieldLines): Claim[] {
  return claimants(fields).map((claimant) => {
    const isExplained =
      names.includes(claimant) || REASONS.some((reason) => reason.claimant === claimant && reason.in.test(fixture));
    return { fixture, claimant, isExplained };
  });
}

const composed = fixtures().flatMap(({ name, fields }) => claimsIn(name, named(name), fields));
const captured = capturedNames().flatMap((name) =>
  capturedOf(name).flatMap((record) => claimsIn(`captured ${called(record)}`, named(name), record.fields)),
);

describe('the confusion matrix', () => {
  it('nobody signs what another product sent, except where it is listed why', () => {
    const unexplained = [...composed, ...captured].filter(({ isExplained }) => !isExplained);
    expect(unexplained.map(({ fixture, claimant }) => `${claimant} signs ${fixture}`)).toEqual([]);
  });

  it('holds what has been read line by line', async () => {
    const rows = fixtures().map(({ name, fields }) => `${name}: ${claimants(fields).join(' ') || 'nobody'}`);
    for (const name of capturedNames()) rows.push(...capturedRows(name));
    await expect(`${rows.join('\n')}\n`).toMatchFileSnapshot('confusion-matrix.txt');
  });
});

/** How many of each profile were signed by whom. */
function capturedRows(name: string): string[] {
  const counts = new Map<string, number>();
  for (const { profile, fields } of capturedOf(name)) {
    const row = `captured ${name} ${profile}: ${claimants(fields).join(' ') || 'nobody'}`;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  return [...counts].map(([row, count]) => `${row}: ${count}`).sort();
}
