// Needs varnishd and nginx, or the four others: what their daemons do when the process that started the lab is killed without a chance to clean up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, describe, it, beforeAll, afterAll } from 'vitest';
import { ask } from '../probe/lab/talk.ts';
import { needs } from './needs.ts';

let workDir = '';
beforeAll(async () => void (workDir = await mkdtemp(join(tmpdir(), 'lab-lifetime-'))));
afterAll(() => rm(workDir, { recursive: true, force: true }));

/** A process of its own that runs the lab with real daemons; resolves when they answer. */
async function labProcess(real: readonly string[], edges: number) {
  const file = join(workDir, 'main.mts');
  const lab = join(import.meta.dirname, '../../probe/lab/lab.ts');
  await writeFile(
    file,
    `import { startLab } from ${JSON.stringify(lab)};
const lab = await startLab({ real: ${JSON.stringify(real)}, edges: ${edges}, workDir: process.argv[2] });
const caches = lab.topology.layers.filter((layer) => layer.role === 'cache');
console.log(caches.flatMap((layer) => layer.nodes).map((node) => node.address).join(' '));`,
  );
  const args = ['--import', import.meta.resolve('tsx'), file, workDir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const addresses = String(line).trim().split(' ');
  return { child, addresses };
}

/** Ids of the processes whose command line names one of the lab's folders. */
async function processesOf(folders: readonly string[]): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, i) => folders.some((folder) => lines[i]!.includes(folder)));
}

async function eventually(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    if (await isSo()) return true;
    await sleep(100);
  }
  return false;
}

const isClosed = (address: string) =>
  ask(address).then(
    () => false,
    (error: Error) => error.message.includes('ECONNREFUSED'),
  );
const folders = async () =>
  (await readdir(workDir)).filter((name) => name.startsWith('strata-')).map((name) => join(workDir, name));

describe.runIf(needs('varnishd', 'nginx'))('the daemons of the lab', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'end with it, ports, processes and folders, by %s',
    async (signal) => {
      const lab = await labProcess(['varnish', 'nginx'], 2);
      const made = await folders();
      expect(made).toHaveLength(3);
      expect((await processesOf(made)).length).toBeGreaterThanOrEqual(6);
      expect(await Promise.all(lab.addresses.map((address) => ask(address)))).toMatchObject([
        { build: '4f2c' },
        { build: '4f2c' },
        { build: '4f2c' },
      ]);

      lab.child.kill(signal);
      await once(lab.child, 'exit');

      expect(await eventually(async () => (await processesOf(made)).length === 0)).toBe(true);
      expect(await eventually(async () => (await folders()).length === 0)).toBe(true);
      expect(await Promise.all(lab.addresses.map(isClosed))).toEqual([true, true, true]);
    },
  );
});

describe.runIf(needs('squid', 'traffic_server', 'apache2', 'haproxy'))(
  'Squid, Traffic Server, httpd and HAProxy',
  () => {
    it('end with a lab that is killed, ports, processes and folders', async () => {
      const lab = await labProcess(['squid', 'trafficserver', 'httpd', 'haproxy'], 1);
      const made = await folders();
      expect(made).toHaveLength(4);
      const all = await Promise.all(made.map((folder) => processesOf([folder])));
      for (const processes of all) expect(processes.length).toBeGreaterThan(0);
      const [edge] = await Promise.all(lab.addresses.map((address) => ask(address)));
      expect(edge).toMatchObject({ status: 200, build: '4f2c' });

      lab.child.kill('SIGKILL');
      await once(lab.child, 'exit');

      expect(await eventually(async () => (await processesOf(made)).length === 0)).toBe(true);
      expect(await eventually(async () => (await folders()).length === 0)).toBe(true);
      expect(await Promise.all(lab.addresses.map(isClosed))).toEqual([true, true, true, true]);
    });
  },
);
