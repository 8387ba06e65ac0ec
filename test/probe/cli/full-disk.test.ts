// Needs the built command line and a way to mount a small disk of its own: a trace that purges, on a disk that gets full.
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, MAIN, whatIsLeft } from './killed-trace.ts';
import { NEW, startPurgedSite, type PurgedSite } from './purged-site.ts';

/** A name space of its own, in which anybody may mount. */
const ALONE = ['-rm', 'sh', '-c'];

function canMount(): boolean {
  const tried = spawnSync('unshare', [...ALONE, 'mount -t tmpfs -o size=64k tmpfs /tmp']);
  if (tried.status === 0) return true;
  process.stderr.write('skipped, not possible here: mounting a small disk (unshare -rm, tmpfs)\n');
  return false;
}

// the disk is gone with the name space: what stands on it is copied to one with room
const SCRIPT = `mount -t tmpfs -o size="$2" tmpfs "$1/small" && shift 2 && "$@"
code=$?
cp -r "$FOLDER/small/." "$FOLDER/kept" && exit $code`;

describe.runIf(canMount())('strata trace --purge, on a disk that gets full', () => {
  let folder: string;
  let site: PurgedSite;
  beforeAll(async () => {
    if (!isBuilt()) throw new Error('dist/probe is missing: run `npm run build` first.');
    folder = await mkdtemp(join(tmpdir(), 'strata-full-'));
    site = await startPurgedSite();
  });
  afterAll(async () => {
    await site.close();
    await rm(folder, { recursive: true });
  });

  /** One trace that records onto a disk of this size; the origin turns with its n-th request. */
  async function traced(page: string, size: string, readyAfter: number) {
    const own = join(folder, page);
    for (const name of ['small', 'kept']) await mkdir(join(own, name), { recursive: true });
    await writeFile(join(own, 'strata.yaml'), site.topologyOf(page));
    site.readyAfter(page, readyAfter);
    const told = ['--topology', join(own, 'strata.yaml'), '--data', join(own, 'small'), '--expect', NEW];
    const command = [process.execPath, MAIN, 'trace', ...told, '--purge', '--json', '--budget', '9s'];
    const child = spawn('unshare', [...ALONE, SCRIPT, 'sh', own, size, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FOLDER: own },
    });
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    // the summary comes last; there may have been room for it again
    const left = await whatIsLeft(site, join(own, 'kept'), page, lines.slice(0, -1), true);
    return { code: await code, errors, ...left };
  }

  it.each([
    ['before the origin is ready', '400k', 40],
    ['after the purge', '400k', 2],
    ['about when it begins', '120k', 2],
  ])(
    '%s: says so once, keeps all that it had said, and ends without a verdict',
    { timeout: 90_000 },
    async (...how) => {
      const [when, size, readyAfter] = how;
      const { code, errors, problems } = await traced(when.replaceAll(' ', '-'), size, readyAfter);
      expect(problems).toEqual([]);
      expect(errors.match(/is full: nothing more is recorded\. Free some space/g)).toHaveLength(1);
      expect(errors).toMatch(/what was seen after the disk was full is not kept/);
      expect(code).toBe(4);
    },
  );

  it('that had no room for the change to be seen, purges nothing: what cannot be written down is not sent', async () => {
    await traced('never', '400k', 60);
    expect(site.purges('never')).toEqual({});
  }, 90_000);
});
