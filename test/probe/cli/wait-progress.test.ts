import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { progressText } from '../../../probe/cli/wait-progress.ts';

const SOURCE = new URL('../../../probe/cli/wait-progress.ts', import.meta.url).href;

/** Shows progress for a second and a half, as a command would, with a line in between; resolves with what was written. */
async function shown(terminal: boolean, options: string): Promise<string> {
  const program = `
    import { showProgress } from ${JSON.stringify(SOURCE)};
    let seen = 0;
    const shown = showProgress(${options}, () => [{ layer: 'edge', seen: ++seen, of: 9 }], () => 12);
    setTimeout(() => shown.line('purge accepted by edge-1'), 600);
    setTimeout(() => { shown.end(); console.log('the end'); }, 1500);`;
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program];
  const quoted = node.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const child = terminal
    ? spawn('script', ['-qec', quoted, '/dev/null'], { stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('sh', ['-c', `${quoted} 2>&1`], { stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise<void>((done, failed) => child.once('spawn', done).once('error', failed));
  return text(child.stdout);
}

describe('the progress of a wait', () => {
  it('is one line: each layer and the seconds', () => {
    const layers = [
      { layer: 'edge', seen: 3, of: 8 },
      { layer: 'shield', seen: 2, of: 2 },
    ];
    expect(progressText(layers, 12.3)).toBe('edge 3 of 8 · shield 2 of 2 · 12 s');
  });

  it('is redrawn in place on a terminal, gives way to whole lines, and is gone at the end', async ({ skip }) => {
    const written = await shown(true, '{}').catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('ENOENT')) skip('not installed: script');
      throw error;
    });
    const parts = written.split('\r\u001b[2K');
    expect(parts[1]).toBe('edge 1 of 9 · 12 s');
    expect(parts.filter((p) => p.startsWith('edge ')).length).toBeGreaterThan(3);
    expect(parts.filter((p) => p.includes('\n')).map((p) => p.trimEnd())).toEqual([
      'purge accepted by edge-1',
      'the end',
    ]);
  });

  it('in a log is whole lines only', async () => {
    expect(await shown(false, '{}')).toBe('purge accepted by edge-1\nthe end\n');
  });

  it('for programs is objects, and quiet is nothing', async () => {
    const [first = '', ...rest] = (await shown(false, '{ json: true }')).split('\n');
    expect(JSON.parse(first)).toEqual({
      strata: 1,
      verb: 'wait',
      type: 'progress',
      seconds: 12,
      layers: [{ layer: 'edge', seen: 1, of: 9 }],
    });
    expect(rest.at(-2)).toBe('the end');
    expect(await shown(false, '{ quiet: true }')).toBe('the end\n');
  });
});
