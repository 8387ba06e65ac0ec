// Who may ask for a page while its variants are purged one by one? Nobody of ours: what is stored in between hides those still to go.
import { setTimeout as sleep } from 'node:timers/promises';

/** Seconds for which questions are held back at most: a purge that hangs must not keep the watch blind. */
const LONGEST = 1;

/** Seconds for which the work waits for questions that are under way. */
const UNDER_WAY = 0.25;

export class Hush {
  private readonly asking = new Map<string, Set<Promise<unknown>>>();
  private readonly kept = new Map<string, Promise<unknown>>();

  isKept(page: string): boolean {
    return this.kept.has(page);
  }

  /** Carries out a question for a page, as soon as that may be asked for. */
  async asks<T>(page: string, question: () => Promise<T>): Promise<T> {
    for (let kept = this.kept.get(page); kept !== undefined; kept = this.kept.get(page)) await kept;
    const asking = this.asking.get(page) ?? new Set();
    this.asking.set(page, asking);
    const asked = question();
    asking.add(asked);
    try {
      return await asked;
    } finally {
      asking.delete(asked);
      if (asking.size === 0) this.asking.delete(page);
    }
  }

  /** Carries out `work` while nobody asks for the page. */
  during<T>(page: string, work: () => Promise<T>): Promise<T> {
    const underWay: readonly Promise<unknown>[] = [...(this.asking.get(page) ?? [])];
    const done = within(UNDER_WAY, Promise.allSettled(underWay)).then(work);
    const kept = within(LONGEST, done).finally(() => {
      if (this.kept.get(page) === kept) this.kept.delete(page);
    });
    this.kept.set(page, kept);
    return done;
  }
}

/** Resolves when `work` has ended, well or not, or when so many seconds are over. */
export async function within(seconds: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const { signal } = enough;
  const over = sleep(seconds * 1000, undefined, { signal });
  await Promise.race([work, over]).catch(() => undefined);
  enough.abort();
  await over.catch(() => undefined);
}
