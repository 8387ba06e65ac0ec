// Does the page say, draw and obey what it promises? A made-up site plays over the real API; the browser is real.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, needsChromium } from './chromium.ts';
import { startFixture } from './fixture-server.ts';
import type { Fixture, Scenario } from './fixture-server.ts';

const built = existsSync(fileURLToPath(new URL('../../dist/web/index.html', import.meta.url)));

describe.skipIf(!needsChromium())('the page', () => {
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
  async function open(
    scenario: Scenario,
    query = '',
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; fixture: Fixture }> {
    const fixture = await startFixture(scenario);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (e) => complaints.push(e.message));
    page.on('console', (m) => m.type() === 'error' && !m.text().includes('ERR_') && complaints.push(m.text()));
    opened.push({ fixture, page, complaints });
    await page.goto(`${fixture.url}/${query}`);
    await answer(page).filter({ hasNotText: 'Looking' }).waitFor();
    return { page, fixture };
  }
  const says = (page: Page, words: RegExp) => answer(page).filter({ hasText: words }).waitFor({ timeout: 15_000 });
  const cell = (page: Page, node: string) => page.locator(`[data-testid=cell][data-node="${node}"]`);

  describe('says', () => {
    it.each([
      ['unanswered', /^Nothing has answered yet\.$/],
      ['steady', /^Everything serves build 9a01\.$/],
      ['half-rolled', /^1 of 2 origin nodes serves build 4f2c; app-2 still serves 9a01\.$/],
      [
        'rising',
        /^Build 4f2c is live at the origin\. All 3 edge nodes and shield-1 still serve 9a01; the last lets go/,
      ],
      ['visible', /^Build 4f2c is visible everywhere since \d\d:\d\d:\d\d\.\d, .* after the deploy\.$/],
      ['failed', /the last that answers lets go/],
    ] as const)('%s: the sentence for it', async (scenario, words) => {
      const { page } = await open(scenario);
      await says(page, words);
    });

    it('that the service cannot be reached, and takes up the thread when it is back', async () => {
      const { page, fixture } = await open('rising');
      fixture.silence(true);
      fixture.drop();
      await page.getByText('The connection is lost').waitFor({ timeout: 10_000 });
      fixture.silence(false);
      await page.getByText('The connection is lost').waitFor({ state: 'detached', timeout: 15_000 });
    });

    it('a countdown that counts', async () => {
      const { page } = await open('rising');
      const before = await page.getByTestId('countdown').textContent();
      await expect.poll(() => page.getByTestId('countdown').textContent(), { timeout: 5000 }).not.toBe(before);
    });
  });

  describe('obeys', () => {
    it('Deploy: the new build is at the origin, then the sentence follows', async () => {
      const { page } = await open('steady');
      await page.getByRole('button', { name: 'Deploy' }).click();
      await says(page, /^Build 51c0 is live at the origin/);
      expect(await cell(page, 'app-1').getAttribute('data-version')).toBe('new');
      expect(await cell(page, 'edge-ams').getAttribute('data-version')).toBe('old');
    });

    it('Purge inside out: the change is visible everywhere at once', async () => {
      const { page } = await open('rising');
      await page.getByRole('button', { name: 'Purge inside out' }).click();
      await says(page, /^Build 4f2c is visible everywhere/);
    });

    it('a purge of the edge alone: the old page wells up again, and the cell says so', async () => {
      const { page } = await open('race');
      await cell(page, 'edge-ams').filter({ hasText: 'old again' }).waitFor();
      expect(await cell(page, 'edge-ams').getAttribute('aria-label')).toContain('old again, refilled from shield-1');
    });

    it('with a refusal in place when the service refuses', async () => {
      const { page } = await open('steady');
      await page.route('**/api/v1/lab/deploy', (route) =>
        route.fulfill({
          status: 409,
          contentType: 'application/problem+json',
          body: JSON.stringify({ title: 'Conflict', detail: 'A deploy is still rolling.' }),
        }),
      );
      await page.getByTestId('deploy').click();
      await page.getByRole('alert').filter({ hasText: 'Deploy: A deploy is still rolling.' }).waitFor();
      opened[0]!.complaints.splice(0);
    });
  });

  describe('can be walked with keys', () => {
    it('from cell to cell; Enter reads, Esc closes and gives the focus back', async () => {
      const { page } = await open('rising');
      const focused = () => page.evaluate('document.activeElement?.getAttribute("data-node")');
      await cell(page, 'edge-ams').focus();
      await page.keyboard.press('ArrowRight');
      expect(await focused()).toBe('edge-nyc');
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toBe('shield-1');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'shield-1', exact: true }).waitFor();
      expect(await cell(page, 'shield-1').getAttribute('aria-pressed')).toBe('true');
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: 'shield-1', exact: true }).waitFor({ state: 'detached' });
      expect(await focused()).toBe('shield-1');
    });

    it('with one cell in the tab order', async () => {
      const { page } = await open('rising');
      expect(await page.locator('[data-testid=cell][tabindex="0"]').count()).toBe(1);
    });

    it('to an event of the past and back to now', async () => {
      const { page } = await open('rising');
      for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
      await page.getByRole('button', { name: 'Back to now' }).waitFor();
      await says(page, /^(Everything serves build 9a01\.|.* is deployed|1 of 2 origin|The nodes disagree|Build)/);
      expect(page.url()).toMatch(/at=\d+/);
      await page.keyboard.press('n');
      await page.getByRole('button', { name: 'Back to now' }).waitFor({ state: 'detached' });
    });

    it('to the list of keys', async () => {
      const { page } = await open('steady');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
    });
  });

  it('shows the past as it was: before the deploy everything served the old build', async () => {
    const { page } = await open('rising', `?at=${(Date.now() / 1000 - 20).toFixed(3)}`);
    await says(page, /^Everything serves build 9a01\.$/);
    expect(await cell(page, 'app-1').getAttribute('data-version')).toBe('new');
  });

  it('says in the table what it draws in the picture', async () => {
    const { page } = await open('rising');
    const drawn = await page
      .getByTestId('cell')
      .evaluateAll((all) => all.map((c) => `${c.getAttribute('data-key')} ${c.getAttribute('data-version')}`));
    const listed = await page
      .locator('[data-row]')
      .evaluateAll((all) => all.map((r) => `${r.getAttribute('data-row')} ${r.getAttribute('data-version')}`));
    expect(listed).toEqual(drawn);
    expect(listed).toHaveLength(6);
  });

  it('opens from its address as it was left', async () => {
    const { page } = await open('steady');
    await cell(page, 'edge-gru').click();
    await page.keyboard.press('t');
    await page.getByRole('table').waitFor();
    const { search } = new URL(page.url());
    expect(search).toBe('?cell=edge/edge-gru&view=table');
    await page.reload();
    await page.getByRole('heading', { name: 'edge-gru', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Table' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('explains the field lines and marks the one that decided', async () => {
    const { page } = await open('rising', '?cell=edge/edge-ams');
    const words = page.getByTestId('words');
    await words.getByText('Two ids: a hit.').waitFor();
    await words.getByText('This decides here.').waitFor();
    await words
      .getByText(/known to \d+ ms|between/)
      .first()
      .waitFor();
  });

  it.each([360, 390, 768, 1280, 3840])('never scrolls sideways at %i pixels', async (width) => {
    const { page } = await open('sixty', '', { viewport: { width, height: 900 } });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  it('has no dots travelling where motion is not wanted', async () => {
    const { page } = await open('steady', '', { reducedMotion: 'reduce' });
    await page.waitForTimeout(1500);
    expect(await page.locator('circle.traveller:visible').count()).toBe(0);
  });

  describe('has nothing that axe objects to', () => {
    it.each([
      ['light', 1280, ''],
      ['dark', 1280, ''],
      ['light', 390, ''],
      ['dark', 390, '?cell=edge/edge-ams'],
      ['light', 1280, '?cell=edge/edge-ams&view=table'],
    ] as const)('%s at %i pixels %s', async (colorScheme, width, query) => {
      const { page } = await open('rising', query, { colorScheme, viewport: { width, height: 900 } });
      await page.waitForTimeout(700);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(
          (v) =>
            `${v.id}: ${v.nodes
              .map((n) => n.target.join(' '))
              .slice(0, 3)
              .join(' | ')}`,
        ),
      ).toEqual([]);
    });
  });
});
