// Does what strangers send ever make a dialect throw, or work more than a few looks at each line?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialects } from '../../../shared/dialects/index.ts';
import type { Dialect } from '../../../shared/dialects/dialect.ts';
import { hopsIn } from '../../../shared/hops.ts';
import type { FieldLine, FieldLines } from '../../../shared/http/fields.ts';
import { capturedNames, capturedOf } from './captured.ts';
import { fixtures } from './fixture.ts';

const RUNS = 10_000;

const real: readonly FieldLine[] = [
  ...fixtures().flatMap(({ fields }) => fields),
  ...capturedNames().flatMap((name) =>
    capturedOf(name)
      .slice(0, 20)
      .flatMap(({ fields }) => fields),
  ),
];

/** A real value with a stretch cut out, doubled, or replaced by noise. */
const mangledValue = fc
  .tuple(fc.constantFrom(...real), fc.nat(200), fc.nat(40), fc.string({ unit: 'binary', maxLength: 12 }), fc.nat(3))
  .map(([[, value], from, length, noise, how]) => {
    const at = from % (value.length + 1);
    const taken = value.slice(at, at + length);
    const put = [noise, taken + taken, '', `${noise}${taken}`][how]!;
    return value.slice(0, at) + put + value.slice(at + length);
  });

function linesFor(dialect: Dialect): fc.Arbitrary<FieldLine[]> {
  const name = fc.oneof(fc.constantFrom('via', 'server', 'age', ...dialect.reads), fc.string({ maxLength: 20 }));
  const spelled = fc.tuple(name, fc.boolean()).map(([text, isLoud]) => (isLoud ? text.toUpperCase() : text));
  const value = fc.oneof(mangledValue, fc.string({ unit: 'binary' }));
  return fc.array(fc.oneof(fc.tuple(spelled, value), fc.constantFrom(...real)), {
    maxLength: 10,
  });
}

describe('mangled input', () => {
  it.each(dialects.map((dialect) => [dialect.id, dialect] as const))('%s survives it', (_, dialect) => {
    fc.assert(
      fc.property(linesFor(dialect), fc.constantFrom(200, 206, 304, 404, 502, 504), (fields, status) => {
        const at = dialect.signature(fields);
        expect(at === undefined || fields[at] !== undefined).toBe(true);
        dialect.decode(fields, status);
        dialect.decodeAll?.(fields, status);
        dialect.hint?.(fields, status);
        for (const hop of hopsIn(fields, status)) expect(hop.by).not.toBe('');
      }),
      { numRuns: RUNS },
    );
  });
});

/** The lines, each of which counts how often its value is looked at. */
function counted(lines: FieldLines): { readonly fields: FieldLines; readonly looks: () => number } {
  let looks = 0;
  const fields = lines.map((line) => {
    const [name, value] = line;
    return Object.defineProperty([name, value], 1, {
      get: () => {
        looks += 1;
        return value;
      },
    }) as unknown as FieldLine;
  });
  return { fields, looks: () => looks };
}

const looksAt = (lines: FieldLines): number => {
  const { fields, looks } = counted(lines);
  hopsIn(fields, 200);
  return looks();
};

describe('the work that one response can make', () => {
  it.each(dialects.map(({ id, reads }) => [id, reads] as const))(
    'grows with its lines and no faster: %s',
    (_, reads) => {
      for (const name of reads) {
        const line = real.find(([known]) => known.toLowerCase() === name) ?? [name, 'x'];
        const many = (count: number) => Array.from({ length: count }, () => line);
        // the lists that a dialect reads are of a limited length, so that more lines are at most looked at once more
        expect([name, looksAt(many(800)) <= 2.2 * looksAt(many(400)) + 400]).toEqual([name, true]);
      }
    },
  );

  it('is nothing for lines that nobody asks about', () => {
    const strangers = Array.from({ length: 500 }, (_, i): FieldLine => [`X-Stranger-${i}`, 'x']);
    expect(looksAt(strangers)).toBe(0);
  });

  it('is a few looks at each line of what was captured', () => {
    const each = capturedNames().flatMap((name) =>
      capturedOf(name).map(({ fields }) => looksAt(fields) / fields.length),
    );
    expect(Math.max(...each)).toBeLessThan(20);
  });
});
