import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDaemon } from '../../../probe/lab/processes.ts';
import { ask } from './talk.ts';

let workDir = '';
beforeEach(async () => void (workDir = await mkdtemp(join(tmpdir(), 'processes-'))));
afterEach(() => rm(workDir, { recursive: true, force: true }));

/** A daemon that answers with the name of its folder. */
const script = (port: number) =>
  `require('node:http').createServer((_, res) => res.end(process.cwd())).listen(${port}, '127.0.0.1')`;

describe('a daemon of the lab', () => {
  it('runs in a folder of its own, which goes with it', async () => {
    const prepare = async (_: string, port: number) => ({ command: process.execPath, args: ['-e', script(port)] });
    const daemon = await startDaemon({ name: 'demo', workDir, prepare });
    expect((await ask(daemon.address)).body).toBe(daemon.folder);
    await daemon.stop();
    expect(existsSync(daemon.folder)).toBe(false);
    await expect(ask(daemon.address)).rejects.toThrow('ECONNREFUSED');
  });

  it('is ended although it ignores the polite signal', async () => {
    const deaf = (port: number) => `process.on('SIGTERM', () => {}); ${script(port)}`;
    const prepare = async (_: string, port: number) => ({ command: process.execPath, args: ['-e', deaf(port)] });
    const daemon = await startDaemon({ name: 'deaf', workDir, prepare });
    await daemon.stop();
    await expect(ask(daemon.address)).rejects.toThrow('ECONNREFUSED');
  });

  it('that cannot start is reported with what it printed, and leaves no folder', async () => {
    const prepare = async () => ({ command: '/bin/sh', args: ['-c', 'echo "line 3: no such word" >&2; exit 1'] });
    await expect(startDaemon({ name: 'broken', workDir, prepare })).rejects.toThrow(
      /^broken did not start on port \d+: line 3: no such word$/,
    );
    expect(await readdir(workDir)).toEqual([]);
  });

  it('that is not installed is reported by the shell', async () => {
    const prepare = async () => ({ command: 'no-such-daemon', args: [] });
    await expect(startDaemon({ name: 'absent', workDir, prepare })).rejects.toThrow(/no-such-daemon.*not found/);
  });

  it('tries another port when somebody was faster', async () => {
    let attempts = 0;
    const prepare = async (_: string, port: number) => {
      attempts += 1;
      const taken = `process.stderr.write('bind: Address already in use'); process.exitCode = 1`;
      return { command: process.execPath, args: ['-e', attempts === 1 ? taken : script(port)] };
    };
    const daemon = await startDaemon({ name: 'late', workDir, prepare });
    await daemon.stop();
    expect(attempts).toBe(2);
  });
});
