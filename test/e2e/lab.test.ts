// The whole of it: the built service with its lab, a real browser, and somebody else who looks at the caches, too.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LiveDocument } from '../../shared/api.ts';
import type { Interval } from '../../shared/model/interval.ts';
import { end, firstLine } from '../probe/cli/strata.ts';
import { pollForFlip } from '../truth/flip-poller.ts';
import { launch, needsChromium } from './chromium.ts';

const root = join(import.meta.dirname, '../..');

/** What the page itself recorded: instants in seconds, by its own clock. */
interface Seen {
  /** When the countdown of each build first said that nothing is left, or would have. */
  readonly zero: Record<string, number>;
  /** When each node's cell turned new. */
  readonly turned: Record<string, number>;
}

/** Runs in the page before anything else: looks at every frame, writes down the instants. */
const WATCH = `
  window.seen = { zero: {}, turned: {} };
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  let promised;
  const look = () => {
    const count = document.querySelector('[data-testid=countdown]')?.textContent;
    const build = document.querySelector('[data-testid=answer] .build')?.textContent ?? '';
    const left = count === 'a moment' ? 0 : /^[0-9.]+ s$/.test(count ?? '') ? parseFloat(count) : undefined;
    if (left === 0) window.seen.zero[build] ??= now();
    // the sentence changed before its countdown had ended: what it had promised counts
    if (count === undefined && promised?.build === build) window.seen.zero[build] ??= promised.at;
    promised = left === undefined ? undefined : { build, at: now() + left };
    for (const cell of document.querySelectorAll('[data-testid=cell][data-version=new]'))
      window.seen.turned[cell.dataset.node + ' ' + build] ??= now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;

describe.skipIf(!needsChromium())('the lab in a browser', () => {
  let service: ChildProcessWithoutNullStreams;
  let url = '';
  let complaints = '';
  let browser: Browser;
  const opened: { page: Page; errors: string[] }[] = [];

  beforeAll(async () => {
    const built = spawnSync(process.execPath, [join(root, 'probe/build-when-stale.mjs')], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stderr);
    service = spawn(process.execPath, [join(root, 'dist/probe/main.js'), 'serve', '--json', '--quiet', '--port', '0']);
    service.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    ({ page: url } = JSON.parse(await firstLine(service)) as { page: string });
    browser = await launch();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    expect(await end(service, 'SIGINT')).toBe(130);
    expect(complaints).toBe('');
  });
  afterEach(async () => {
    const errors = opened.flatMap((o) => o.errors);
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
    expect(errors).toEqual([]);
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const errors: string[] = [];
    opened.push({ page, errors });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.addInitScript(WATCH);
    await page.goto(url);
    await page.getByTestId('answer').filter({ hasNotText: 'Looking' }).waitFor();
    return page;
  }
  const cell = (page: Page, node: string) => page.locator(`[data-testid=cell][data-node="${node}"]`);
  const cellIn = (page: Page, node: string, version: string) =>
    page.locator(`[data-testid=cell][data-node="${node}"][data-version=${version}]`);
  const says = (page: Page, words: RegExp, timeout = 20_000) =>
    page.getByTestId('answer').filter({ hasText: words }).waitFor({ timeout });
  const seen = (page: Page) => page.evaluate<Seen>('window.seen');
  const live = async (): Promise<LiveDocument> =>
    (await fetch(new URL('/api/v1/live', url))).json() as Promise<LiveDocument>;

  /** Presses the stepper until the origin's lifetime is what is wanted. */
  async function setLifetime(page: Page, wanted: number): Promise<void> {
    const shown = async () => Number(/(\d+) s/.exec((await page.getByTestId('max-age').textContent()) ?? '')?.[1]);
    for (let i = 0; i < 12 && (await shown()) !== wanted; i++) {
      const before = await shown();
      await page.getByRole('button', { name: before > wanted ? 'Shorter lifetime' : 'Longer lifetime' }).click();
      await expect.poll(shown).not.toBe(before);
      await page.locator('.stepper button:not([disabled])').first().waitFor();
    }
    expect(await shown()).toBe(wanted);
  }
  /**
   * Purges everything, so that every cache takes a copy with the present lifetime: early in a second, because the shield
   * lets go when a second is full, and which comes first could be told by nobody if the edges asked just then.
   */
  async function renew(page: Page): Promise<void> {
    await page.waitForTimeout((1100 - (Date.now() % 1000)) % 1000);
    await page.getByTestId('purge-all').click();
    await page.locator('[data-testid=purge-all]:not([disabled])').waitFor();
    await page.waitForTimeout(1000);
  }
  /** Presses Deploy; the build that came of it. */
  async function deploy(page: Page): Promise<string> {
    const before = (await live()).trace.events.length;
    await page.getByTestId('deploy').click();
    const events = async () => (await live()).trace.events.slice(before).filter((e) => e.type === 'deploy');
    await expect.poll(async () => (await events()).length, { timeout: 10_000 }).toBe(1);
    return (await events())[0]!.marker!;
  }
  async function flipsOf(build: string): Promise<Map<string, Promise<Interval>>> {
    const { layers, targets } = (await live()).trace.topology;
    const { host, pathname } = new URL(targets[0]!.url);
    const nodes = layers.filter((l) => l.role === 'cache').flatMap((l) => l.nodes);
    return new Map(nodes.map((n) => [n.id, pollForFlip(n.address, host, pathname, build, 0.02).flipped]));
  }
  async function axe(page: Page): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
  }

  it('sets the lifetime that the origin gives', async () => {
    const page = await open();
    await setLifetime(page, 5);
    await expect
      .poll(async () => {
        const { observations } = (await live()).trace;
        const last = observations.findLast((o) => o.layer === 'origin')?.result;
        return last?.kind === 'answer' && last.fields.find(([n]) => n.toLowerCase() === 'cache-control')?.[1];
      })
      .toBe('public, max-age=5');
  });

  it('deploys: a countdown runs, and when it ends the last cell turns, as somebody else sees it turn', async () => {
    const page = await open();
    await setLifetime(page, 5);
    await renew(page);
    const build = await deploy(page);
    const flips = await flipsOf(build);
    await cellIn(page, 'app-1', 'new').waitFor();
    await cellIn(page, 'edge-ams', 'old').waitFor();
    await page.getByTestId('countdown').waitFor();
    await says(page, new RegExp(`^Build ${build} is visible everywhere`));
    const truth = new Map(await Promise.all([...flips].map(async ([node, at]) => [node, await at] as const)));
    const last = [...truth.values()].toSorted((a, b) => a.latest - b.latest).at(-1)!;
    const { zero, turned } = await seen(page);
    expect(Math.abs(zero[build]! - (last.earliest + last.latest) / 2)).toBeLessThan(0.3);
    for (const [node, flipped] of truth) {
      await cellIn(page, node, 'new').waitFor();
      expect(turned[`${node} ${build}`]).toBeGreaterThanOrEqual(flipped.earliest);
    }
  });

  it('purges one edge while the shield holds the old page: the picture says “old again”', async () => {
    const page = await open();
    await setLifetime(page, 300);
    await renew(page);
    const build = await deploy(page);
    await cellIn(page, 'shield-1', 'old').waitFor();
    await cell(page, 'edge-nyc').click();
    await page.getByRole('button', { name: 'Purge edge-nyc' }).click();
    await cell(page, 'edge-nyc').filter({ hasText: 'old again' }).waitFor({ timeout: 10_000 });
    expect(await cell(page, 'edge-nyc').getAttribute('aria-label')).toContain('old again, refilled from shield-1');
    expect(await cell(page, 'edge-ams').textContent()).not.toContain('old again');
    await page.keyboard.press('Escape');
    await page.getByTestId('purge-all').click();
    await says(page, new RegExp(`^Build ${build} is visible everywhere`));
    expect(await page.getByText('old again').count()).toBe(0);
  });

  it('follows a deploy and its purge in the trace view, node by node, and keeps what it saw', async () => {
    const page = await open();
    await setLifetime(page, 300);
    await renew(page);
    const build = await deploy(page);
    await cellIn(page, 'app-2', 'new').waitFor();
    await page.evaluate("location.hash = '#/trace'");
    await says(page, new RegExp(`^Build ${build} is on none of the 3 edge nodes`));
    await page.evaluate("location.hash = '#/'");
    await page.getByTestId('purge-all').click();
    await says(page, new RegExp(`^Build ${build} is visible everywhere`));
    await page.evaluate("location.hash = '#/trace'");
    await says(
      page,
      new RegExp(`^Build ${build} is on all 4 nodes of 2 cache layers; half had it .* after the deploy`),
    );
    expect(await page.locator('[data-lane][data-shows=new]').count()).toBe(6);
    expect(await axe(page)).toEqual([]);
    const kept = page.locator('[data-trace][data-state=finished]').filter({ hasText: build }).first();
    await expect
      .poll(async () => (await page.getByRole('button', { name: 'Refresh' }).click(), kept.count()), {
        timeout: 30_000,
      })
      .toBe(1);
    await kept.getByRole('link').click();
    await says(page, new RegExp(`^Build ${build} was on all 4 nodes of 2 cache layers`));
    await page.getByRole('button', { name: 'Follow live' }).click();
    await says(page, new RegExp(`^Build ${build} is on all`));
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('has nothing that axe objects to while a change is rising: %s, %i pixels', async (colorScheme, width) => {
    const page = await open({ colorScheme, viewport: { width, height: 844 } });
    await deploy(page);
    await cellIn(page, 'edge-ams', 'old').waitFor();
    await page.waitForTimeout(700);
    expect(await axe(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.getByTestId('purge-all').click();
    await says(page, /is visible everywhere/);
    await page.waitForTimeout(700);
    expect(await axe(page)).toEqual([]);
  });
});
