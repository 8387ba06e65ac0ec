// Does the page explain whatever it is given, without a service if need be? The browser is real; so are the saved responses.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, needsChromium } from './chromium.ts';
import { startFixture } from './fixture-server.ts';
import type { Fixture } from './fixture-server.ts';

const built = existsSync(fileURLToPath(new URL('../../dist/web/index.html', import.meta.url)));

const PASTED = [
  'HTTP/1.1 200 OK',
  'Date: Sun, 22 Nov 2026 23:35:36 GMT',
  'Cache-Control: max-age=60, s-maxage=600',
  'Set-Cookie: session=6bd1c7e2f0a94d5b; Path=/',
  'X-Varnish: 32770 65601',
  'Age: 42',
  'Via: 1.1 varnish (Varnish/7.1)',
  '',
  '',
].join('\r\n');

const har = (count: number): string =>
  JSON.stringify({
    log: {
      version: '1.2',
      creator: { name: 'composed', version: '1' },
      entries: Array.from({ length: count }, (_, i) => ({
        startedDateTime: '2026-11-22T23:35:36.000Z',
        time: 12,
        request: { method: 'GET', url: `https://shop.example/part-${i}.js?token=secret${i}`, headers: [] },
        response: {
          status: i === 437 ? 404 : 200,
          headers: [
            { name: 'Cache-Control', value: 'public, max-age=600' },
            { name: 'Age', value: String(i) },
            { name: 'CF-Cache-Status', value: i % 2 === 0 ? 'HIT' : 'MISS' },
          ],
        },
      })),
    },
  });

