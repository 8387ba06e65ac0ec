import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Hush } from '../../../probe/trace/hush.ts';

/** A promise and how to end it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => void (open = resolve));
  return { open, opened };
}

describe('while something is done alone', () => {
  it('questions for the page wait until it has been done, those for other pages do not', async () => {
    const hush = new Hush();
    const told: string[] = [];
    const { open, opened } = gate();
    const work = hush.during('n/home', () => opened.then(() => void told.push('done')));
    const asked = hush.asks('n/home', async () => void told.push('asked'));
    await hush.asks('n/news', async () => void told.push('asked elsewhere'));
    await turn();
    expect(told).toEqual(['asked elsewhere']);
    expect(hush.isKept('n/home')).toBe(true);
    open();
    await Promise.all([work, asked]);
    expect(told).toEqual(['asked elsewhere', 'done', 'asked']);
    expect(hush.isKept('n/home')).toBe(false);
  });

  it('it begins when the questions under way have been answered', async () => {
    const hush = new Hush();
    const told: string[] = [];
    const { open, opened } = gate();
    const asked = hush.asks('n/home', () => opened.then(() => void told.push('answered')));
    const work = hush.during('n/home', async () => void told.push('done'));
    await turn();
    expect(told).toEqual([]);
    open();
    await Promise.all([asked, work]);
    expect(told).toEqual(['answered', 'done']);
  });

  it('nobody waits for ever: not a question for what hangs, nor the work for a question that hangs', async () => {
    const hush = new Hush();
    const never = new Promise<void>(() => {});
    void hush.during('n/home', () => never);
    await hush.asks('n/home', async () => {});
    void hush.asks('n/news', () => never);
    await hush.during('n/news', async () => {});
  });

  it('what fails is told to whoever wanted it, and to nobody else', async () => {
    const hush = new Hush();
    const failed = hush.during('n/home', () => Promise.reject(new Error('refused')));
    const asked = hush.asks('n/home', () => Promise.resolve('new'));
    await expect(failed).rejects.toThrow('refused');
    await expect(asked).resolves.toBe('new');
    await expect(hush.asks('n/home', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    await expect(hush.during('n/home', () => Promise.resolve('done'))).resolves.toBe('done');
  });
});
