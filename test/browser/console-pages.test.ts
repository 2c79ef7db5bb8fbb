import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { RELEASE } from '../support/world.ts';
import { coordinatorAt } from './console-world.ts';
import { type FullConsole, openFullConsole } from './full-console.ts';
import { HOSTILE, makeAllHostile } from './hostile-texts.ts';
import { axeFaults, kindsOfElements, reordered, standStill, tooWide } from './judge-page.ts';
import { noBrowser, openBrowser } from './open-browser.ts';

const needed = { skip: noBrowser };
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
/** What a window of 1440 pixels has left at 200 percent. */
const ZOOMED = { width: 720, height: 450 };
const HOSTILE_RELEASE = `${RELEASE}"><img src=x onerror=alert(5)>/../?#&'`;
/** Names of fields of the forms. */
const FIELDS =
  'reason note name email fullName latinName country releaseId count class outcome hash id row role form verb allow studentGroupId next language'.split(
    ' ',
  );
/** Elements that no page of the console has, but that hostile texts would make. */
const INJECTED = 'script:not([src]), [onerror], img[src="x"], a[href^="javascript:" i], base, object, embed';

/** Each test is over all pages, because opening a page costs more than looking at it. */
describe('every page of the console', () => {
  let desk: FullConsole;
  let browser: Browser;
  let page: Page;
  /** What the browser complained of on the present page. */
  let complaints: string[] = [];
  /** The kinds of elements that all pages together have with harmless texts. */
  const plain = new Set<string>();

  before(async () => {
    if (noBrowser !== false) return;
    [desk, browser] = await Promise.all([openFullConsole(), openBrowser()]);
    const context = await browser.newContext({ locale: 'en-GB', viewport: WIDE, colorScheme: 'light' });
    context.setDefaultTimeout(120_000);
    await standStill(context);
    page = (await coordinatorAt(context, desk.url, desk.admin)).page;
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (40[0349]|41[35]) /.test(message.text()))
        complaints.push(message.text());
    });
  });
  after(async () => {
    await browser?.close();
    await desk?.close();
  });

  async function open(path: string): Promise<void> {
    complaints = [];
    const answer = await page.goto(`${desk.url}${path}`, { waitUntil: 'load' });
    assert.ok((answer?.status() ?? 500) < 500, `${path}: ${answer?.status()}`);
  }

  it(
    'has nothing that axe finds, on a desk in light and on a telephone in dark, and fits at 200 percent',
    needed,
    async () => {
      const faults: string[] = [];
      for (const { path } of desk.pages) {
        await open(path);
        for (const kind of await kindsOfElements(page)) plain.add(kind);
        const note = (where: string, found: string[]) =>
          faults.push(...found.map((fault) => `${path} ${where}: ${fault}`));
        note('light', await axeFaults(page));
        note('too wide', await tooWide(page));
        await page.setViewportSize(NARROW);
        await page.emulateMedia({ colorScheme: 'dark' });
        note('narrow and dark', await axeFaults(page));
        note('too wide at 390', await tooWide(page));
        await page.setViewportSize(ZOOMED);
        note('too wide at 720', await tooWide(page));
        await page.setViewportSize(WIDE);
        await page.emulateMedia({ colorScheme: 'light' });
        note('complaint', complaints);
      }
      assert.deepEqual(faults, []);
    },
  );

  it('shows hostile texts as texts: nothing runs, nothing is injected, nothing moves', needed, async () => {
    const changed = await makeAllHostile(desk.world.base.db, { [RELEASE]: HOSTILE_RELEASE });
    assert.ok(changed > 200, `${changed} texts are hostile`);
    await page.setViewportSize(NARROW);
    const faults: string[] = [];
    for (const { path } of desk.pages) {
      await open(path.replace(RELEASE, encodeURIComponent(HOSTILE_RELEASE)));
      const note = (what: string, found: string[]) =>
        faults.push(...found.map((fault) => `${path}: ${what}: ${fault}`));
      note(
        'new kind of element',
        (await kindsOfElements(page)).filter((kind) => !plain.has(kind)),
      );
      if ((await page.locator(INJECTED).count()) > 0) note('injected', [INJECTED]);
      note('too wide', await tooWide(page));
      note('moved', await reordered(page, HOSTILE));
      note('complaint', complaints);
    }
    assert.deepEqual(faults, []);
  });

  it('takes hostile texts in every field of every form, and shows them as texts', needed, async () => {
    const faults: string[] = [];
    for (const path of desk.acts) {
      await open('/console/none');
      const action = path.replace(RELEASE, encodeURIComponent(HOSTILE_RELEASE));
      const answered = page.waitForNavigation();
      await page.evaluate(`{
        const form = Object.assign(document.createElement('form'), { method: 'post', action: ${JSON.stringify(action)} });
        for (const name of ${JSON.stringify(FIELDS)}) form.append(Object.assign(document.createElement('input'), { name, value: ${JSON.stringify(HOSTILE)} }));
        document.body.append(form);
        form.submit();
      }`);
      const answer = await answered;
      if ((answer?.status() ?? 500) >= 500) faults.push(`${path}: ${answer?.status()}`);
      if ((await page.locator(INJECTED).count()) > 0) faults.push(`${path}: elements were injected`);
      faults.push(
        ...(await tooWide(page)).map((fault) => `${path}: ${fault}`),
        ...complaints.map((fault) => `${path}: ${fault}`),
      );
    }
    assert.deepEqual(faults, []);
  });
});
