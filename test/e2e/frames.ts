// Does the trace view keep up with a thousand nodes? Prints frame times while messages pour in. `npx tsx test/e2e/frames.ts [seconds]`
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.ts';

const SECONDS = Number(process.argv[2] ?? 10);
const PORT = 5390;

/** What the page measures of itself: the time between frames, and tasks longer than 50 ms (milliseconds). */
interface Measured {
  readonly frames: readonly number[];
  readonly long: readonly number[];
  readonly requests: string;
}

const MEASURE = `new Promise((resolve) => {
  const frames = [];
  const long = [];
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((e) => e.duration)));
  observer.observe({ type: 'longtask' });
  const began = performance.now();
  let last = began;
  const frame = (at) => {
    frames.push(at - last);
    last = at;
    if (at - began < ${SECONDS * 1000}) requestAnimationFrame(frame);
    else resolve({ frames: frames.slice(1), long, requests: document.querySelector('.second')?.textContent ?? '' });
  };
  requestAnimationFrame(frame);
})`;

// the server has a process of its own: the page shall not wait for the one that measures it
const server = fork(fileURLToPath(new URL('fixture-server.ts', import.meta.url)), ['flood', String(PORT)], {
  execArgv: ['--import', 'tsx'],
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
await new Promise((ready) => server.stdout?.once('data', ready));
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`http://127.0.0.1:${PORT}/#/trace`);
  await page.getByTestId('propagation').waitFor();
  const sent = async (): Promise<number> =>
    Number(/sent (\d+)/.exec((await page.locator('.second').textContent()) ?? '')?.[1] ?? 0);
  const cdp = await page.context().newCDPSession(page);
  // processor time, not time on the clock: what else this machine does is not the page's affair
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async (): Promise<Map<string, number>> =>
    new Map((await cdp.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
  const before = await sent();
  const atFirst = await spent();
  const measured = await page.evaluate<Measured>(MEASURE);
  const after = await sent();
  const atLast = await spent();
  const sorted = measured.frames.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  const seconds = measured.frames.reduce((a, b) => a + b, 0) / 1000;
  console.log(
    `${((after - before) / seconds).toFixed(0)} messages a second, ${(sorted.length / seconds).toFixed(1)} frames a second`,
  );
  console.log(`frame times: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
  const late = sorted.filter((f) => f > 25).length;
  console.log(
    `${late} of ${sorted.length} frames took longer than 25 ms; ${measured.long.length} tasks longer than 50 ms`,
  );
  const share = (name: string): string => {
    const used = (atLast.get(name) ?? 0) - (atFirst.get(name) ?? 0);
    return `${((used / seconds) * 100).toFixed(0)} %`;
  };
  console.log(
    `main thread, of one processor: ${share('TaskDuration')} (script ${share('ScriptDuration')}, styles ${share('RecalcStyleDuration')}, layout ${share('LayoutDuration')})`,
  );
} finally {
  await browser.close();
  server.kill();
}
