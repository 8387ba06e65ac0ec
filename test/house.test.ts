import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Which rooms a room may look into; the longest matching name decides. A room may always look into itself. */
const mayImport: Record<string, readonly string[]> = {
  'shared/http': ['shared/dialects/dialect.ts', 'shared/model/interval.ts', 'shared/topology.ts'],
  'shared/dialects': ['shared/http', 'shared/model/interval.ts', 'shared/raw-value.ts'],
  'shared/model': ['shared'],
  'shared/causes': ['shared/model', 'shared/topology.ts', 'shared/trace.ts'],
  shared: ['shared'],
  probe: ['shared'],
  web: ['shared'],
  test: ['shared', 'probe', 'web'],
};

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((f) => /\.(ts|svelte)$/.test(f) && !f.includes('node_modules'))
    .map((f) => join(folder, f));
}

const files = ['shared', 'probe', 'web', 'test'].flatMap(filesUnder);
const text = (file: string) => readFileSync(join(root, file), 'utf8');

function importsOf(file: string): string[] {
  const found = [...text(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => m[1]!);
  return found.map((spec) => (spec.startsWith('.') ? relative(root, resolve(root, dirname(file), spec)) : spec));
}

const inside = (path: string, room: string) => path === room || path.startsWith(`${room}/`);

function roomOf(file: string): string {
  const rooms = Object.keys(mayImport).filter((room) => inside(file, room));
  return rooms.sort((a, b) => b.length - a.length)[0]!;
}

describe('the house', () => {
  it('lets rooms look only where they may', () => {
    const wrong = files.flatMap((file) => {
      const room = roomOf(file);
      const allowed = [room, ...mayImport[room]!];
      return importsOf(file)
        .filter((path) => /^(shared|probe|web|test)\//.test(path))
        .filter((path) => !allowed.some((a) => inside(path, a)))
        .map((path) => `${file} → ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  it('has a shared room without Node, clock or chance', () => {
    const forbidden = /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|performance\.|process\.|fetch\()/;
    const wrong = filesUnder('shared').filter((file) => {
      const code = text(file).replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
      return forbidden.test(code) || importsOf(file).some((path) => path.startsWith('node:'));
    });
    expect(wrong).toEqual([]);
  });

  it('keeps the validator and the YAML reader out of the page', () => {
    const reached = new Set<string>();
    const walk = (file: string) => {
      if (reached.has(file)) return;
      reached.add(file);
      const runtime = text(file).replaceAll(/import type[^;]+;/g, '');
      for (const [, spec] of runtime.matchAll(/from\s*'([^']+)'/g)) {
        if (spec!.startsWith('.')) walk(relative(root, resolve(root, dirname(file), spec!)));
        else reached.add(spec!);
      }
    };
    for (const file of filesUnder('web')) walk(file);
    expect([...reached].filter((f) => /^(zod|yaml|@hono)/.test(f))).toEqual([]);
  });

  it('has files of a size that can be read in one go', () => {
    const long = [...filesUnder('shared'), ...filesUnder('probe'), ...filesUnder('web')].filter(
      (file) => text(file).split('\n').length > 400,
    );
    expect(long).toEqual([]);
  });

  it('begins every file with the question it answers', () => {
    const silent = [...filesUnder('shared'), ...filesUnder('probe')].filter(
      (file) => !/^(#!.*\n)?(\/\/|\/\*\*)/.test(text(file)),
    );
    expect(silent).toEqual([]);
  });

  it('fetches through the exchange only, and writes no raw HTML', () => {
    const fetching = filesUnder('probe').filter((file) => /(?<![.\w])fetch\(['"`h]/.test(text(file)));
    const html = filesUnder('web').filter((file) => text(file).includes('{@html'));
    expect([...fetching, ...html]).toEqual([]);
  });

  it('installs nothing by script', () => {
    const lock = JSON.parse(text('package-lock.json')) as {
      packages: Record<string, { hasInstallScript?: boolean; dev?: boolean }>;
    };
    const scripted = Object.entries(lock.packages).filter(([, p]) => p.hasInstallScript === true && p.dev !== true);
    expect(scripted.map(([name]) => name)).toEqual([]);
  });
});
