// By how much does this process grow while something runs?
const MiB = 1024 * 1024;

/** @returns what `run` returned, and the most MiB of resident memory that this process had more than before */
export async function growing<T>(run: () => Promise<T>): Promise<[T, number]> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = () => (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(look, 20);
  try {
    const done = await run();
    look();
    return [done, (most - before) / MiB];
  } finally {
    clearInterval(timer);
  }
}
