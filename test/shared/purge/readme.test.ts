import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { purgeKinds } from '../../../shared/purge/index.ts';

it('shared/purge/README.md tells of every kind what it can', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../shared/purge/README.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `') && !line.startsWith('| `by`'));
  const told = rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1)
      .join(' | '),
  );
  const are = purgeKinds.map((k) =>
    [
      `\`${k.id}\``,
      k.scopes.join(', '),
      k.modes,
      k.reach,
      k.variants,
      k.atOnce ?? 1,
      k.rate ?? '–',
      k.settles ?? '–',
    ].join(' | '),
  );
  expect(told.toSorted()).toEqual(are.toSorted());
});
