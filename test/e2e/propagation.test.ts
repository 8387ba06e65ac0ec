// Does the trace view tell how a change arrived: live, recorded, from a file without a service, to everybody?
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { traceFileText } from '../../shared/trace-file.ts';
import { launch, needsChromium } from './chromium.ts';
import { sendFile, startFixture } from './fixture-server.ts';
import type { Fixture, Scenario } from './fixture-server.ts';
import { propagation } from './recorded-traces.ts';

const built = existsSync(fileURLToPath(new URL('../../dist/web/index.html', import.meta.url)));
const START = 1_763_850_000;

describe.skipIf(!needsChromium())('the trace view', () => {
  let browser: Browser;
  let opened: { fixture: Fixture; page: Page; complaints: string[] }[] = [];

  beforeAll(async () => {
    if (!built) throw new Error('dist/web is missing: run `npm run build` first.');
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    const complaints = opened.flatMap((o) => o.complaints);
    await Promise.all(opened.map(async (o) => (await o.page.context().close(), o.fixture.close())));
    opened = [];
    expect(complaints).toEqual([]);
  });

  const answer = (page: Page) => page.getByTestId('answer');
  const says = (page: Page, words: RegExp) => answer(page).filter({ hasText: words }).waitFor({ timeout: 15_000 });
  const lane = (page: Page, node: string) => page.locator(`[data-lane="edge/${node}/home/default"]`);

  async function open(
    scenario: Scenario,
    hash = '#/trace',
    options: BrowserContextOptions = {},
    isSilent = false,
  ): Promise<{ page: Page; fixture: Fixture }> {
    const fixture = await startFixture(scenario);
    fixture.silence(isSilent);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (e) => complaints.push(e.message));
    page.on('console', (m) => m.type() === 'error' && !/ERR_|status of/.test(m.text()) && complaints.push(m.text()));
    opened.push({ fixture, page, complaints });
    await page.goto(`${fixture.url}/${hash}`);
    await answer(page).waitFor();
    return { page, fixture };
  }
  /** Drops a file, as the pointer would. */
  const drop = (page: Page, given: string, name: string): Promise<void> =>
    page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${JSON.stringify(given)}], ${JSON.stringify(name)}));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      undefined;
    }`);
  const axe = async (page: Page): Promise<string[]> => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations.map(
      (v) =>
        `${v.id}: ${v.nodes
          .map((n) => n.target.join(' '))
          .slice(0, 3)
          .join(' | ')}`,
    );
  };

  describe('live', () => {
    it('says how far the change has come, how soon half had it, and who is left', async () => {
      const { page } = await open('arriving');
      await says(page, /^Build 4f2c is on \d of 3 edge nodes; half had it .* after the deploy; .*edge-nyc/);
      await lane(page, 'edge-ams').and(page.locator('[data-shows=new]')).waitFor();
      await lane(page, 'edge-nyc').and(page.locator('[data-shows=old]')).waitFor();
    });

    it('turns a lane when its node turns, and leaves the picture where it was', async () => {
      const { page, fixture } = await open('arriving');
      await lane(page, 'edge-gru').and(page.locator('[data-shows=old]')).waitFor();
      const box = () => page.getByTestId('propagation').boundingBox();
      const before = await box();
      fixture.site.purge('edge', Date.now() / 1000, 'edge-gru');
      await lane(page, 'edge-gru').and(page.locator('[data-shows=new]')).waitFor({ timeout: 10_000 });
      const after = await box();
      expect([after?.x, after?.y, after?.width, after?.height]).toEqual([
        before?.x,
        before?.y,
        before?.width,
        before?.height,
      ]);
      expect(await page.getByTestId('curve').getAttribute('d')).toContain('V');
    });

    it('shows the old page welling up again where a purge came too early for the shield', async () => {
      const { page } = await open('race');
      await says(page, /shows? the old version again/);
      await lane(page, 'edge-ams').locator('path.again').first().waitFor({ state: 'attached' });
    });

    it('says that nothing has changed yet, and begins with the next deploy', async () => {
      const { page } = await open('steady');
      await says(page, /^No change has been seen yet\.$/);
      await page.evaluate(
        `fetch('/api/v1/lab/deploy', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })`,
      );
      await says(page, /^Build 51c0 is on/);
    });

    it('asks what was recorded once a change, however often the nodes are looked at', async () => {
      const { page } = await open('arriving');
      const lists: string[] = [];
      await says(page, /^Build 4f2c/);
      const requests = async (): Promise<number> =>
        Number(/Strata sent (\d+) requests/.exec((await page.locator('.second').first().textContent()) ?? '')?.[1]);
      const before = await requests();
      page.on('request', (request) => request.url().endsWith('/api/v1/traces') && lists.push(request.url()));
      await expect.poll(requests, { timeout: 10_000 }).toBeGreaterThan(before + 40);
      expect(lists).toHaveLength(0);
      await page.evaluate(
        `fetch('/api/v1/lab/deploy', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })`,
      );
      await says(page, /^Build 51c0/);
      await expect.poll(() => lists.length).toBeGreaterThan(0);
    });

    it('says so where nothing has changed, too', async () => {
      const { page, fixture } = await open('steady');
      await says(page, /^No change has been seen yet\.$/);
      fixture.silence(true);
      fixture.drop();
      await page.getByText('The connection is lost').waitFor({ timeout: 10_000 });
      await says(page, /^No change had been seen\.$/);
      fixture.silence(false);
      await says(page, /^No change has been seen yet\.$/);
    });

    it('counts no further than it heard while the connection is lost', async () => {
      const { page, fixture } = await open('arriving');
      await says(page, /has not shown it for|have not shown it for/);
      fixture.silence(true);
      fixture.drop();
      await page.getByText('The connection is lost').waitFor({ timeout: 10_000 });
      const stopped = await answer(page).textContent();
      await page.waitForTimeout(1500);
      expect(await answer(page).textContent()).toBe(stopped);
    });

    it('says that the connection is lost, and takes up the thread when it is back', async () => {
      const { page, fixture } = await open('arriving');
      await says(page, /^Build 4f2c/);
      fixture.silence(true);
      fixture.drop();
      await page.getByText('The connection is lost').waitFor({ timeout: 10_000 });
      fixture.silence(false);
      await page.getByText('The connection is lost').waitFor({ state: 'detached', timeout: 15_000 });
    });
  });

  describe('of a recorded trace', () => {
    it('opens it by its address, with what was found and what to do', async () => {
      const { page } = await open('steady', '#/trace/trace-5');
      await says(
        page,
        /^Build 66ff was on 2 of 3 edge nodes; .*; edge-nyc had not shown it after 8\.0 s: the purge was lost there\.$/,
      );
      const cause = page.locator('[data-cause=purge-lost]');
      for (const words of [
        'Purge lost',
        'edge-nyc',
        'Its Age goes on counting.',
        'Refuted by',
        'Purge edge-nyc once more',
      ])
        await cause.getByText(words).first().waitFor();
    });

    it('that is still being recorded follows it live where it is the change that is under way', async () => {
      const { page, fixture } = await open('arriving');
      await says(page, /^Build 4f2c is/);
      fixture.record({ id: 'trace-now', startedAt: Date.now() / 1000, expect: '4f2c' });
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.locator('[data-trace=trace-now] a').click();
      await page.locator('[data-trace=trace-now].open').waitFor();
      await says(page, /^Build 4f2c is on \d of 3 edge nodes/);
      fixture.site.purge('edge', Date.now() / 1000);
      await says(page, /^Build 4f2c is on all 4 nodes/);
    });

    it('that is still being recorded elsewhere is refused with the words of the service', async () => {
      const { page, fixture } = await open('arriving');
      fixture.record({ id: 'trace-other', startedAt: Date.now() / 1000, expect: 'ffff' });
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.locator('[data-trace=trace-other] a').click();
      await page.getByRole('alert').filter({ hasText: 'The trace trace-other is still being recorded.' }).waitFor();
      await says(page, /^This trace cannot be shown\.$/);
    });

    it('says that there is none of that id', async () => {
      const { page } = await open('steady', '#/trace/nobody');
      await page.getByRole('alert').filter({ hasText: 'There is no trace nobody' }).waitFor();
    });

    it('says where what is certain ends when its recorder died', async () => {
      const { page } = await open('steady', '#/trace/trace-4');
      await page.getByText(/What recorded it died; what is certain ends at \d\d:\d\d:\d\d/).waitFor();
    });

    it('lists what was recorded; finds by build and by state', async () => {
      const { page, fixture } = await open('steady');
      const rows = page.locator('[data-trace]');
      await expect.poll(() => rows.count()).toBe(fixture.traces().length);
      await page.getByLabel('Search recorded traces').fill('66FF');
      await expect.poll(() => rows.count()).toBe(1);
      await page.getByLabel('Search recorded traces').fill('');
      await page.getByLabel('State').selectOption('interrupted');
      await expect.poll(() => rows.count()).toBe(1);
      await page.getByLabel('Search recorded traces').fill('nobody');
      await page.getByText('None of the recorded traces fits.').waitFor();
    });

    it('compares two: curves behind the picture, figures side by side, and “later” only where intervals say so', async () => {
      const { page } = await open('steady', '#/trace/trace-6');
      await says(page, /^Build 77aa/);
      const compare = (id: string) => page.locator(`[data-trace=${id}]`).getByRole('button', { name: /^Compare/ });
      await compare('trace-1').click();
      await compare('trace-5').click();
      await page
        .getByTestId('comparison')
        .getByText('not reached')
        .or(page.getByTestId('comparison').getByText('–'))
        .first()
        .waitFor();
      await expect.poll(() => page.locator('path.whole[data-order]').count()).toBeGreaterThanOrEqual(2);
      await page.getByTestId('comparison').getByText('cannot tell').first().waitFor();
    });

    it('draws the trend of p50, p90 and p99, layer by layer', async () => {
      const { page } = await open('steady');
      await page.getByTestId('trend').waitFor();
      expect(await page.getByTestId('trend').locator('figure').count()).toBe(3);
    });

    it('deletes one after asking again; without the token it says what is needed', async () => {
      const { page, fixture } = await open('steady');
      const row = (id: string) => page.locator(`[data-trace=${id}]`);
      await row('trace-2')
        .getByRole('button', { name: /^Delete/ })
        .click();
      await row('trace-2').getByRole('button', { name: 'Really delete' }).click();
      await row('trace-2').waitFor({ state: 'detached' });
      expect(fixture.traces()).not.toContain('trace-2');
      await row('trace-0')
        .getByRole('button', { name: /^Delete/ })
        .click();
      await row('trace-0').getByRole('button', { name: 'Really delete' }).click();
      await page.getByRole('alert').filter({ hasText: 'needs the token' }).waitFor();
      expect(fixture.traces()).toContain('trace-0');
      const again = page.waitForResponse(/\/api\/v1\/traces$/);
      await page.getByRole('button', { name: 'Refresh' }).click();
      await (await again).finished();
      await page.locator('[data-trace]').first().waitFor();
      expect(await page.getByRole('alert').filter({ hasText: 'needs the token' }).count()).toBe(1);
    });
  });

  describe('of a file, without any service', () => {
    const lost = propagation({ id: 'from-a-file', build: '4f2c', start: START, reached: ['edge-ams'] });

    it('shows a dropped trace and sends nothing of it anywhere', async () => {
      const { page } = await open('steady', '#/trace', {}, true);
      await says(page, /^No service answers here\.$/);
      const sent: string[] = [];
      page.on('request', (request) => request.method() !== 'GET' && sent.push(request.url()));
      await drop(page, traceFileText(lost), 'lost.json');
      await says(page, /^Build 4f2c was on 1 of 3 edge nodes; /);
      await page.getByText('From lost.json.').waitFor();
      await page.getByText('Recorded traces are listed where a service runs.').waitFor();
      expect(sent).toEqual([]);
    });

    it('opens a chosen one, and goes back to the live trace', async () => {
      const { page } = await open('arriving');
      await says(page, /^Build 4f2c is/);
      const file = { name: 'lost.json', mimeType: 'application/json', buffer: Buffer.from(traceFileText(lost)) };
      await page.locator('input[type=file]').setInputFiles(file);
      await says(page, /^Build 4f2c was on 1 of 3/);
      await page.getByRole('button', { name: 'Follow live' }).click();
      await says(page, /^Build 4f2c is/);
    });

    it('where the built page stands in some folder of a server that knows nothing of it', async () => {
      const server = createServer((request, response) => {
        const path = request.url?.split('?')[0] ?? '';
        if (path.startsWith('/some/folder/')) sendFile(path.slice('/some/folder'.length), response);
        else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
      });
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      const { page } = await open('steady');
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/some/folder/#/trace`);
      await says(page, /^No service answers here\.$/);
      await drop(page, traceFileText(lost), 'lost.json');
      await says(page, /^Build 4f2c was on 1 of 3 edge nodes; /);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    });

    it.each([
      ['nothing', '', /The file is empty\./],
      ['something else', 'HTTP/1.1 200 OK', /begins with/],
      ['JSON of others', '{"hello": 1}', /not of Strata/],
      ['a HAR', '{"log": {"entries": []}}', /it is a HAR/],
      ['a trace that breaks off', traceFileText(lost).slice(0, 5000), /breaks off/],
      ['a trace of tomorrow', traceFileText(lost).replace('"strata":1', '"strata":2'), /version 2/],
      ['a trace with a hole in it', traceFileText(lost).replace('"layers":', '"lairs":'), /cannot be read/],
    ])('says in one sentence what is wrong with %s', async (_, text, words) => {
      const { page } = await open('steady', '#/trace', {}, true);
      await drop(page, text, 'given.json');
      await page.getByRole('alert').filter({ hasText: words }).waitFor();
      await says(page, /^This trace cannot be shown\.$/);
    });

    it('says what is wrong with bytes that are no text', async () => {
      const { page } = await open('steady', '#/trace', {}, true);
      const buffer = Buffer.from([0xff, 0xfe, 0xfd, 0x00, 0x80]);
      await page.locator('input[type=file]').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer });
      await page.getByRole('alert').filter({ hasText: 'x.json is no trace file: it is no text in UTF-8.' }).waitFor();
    });

    it('shows names and sentences of a hostile file as text', async () => {
      const { page } = await open('steady', '#/trace', {}, true);
      const evil = '<img src=x onerror=alert(1)>';
      await drop(page, traceFileText(lost).replaceAll('edge-nyc', evil), 'evil.json');
      await says(page, /^Build 4f2c was on 1 of 3/);
      expect(await page.locator('main img').count()).toBe(0);
      expect(await page.locator(`[data-lane*="onerror"]`).count()).toBe(1);
    });
  });

  describe('with a thousand nodes', () => {
    const thousand = propagation({ id: 'thousand', build: '4f2c', start: START, nodes: 1000 });
    const openThousand = async (): Promise<Page> => {
      const { page } = await open('steady', '#/trace', {}, true);
      const buffer = Buffer.from(traceFileText(thousand));
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'thousand.json', mimeType: 'application/json', buffer });
      await says(page, /^Build 4f2c was on /);
      return page;
    };

    it('draws a line for each and names nine of them; keys walk to any other', async () => {
      const page = await openThousand();
      const slider = page.locator('[data-testid=lanes][data-layer=edge]');
      expect(await slider.getAttribute('aria-valuemax')).toBe('1000');
      expect(await slider.locator('[data-lane]').count()).toBe(9);
      await slider.focus();
      await page.keyboard.press('Home');
      expect(await slider.getAttribute('aria-valuenow')).toBe('1');
      await page.keyboard.press('PageDown');
      await page.keyboard.press('ArrowDown');
      expect(await slider.getAttribute('aria-valuenow')).toBe('11');
      expect(await slider.getAttribute('aria-valuetext')).toMatch(/^edge-\d+, shows it since /);
      expect(await page.getByTestId('story').textContent()).toContain('The start was at');
      const path = await page.locator('[data-layer=edge] > g > path[fill="url(#fill-old)"]').first().getAttribute('d');
      expect(path!.match(/M/g)!.length).toBeGreaterThanOrEqual(1000);
    });

    it('opens a few by their names, as rows that can be read', async () => {
      const page = await openThousand();
      await page.getByLabel('Search lanes').fill('edge-77');
      await expect.poll(() => page.locator('[data-layer=edge] [data-lane]').count()).toBe(11);
    });

    it('lists them in a table, fifty at a time', async () => {
      const page = await openThousand();
      await page.getByRole('button', { name: 'Table' }).click();
      const rows = page.locator('[data-row]');
      expect(await rows.count()).toBe(50);
      const first = await rows.first().getAttribute('data-row');
      await page.getByRole('button', { name: 'Next 50' }).click();
      await page.getByText(/^Page 2 of \d+$/).waitFor();
      expect(await rows.first().getAttribute('data-row')).not.toBe(first);
    });
  });

  describe('can be used by everybody', () => {
    it('from lane to lane, axis, table and back with keys', async () => {
      const { page } = await open('steady', '#/trace/trace-5');
      await says(page, /^Build 66ff/);
      const slider = page.locator('[data-testid=lanes][data-layer=edge]');
      await slider.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const story = page.getByTestId('story');
      expect(await story.getByRole('heading').textContent()).toMatch(/^edge-(ams|gru)/);
      await page.keyboard.press('+');
      await page.getByRole('button', { name: 'Fit' }).and(page.locator(':not([disabled])')).waitFor();
      await page.keyboard.press('0');
      await page.locator('button[disabled]', { hasText: 'Fit' }).waitFor();
      await page.keyboard.press('l');
      await page.getByRole('button', { name: 'Log', exact: true, pressed: true }).waitFor();
      await page.keyboard.press('t');
      await page.getByTestId('lane-table').waitFor();
      await page.keyboard.press('Escape');
      await story.getByText('Choose a lane').waitFor();
    });

    it('says in the table what it draws', async () => {
      const { page } = await open('steady', '#/trace/trace-5');
      await says(page, /^Build 66ff/);
      const drawn = await page
        .locator('[data-lane]')
        .evaluateAll((all) => all.map((l) => `${l.getAttribute('data-lane')} ${l.getAttribute('data-shows')}`));
      await page.keyboard.press('t');
      const listed = await page
        .locator('[data-row]')
        .evaluateAll((all) => all.map((l) => `${l.getAttribute('data-row')} ${l.getAttribute('data-version')}`));
      expect(listed).toEqual(drawn);
      expect(listed).toHaveLength(6);
    });

    it.each([360, 768, 1280, 2560, 3840])('without scrolling sideways at %i pixels', async (width) => {
      const { page } = await open('steady', '#/trace/trace-5', { viewport: { width, height: 900 } });
      await says(page, /^Build 66ff/);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    });

    it.each([
      ['light', 1280, '#/trace/trace-5', ''],
      ['dark', 1280, '#/trace/trace-5', ''],
      ['light', 390, '#/trace/trace-3', ''],
      ['dark', 390, '#/trace/trace-5', 't'],
      ['light', 1280, '#/trace', ''],
    ] as const)('axe objects to nothing: %s, %i pixels, %s %s', async (colorScheme, width, hash, key) => {
      const { page } = await open('arriving', hash, { colorScheme, viewport: { width, height: 900 } });
      await says(page, /^Build/);
      await page.locator('[data-trace]').first().waitFor();
      await page
        .getByRole('button', { name: /^Compare/ })
        .nth(2)
        .click();
      if (key !== '') await page.keyboard.press(key);
      await page.waitForTimeout(700);
      expect(await axe(page)).toEqual([]);
    });

    it('axe objects to nothing where nothing can be shown', async () => {
      const { page } = await open('steady', '#/trace', {}, true);
      await drop(page, '{', 'x.json');
      await page.getByRole('alert').waitFor();
      expect(await axe(page)).toEqual([]);
    });
  });

  describe('saves its picture', () => {
    async function saved(page: Page, kind: 'SVG' | 'PNG'): Promise<{ name: string; bytes: Buffer }> {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: `Save ${kind}` }).click();
      const file = await download;
      return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
    }

    it('as an SVG that stands alone: its colours and textures are in it', async () => {
      const { page } = await open('steady', '#/trace/trace-5');
      await says(page, /^Build 66ff/);
      const { name, bytes } = await saved(page, 'SVG');
      const text = bytes.toString();
      expect(name).toBe('trace-66ff.svg');
      expect(text).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(text).toContain('id="fill-old"');
      expect(text).not.toMatch(/var\(|class="|light-dark|oklab/);
      // drawn by itself, it shows what the page shows
      const alone = await page.context().newPage();
      await alone.goto(`data:image/svg+xml,${encodeURIComponent(text)}`);
      expect(await alone.locator('path[fill="url(#fill-old)"]').count()).toBeGreaterThan(0);
      await alone.getByText('edge-nyc').waitFor();
    });

    it('as a PNG of twice its size', async () => {
      const { page } = await open('steady', '#/trace/trace-5');
      await says(page, /^Build 66ff/);
      const { name, bytes } = await saved(page, 'PNG');
      expect(name).toBe('trace-66ff.png');
      expect(bytes.subarray(1, 4).toString()).toBe('PNG');
      const box = await page.getByTestId('propagation').boundingBox();
      expect(Math.abs(bytes.readUInt32BE(16) - box!.width * 2)).toBeLessThan(3);
    });
  });
});
