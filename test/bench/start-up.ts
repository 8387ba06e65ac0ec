// How long until the service answers, and how heavy is the page?
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '../..');

/** Seconds from starting the built service (with its lab) until its URL is printed, and those of a bare `node -e 0`. */
export async function startUp(): Promise<{ service: number; bareNode: number }> {
  const bareNode = await timed(['-e', 'console.log("}")']);
  return { bareNode, service: await timed(['dist/probe/main.js', 'serve', '--json', '--port', '0']) };
}

function timed(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (!printed.includes('}')) return;
      const took = (performance.now() - started) / 1000;
      child.once('exit', () => resolve(took));
      child.kill('SIGINT');
    });
    child.once('error', reject);
  });
}

/** Bytes of script that the first view loads. */
export function pageWeight(): { script: number; gzip: number; brotli: number } {
  const folder = join(root, 'dist/web/assets');
  const scripts = readdirSync(folder).filter((f) => f.endsWith('.js'));
  const files = scripts.map((f) => readFileSync(join(folder, f)));
  const sum = (size: (file: Buffer) => number) => files.reduce((total, file) => total + size(file), 0);
  return {
    script: sum((f) => f.length),
    gzip: sum((f) => gzipSync(f).length),
    brotli: sum((f) => brotliCompressSync(f).length),
  };
}