describe.skipIf(!needsChromium())('the page explains', () => {
  let browser: Browser;
  let fixture: Fixture;
  let opened: { page: Page; complaints: string[] }[] = [];

  beforeAll(async () => {
    if (!built) throw new Error('dist/web is missing: run `npm run build` first.');
    browser = await launch();
    fixture = await startFixture('steady');
  });
  afterAll(async () => {
    await browser.close();
    await fixture.close();
  });
  afterEach(async () => {
    fixture.silence(false);
    const complaints = opened.flatMap((o) => o.complaints);
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
    opened = [];
    expect(complaints).toEqual([]);
  });

  async function open(options: BrowserContextOptions = {}, hash = '#/explain'): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (e) => complaints.push(e.message));
    page.on('console', (m) => m.type() === 'error' && !/ERR_|status of/.test(m.text()) && complaints.push(m.text()));
    opened.push({ page, complaints });
    await page.goto(`${fixture.url}/${hash}`);
    await sentence(page).waitFor();
    return page;
  }
  const sentence = (page: Page) => page.getByTestId('sentence');
  const says = (page: Page, words: RegExp) => sentence(page).filter({ hasText: words }).waitFor();
  const text = (page: Page) => page.getByLabel('Response headers, or a HAR');
  const line = (page: Page, name: string) => page.locator(`[data-testid=line][data-name="${name}"]`);
  const give = async (page: Page, given: string): Promise<void> => {
    await text(page).fill(given);
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
  };
  /** Pastes as the keyboard does, without asking the system for its clipboard. */
  const paste = (page: Page, given: string): Promise<void> =>
    page.evaluate(`{
      const area = document.getElementById('pasted');
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ${JSON.stringify(given)});
      if (area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))) {
        area.value += ${JSON.stringify(given)};
        area.dispatchEvent(new Event('input', { bubbles: true }));
      }
      undefined;
    }`);
  /** Drops a file; text where it has no name. */
  const drop = (page: Page, given: string, name: string): Promise<void> =>
    page.evaluate(`{
      const dataTransfer = new DataTransfer();
      if (${JSON.stringify(name)} === '') dataTransfer.setData('text/plain', ${JSON.stringify(given)});
      else dataTransfer.items.add(new File([${JSON.stringify(given)}], ${JSON.stringify(name)}));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      undefined;
    }`);
  const isMarked = async (marked: ReturnType<typeof line>): Promise<boolean> =>
    (await marked.getAttribute('class'))?.split(' ').includes('marked') ?? false;

  describe('what it is given', () => {
    it('pasted text, at once: who answered, how old it is and how long that lasts', async () => {
      const page = await open();
      await paste(page, PASTED);
      await says(
        page,
        /^Varnish answered from its store\. The copy is 42 s old and stays fresh for another 9 min 18 s\.$/,
      );
      expect(await page.getByTestId('hop').count()).toBe(1);
      expect(await line(page, 'x-varnish').textContent()).toContain('Tells what Varnish did.');
      expect(await line(page, 'cache-control').textContent()).toContain(
        'Decides how long a shared cache keeps it fresh.',
      );
    });

    it('a dropped file and dropped text', async () => {
      const page = await open();
      await drop(page, PASTED, 'saved.txt');
      await says(page, /^Varnish answered/);
      await page.getByText('saved.txt').waitFor();
      await drop(page, PASTED.replace('Age: 42', 'Age: 43'), '');
      await says(page, /43 s old/);
    });

    it('a chosen file', async () => {
      const page = await open();
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'a.har', mimeType: 'application/json', buffer: Buffer.from(har(3)) });
      await says(page, /^Cloudflare answered/);
    });

    it('each example, which is marked as composed', async () => {
      const page = await open();
      const examples = page.locator('.example');
      const count = await examples.count();
      expect(count).toBeGreaterThanOrEqual(2);
      for (let i = 0; i < count; i++) {
        await examples.nth(i).click();
        await page.getByText('Composed example:').waitFor();
        await page.getByRole('button', { name: 'Explain another' }).click();
      }
    });

    it('nothing of it leaves the browser', async () => {
      const page = await open();
      const sent: string[] = [];
      page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
      await paste(page, PASTED);
      await says(page, /^Varnish answered/);
      expect(sent.filter((one) => !one.startsWith('GET /assets/'))).toEqual([]);
    });

    it('without any service behind it', async () => {
      const page = await open();
      fixture.silence(true);
      await page.getByLabel(/URL/).fill('https://shop.example/');
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByRole('alert').filter({ hasText: 'No service answers here' }).waitFor();
      await give(page, PASTED);
      await says(page, /^Varnish answered/);
    });
  });

  describe('a URL that the service', () => {
    const asks = async (page: Page, status: number, document: object): Promise<void> => {
      await page.route('**/api/v1/explain', (route) =>
        route.fulfill({
          status,
          contentType: status < 400 ? 'application/json' : 'application/problem+json',
          body: JSON.stringify(document),
        }),
      );
      await page.getByLabel(/URL/).fill('https://shop.example/');
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
    };

    it('refuses: with its sentence', async () => {
      const page = await open();
      await asks(page, 400, { title: 'Bad request', detail: 'This service asks only hosts of its topology.' });
      await page.getByRole('alert').filter({ hasText: 'This service asks only hosts of its topology.' }).waitFor();
    });

    it('answers: with hops, lines and notes', async () => {
      const page = await open();
      const response = {
        url: 'https://shop.example/',
        status: 200,
        age: 7,
        caches: [
          { dialect: 'varnish', cacheStatus: { hit: true }, says: 'answered from its store', age: 7, by: 'X-Varnish' },
        ],
        notes: [],
        fields: [
          ['X-Varnish', '3 2'],
          ['Age', '7'],
        ],
      };
      await asks(page, 200, { strata: 1, verb: 'explain', responses: [response] });
      await says(page, /^Varnish answered from its store\. The copy is 7 s old\.$/);
      expect(await page.getByTestId('line').count()).toBe(2);
    });

    it('is never asked for because of a link: that only fills the field', async () => {
      const page = await open({}, '#/explain?url=https%3A%2F%2Fshop.example%2F');
      expect(await page.getByLabel(/URL/).inputValue()).toBe('https://shop.example/');
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    it('could not be asked for: it says so itself', async () => {
      const page = await open();
      await page.getByLabel(/URL/).fill('ftp://shop.example/');
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByRole('alert').filter({ hasText: 'http:// or https://' }).waitFor();
    });
  });

  describe('a HAR of 500 responses', () => {
    it('as a list that is capped, counted and searched', async () => {
      const page = await open();
      await drop(page, har(500), 'site.har');
      await page.getByText('500 responses, the first 100 shown').waitFor();
      expect(await page.locator('.chain li').count()).toBe(101);
      await page.getByRole('searchbox').fill('part-437');
      await page.getByText('1 of 500 responses').waitFor();
      await page.locator('.chain li button').click();
      await page.getByText('Status 404').waitFor();
    });

    it('without the secrets in its URLs', async () => {
      const page = await open();
      await drop(page, har(20), 'site.har');
      await page.getByText('20 responses').waitFor();
      expect(await page.content()).not.toContain('secret1');
    });

    it('of which each can be reached with keys', async () => {
      const page = await open();
      await drop(page, har(500), 'site.har');
      await page.getByRole('searchbox').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await says(page, /^Cloudflare had nothing stored/);
    });
  });

  describe('why it cannot be explained, in one sentence', () => {
    it.each([
      ['nothing', '', /is empty/],
      ['prose', 'Dear Sir or Madam,\nplease find attached', /The pasted text .*\.$/],
      ['a HAR that breaks off', har(2).slice(0, 300), /breaks off before its end/],
      ['other JSON', '{"a": 1}', /is JSON but no HAR/],
      ['a NUL in a head', 'HTTP/1.1 200 OK\r\nAge: 1\0\r\n\r\n', /NUL/],
    ])('%s', async (_, given, words) => {
      const page = await open();
      await give(page, given);
      await page.getByRole('alert').filter({ hasText: words }).waitFor();
      await text(page).waitFor();
    });
  });

  describe('hides', () => {
    it('the value of a cookie until it is asked for', async () => {
      const page = await open();
      await give(page, PASTED);
      expect(await page.locator('main').textContent()).not.toContain('6bd1c7e2f0a94d5b');
      expect(await line(page, 'set-cookie').textContent()).toContain('session=••••••; Path=/');
      await page.getByRole('button', { name: 'Show hidden values' }).click();
      expect(await line(page, 'set-cookie').textContent()).toContain('6bd1c7e2f0a94d5b');
    });
  });

  describe('with keys alone', () => {
    it('gives focus to the answer, then to a cache, its line, and back', async () => {
      const page = await open();
      const focused = (): Promise<string> => page.evaluate('document.activeElement?.id ?? ""');
      await text(page).fill(PASTED);
      await page.keyboard.press('Control+Enter');
      await says(page, /^Varnish answered/);
      await expect.poll(focused).toBe('sentence');
      await page.getByTestId('hop').focus();
      expect(await isMarked(line(page, 'x-varnish'))).toBe(true);
      expect(await isMarked(line(page, 'cache-control'))).toBe(false);
      await page.keyboard.press('Enter');
      expect(await focused()).toBe('line-of-0');
      expect(await isMarked(page.getByTestId('hop'))).toBe(true);
      await page.keyboard.press('Enter');
      expect(await focused()).toBe('cache-0');
      await page.keyboard.press('Escape');
      await expect.poll(focused).toBe('pasted');
    });

    it('leads from a line to its note and back', async () => {
      const page = await open();
      const focused = (): Promise<string> => page.evaluate('document.activeElement?.id ?? ""');
      await give(page, PASTED);
      const name = await line(page, 'set-cookie').getAttribute('id');
      await line(page, 'set-cookie').getByRole('button', { name: /note/ }).press('Enter');
      expect(await focused()).toMatch(/^note-\d+$/);
      await page.locator('details[open] .link', { hasText: 'Set-Cookie' }).first().press('Enter');
      expect(await focused()).toBe(name);
    });
  });

  describe('beside the live page', () => {
    it('is reached from its navigation, by address, and by going back', async () => {
      const page = await open({}, '#/explain');
      await page.getByRole('link', { name: 'Live' }).click();
      await page.getByTestId('answer').filter({ hasText: 'Everything serves build' }).waitFor();
      await page.getByRole('link', { name: 'Explain' }).click();
      await sentence(page).waitFor();
      expect(await page.title()).toBe('Explain · Strata');
      await page.goBack();
      await page.getByTestId('answer').waitFor();
    });

    it('is not fetched before somebody wants it', async () => {
      const page = await open();
      const scripts: string[] = [];
      page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
      await page.goto('about:blank');
      await page.goto(`${fixture.url}/`);
      await page.getByTestId('answer').filter({ hasText: 'Everything' }).waitFor();
      expect(scripts.filter((path) => path.includes('Explain'))).toEqual([]);
    });
  });

  describe('can be read by everybody', () => {
    it.each([
      [1280, 'light'],
      [1280, 'dark'],
      [390, 'light'],
      [390, 'dark'],
    ] as const)('%i px, %s: nothing that axe objects to, nothing wider than the window', async (width, colorScheme) => {
      const page = await open({ viewport: { width, height: 900 }, colorScheme });
      const objections = async (): Promise<string[]> => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
        return violations.flatMap((v) =>
          v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)} ${n.failureSummary ?? ''}`),
        );
      };
      expect(await objections()).toEqual([]);
      await give(page, '');
      expect(await objections()).toEqual([]);
      for (const example of await page.locator('.example strong').allTextContents()) {
        await page.getByRole('button', { name: example }).click();
        await page.getByText('Composed example:').waitFor();
        expect(await objections()).toEqual([]);
        await page.keyboard.press('Escape');
      }
      await drop(page, har(200), 'site.har');
      await page.getByText('200 responses, the first 100 shown').waitFor();
      expect(await objections()).toEqual([]);
    });

    it('moves nothing by itself once it is shown', async () => {
      const page = await open();
      await page.getByRole('button', { name: /An edge over/ }).click();
      await sentence(page).waitFor();
      const shift = await page.evaluate(
        `new Promise((done) => { let sum = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; }).observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done(sum), 900); })`,
      );
      expect(shift).toBeLessThan(0.02);
    });
  });
});
