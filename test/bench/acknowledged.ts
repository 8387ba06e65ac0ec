// How many writes are acknowledged, and who waits because too many are not?

export class Acknowledged {
  count = 0;
  private outstanding = 0;
  private waiting: (() => void)[] = [];
  private failed: unknown;

  expect(promise: Promise<unknown>): void {
    this.outstanding += 1;
    promise.then(this.acknowledged, this.refused);
  }

  isOver(most: number): boolean {
    return this.outstanding > most;
  }

  /** Resolves when at most `most` are outstanding. Rejects when one was refused. */
  async room(most: number): Promise<void> {
    while (this.isOver(most)) await new Promise<void>((resolve) => void this.waiting.push(resolve));
    if (this.failed !== undefined) throw this.failed;
  }

  private readonly acknowledged = (): void => {
    this.count += 1;
    this.settled();
  };

  private readonly refused = (error: unknown): void => {
    this.failed = error;
    this.settled();
  };

  private settled(): void {
    this.outstanding -= 1;
    if (this.waiting.length > 0) for (const resume of this.waiting.splice(0)) resume();
  }
}
