// Which caches, and which lines, are pointed at just now? The picture, the lines and the notes mark each other by it.
import { tick } from 'svelte';

export class Marking {
  caches = $state.raw<readonly number[]>([]);
  /** Lines that a note speaks of, while that note is pointed at. */
  lines = $state.raw<readonly number[]>([]);

  cache(...indexes: readonly number[]): void {
    this.caches = indexes;
  }

  clear(): void {
    this.caches = [];
    this.lines = [];
  }

  /** Brings a part of the view into sight and gives it the focus; `part` is `line-3`, `note-0` or `cache-1`. */
  async go(part: string): Promise<void> {
    const found = document.getElementById(part);
    const details = found?.closest('details');
    if (details !== undefined && details !== null) details.open = true;
    await tick();
    found?.scrollIntoView({ block: 'nearest' });
    found?.focus({ preventScroll: true });
  }
}
