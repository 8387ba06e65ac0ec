// Does a trace that was exported as a page open from the disk, by itself, and hold all of it?
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tracePage } from '../../probe/cli/trace-page.ts';
import { readTraceFile } from '../../shared/trace-file.ts';
import type { Trace } from '../../shared/trace.ts';
import { launch, needsChromium } from './chromium.ts';
import { propagation } from './recorded-traces.ts';

const START = 1_763_850_000;
const lost = propagation({ id: 'lost', build: '4f2c', start: START, reached: ['edge-ams'] });

describe.skipIf(!needsChromium())('a trace that was exported as a page', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    browser = await launch();
    folder = await mkdtemp(join(tmpdir(), 'strata-page-'));
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opened from the disk; `asked` is whatever it fetched besides, `complaints` what it said to the console. */
  async function opened(trace: Trace, options: BrowserContextOptions = {}) {
    const file = join(folder, `${trace.id}.html`);
    await writeFile(file, await tracePage(trace));
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const address = pathToFileURL(file).href;
    await page.goto(address);
    return { page, complaints, asked: () => asked.filter((url) => url !== address && !url.startsWith('blob:')) };
  }
  const says = (page: Page, words: RegExp) =>
    page.getByTestId('answer').filter({ hasText: words }).waitFor({ timeout: 15_000 });

  it('tells how the change arrived, and fetches nothing', async () => {
    const { page, asked, complaints } = await opened(lost);
    await says(page, /^Build 4f2c was on 1 of 3 edge nodes; /);
    await page.getByText('From this page.').waitFor();
    await page.locator('[data-lane="edge/edge-ams/home/default"][data-shows=new]').waitFor();
    expect({ asked: asked(), complaints }).toEqual({ asked: [], complaints: [] });
  });

  it('gives the trace file back, whole', async () => {
    const { page } = await opened(lost);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the trace file' }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe('trace-lost.json');
    expect(readTraceFile(await readFile(await download.path(), 'utf8'))).toEqual({ trace: lost });
  });

  it('is not broken by what a server sent', async () => {
    const { title, ...topology } = lost.topology;
    const hostile = '</script><script>throw new Error("out")</script><!-- $& ';
    const { page, complaints } = await opened({ ...lost, id: 'hostile', topology: { ...topology, title: hostile } });
    await says(page, /^Build 4f2c was on 1 of 3 edge nodes; /);
    await page.getByText(hostile.trim(), { exact: false }).first().waitFor();
    expect(complaints).toEqual([]);
    expect(title).not.toBe(hostile);
  });

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('has nothing that axe objects to, and nothing sticks out: %s, %i pixels', async (colorScheme, width) => {
    const { page } = await opened(lost, { colorScheme, viewport: { width, height: 900 } });
    await says(page, /^Build 4f2c was on 1 of 3 edge nodes; /);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((v) => v.id)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.screenshot({ path: new URL(`shots/report-${colorScheme}-${width}.png`, import.meta.url).pathname });
  });
});
