import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { until } from '../support/world.ts';
import { type ConsoleWorld, coordinatorAt, oneName, openConsoleWorld } from './console-world.ts';
import { BY_KEYBOARD, focused, hasFocus, tabTo } from './hands.ts';
import { noBrowser, openBrowser } from './open-browser.ts';

const needed = { skip: noBrowser };

describe('the console by keyboard', () => {
  let desk: ConsoleWorld;
  let browser: Browser;
  let page: Page;
  before(async () => {
    if (noBrowser !== false) return;
    [desk, browser] = await Promise.all([openConsoleWorld(), openBrowser()]);
    const context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(30_000);
    page = (await coordinatorAt(context, desk.url, await desk.token('Olga'), BY_KEYBOARD)).page;
  });
  after(async () => {
    await browser?.close();
    await desk?.close();
  });

  /** A batch that does not end: nothing of it is judged. */
  async function pausedBatch(): Promise<string> {
    const batch = await desk.world.batch({ ids: [await desk.teacher(oneName('Камила'))] });
    await desk.world.base.db('batch').where({ id: batch }).update({ paused_at: new Date() });
    return batch;
  }

  it('leads past the menu by the first stop of every page', needed, async () => {
    await page.goto(`${desk.url}/console/people`);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate<boolean>(`document.querySelector('main').contains(document.activeElement)`));
  });

  it(
    'keeps the focus while live texts change, and when the page is loaded again because they did',
    needed,
    async () => {
      const batch = await pausedBatch();
      await page.goto(`${desk.url}/console/batches/${batch}`);
      const search = page.getByRole('button', { name: 'Search' });
      await tabTo(search);
      await page.evaluate('globalThis.before = true');
      await desk.world.base.db('batch').where({ id: batch }).update({ paused_at: null });
      await until(
        'the page to be loaded again',
        async () => (await page.evaluate('globalThis.before').catch(() => true)) === undefined,
      );
      await page.waitForLoadState('load');
      await until('the focus to be back', async () => (await focused(page)) === 'Search');
    },
  );

  it(
    'says that the batch has changed, and does not load the page again, under a form that was unfolded',
    needed,
    async () => {
      const batch = await pausedBatch();
      await page.goto(`${desk.url}/console/batches/${batch}`);
      await BY_KEYBOARD.press(page.locator('summary', { hasText: 'Cancel for good' }));
      await page.evaluate('globalThis.before = true');
      // The page closes the stream when it has ended, which Chromium reports as a request that was broken off.
      const ended = new Promise<void>((resolve) => {
        for (const event of ['requestfinished', 'requestfailed'] as const)
          page.on(event as 'requestfinished', (request) => {
            if (request.url().endsWith('/live')) resolve();
          });
      });
      await desk.world.base.db('batch').where({ id: batch }).update({ cancelled_at: new Date() });
      await ended;
      // The stream has ended: nothing else could have the page loaded again.
      await page.waitForLoadState('networkidle');
      assert.equal(await page.evaluate('globalThis.before'), true);
      await page.getByText('has changed meanwhile').waitFor();
    },
  );

  it('asks in a dialog that holds the focus, and gives it back', needed, async () => {
    await page.goto(`${desk.url}/console/batches/${await pausedBatch()}`);
    const form = page.locator('details', { has: page.locator('summary', { hasText: 'Cancel for good' }) });
    await BY_KEYBOARD.press(form.locator('summary'));
    const send = form.locator('form[data-ask] button');
    await BY_KEYBOARD.press(send);
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    assert.equal(await focused(page), 'Back', 'the harmless answer has the focus');
    for (let stop = 0; stop < 6; stop += 1) {
      await page.keyboard.press('Tab');
      const place = `document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)`;
      assert.ok(await page.evaluate<boolean>(place), 'Tab does not leave the dialog');
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.ok(await hasFocus(send), 'the button has the focus again');
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await BY_KEYBOARD.press(dialog.getByRole('button', { name: 'Cancel for good' }));
    await page.getByText('cancelled').first().waitFor();
  });
});
