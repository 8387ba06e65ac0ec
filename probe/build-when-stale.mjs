// Is what `npm start` runs older than its sources? Then it is built first. Plain JavaScript: it runs before any build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'dist', 'built');
const sources = ['shared', 'probe', 'web', 'package.json', 'vite.config.ts', 'tsconfig.base.json'];

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const began = new Date();
const stale = !existsSync(stamp) || sources.some((s) => newest(join(root, s)) > statSync(stamp).mtimeMs);
if (stale) {
  console.error('strata: building the page and the probe service (once, a few seconds) …');
  for (const part of ['web', 'report', 'probe']) {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const built = spawnSync(process.execPath, [vite, 'build', '--mode', part, '--logLevel', 'warn'], {
      cwd: root,
      stdio: ['ignore', process.stderr, 'inherit'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    if (built.status !== 0) {
      console.error(`strata: building ${part} failed; run "npm ci" first, then "npm run build" to see why.`);
      process.exit(1);
    }
  }
  writeFileSync(stamp, '');
  utimesSync(stamp, began, began);
}
