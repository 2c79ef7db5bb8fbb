import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { noBrowser, openBrowser } from './open-browser.ts';
import { openSite, type PublicSite, type Shown } from './site.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Set on each test, not on the suite, because only tests are counted as skipped. */
const needed = { skip: noBrowser };
/** A name of this machine that browsers treat as insecure, unlike its loopback address. */
const INSECURE = 'plain.test';

let site: PublicSite;
let browser: Browser;
let context: BrowserContext;
const shown: Record<'valid' | 'other' | 'corrected' | 'revoked' | 'arabic', Shown> = {} as never;

before(async () => {
  if (noBrowser !== false) return;
  [site, browser] = await Promise.all([openSite(), openBrowser([INSECURE])]);
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(15_000);
  shown.valid = await site.issue({});
  shown.other = await site.issue({});
  shown.corrected = await site.issue({}, { holderName: 'Әсел Серікқызы' });
  shown.revoked = await site.issue({});
  await site.revoke(shown.revoked, 'name-wrong');
  shown.arabic = await site.issue({ holderName: 'عبد الرحمن بن يوسف', latinName: 'Abdulrahman bin Yusuf' });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens a page, runs an action, and returns all requests and console messages of the page. */
async function on<T>(
  path: string,
  act: (page: Page) => Promise<T>,
  options: { origin?: string; expected?: RegExp } = {},
): Promise<T> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const expected = options.expected ?? /^Failed to load resource: the server responded with a status of 4/;
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text());
  });
  try {
    await page.goto(`${options.origin ?? site.url}${path}`);
    const result = await act(page);
    assert.deepEqual(complaints, [], `the browser's complaints of ${path}`);
    return result;
  } finally {
    await page.close();
  }
}

/** Gives a file to the page and returns the answer text. */
async function check(page: Page, bytes: Buffer, name = 'given.pdf'): Promise<string> {
  await page.locator('#check-input').setInputFiles({ name, mimeType: 'application/pdf', buffer: bytes });
  await page.locator('#check-answer h3').waitFor();
  return page.locator('#check-answer').innerText();
}

const last = ({ files }: Shown): Buffer => files.at(-1) ?? Buffer.alloc(0);

describe('the file check on a certificate page', () => {
  it(
    'recognises the issued file, an edited file and a file of another certificate, and sends nothing to the server',
    needed,
    async () => {
      const look = async (page: Page) => {
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        assert.match(await check(page, last(shown.valid)), /^Your file is identical to the issued file\n/);
        const edited = Buffer.concat([last(shown.valid), Buffer.from('\n% edited')]);
        const answer = await check(page, edited);
        assert.match(answer, /^The file was changed after it was issued\n/);
        assert.match(answer, /Every way of saving the file again changes the fingerprint/);
        assert.match(answer, /Fingerprint of your file:\s[0-9a-f]{64}/);
        assert.match(await check(page, last(shown.other)), /^The file is not a diploma of ours\n/);
        assert.match(await check(page, Buffer.from('%PDF-1.7 /Encrypt 1 0 R')), /^The file is different\n/);
        assert.match(
          await check(page, last(shown.valid)),
          /^Your file is identical to the issued file\n/,
          'after a wrong one',
        );
        assert.match(await check(page, Buffer.from('GIF89a'), 'photo.gif'), /^This is not a PDF\n/);
        const scripts = asked.map((address) => new URL(address).pathname);
        assert.deepEqual(scripts, ['/file-facts.js', '/pdf-text.js'], 'only the scripts that read a file');
        await assert.rejects(
          page.evaluate(`fetch('/c/x', { method: 'POST', body: 'x' })`),
          'the policy forbids it too',
        );
      };
      await on(`/c/${shown.valid.code}`, look, { expected: /Content Security Policy/ });
    },
  );

  it('accepts a file that is dropped anywhere on the page, and can be used by keyboard', needed, async () => {
    await on(`/c/${shown.valid.code}?lang=kk`, async (page) => {
      const bytes = JSON.stringify([...last(shown.valid)]);
      await page.evaluate(`{
        const files = new DataTransfer();
        files.items.add(new File([new Uint8Array(${bytes})], 'given.pdf'));
        const drop = (type) => document.querySelector('h1').dispatchEvent(
          new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
        drop('dragover'); drop('drop');
      }`);
      await page.locator('#check-answer h3').waitFor();
      assert.match(await page.locator('#check-answer').innerText(), /^Файл сәйкес келеді\n/);
      assert.equal(page.url(), `${site.url}/c/${shown.valid.code}?lang=kk`);

      const chosen = page.waitForEvent('filechooser');
      await page.locator('#check-input').focus();
      await page.keyboard.press('Enter');
      await chosen;
    });
  });

  it('shows a link to the current version for a file of an older version', needed, async () => {
    await on(`/c/${shown.corrected.code}`, async (page) => {
      const [former = Buffer.alloc(0), current = Buffer.alloc(0)] = shown.corrected.files;
      assert.match(await page.locator('.verdict').first().innerText(), /This is version 2 of/);
      assert.match(await check(page, current), /^Your file is identical to the issued file\n/);
      assert.match(
        await check(page, former),
        /^The file is genuine, but a newer version exists\n+.*version 1\. Version 2 of/,
      );
      await page.locator('#check-answer a', { hasText: 'version 1' }).click();
      await page.waitForURL(/version=1/);
      assert.match(await page.locator('h1').innerText(), /has been replaced/);
      assert.match(await page.locator('#holder').innerText(), /Нұрмұхамедова/);
      await page.locator('.langs summary').click();
      await page.locator('.bar a', { hasText: 'Русский' }).click();
      assert.match(await page.locator('h1').innerText(), /^Эта версия диплома заменена$/, 'in another language, too');
      await page.locator('.verdict a').click();
      assert.match(await page.locator('#holder').innerText(), /Серікқызы/);
    });
  });

  it('reports a file of a revoked certificate as genuine but not valid', needed, async () => {
    await on(`/c/${shown.revoked.code}`, async (page) => {
      const told = await page.locator('.verdict').first().innerText();
      assert.match(told, /has been revoked\n+Revoked on 21 November 2026.*\n+Reason: error in the name\.$/s);
      assert.match(await check(page, last(shown.revoked)), /^The file is genuine, but the diploma is revoked\n/);
      assert.equal(await page.locator('img, a[href$=".pdf"], a[href*="linkedin"]').count(), 0);
    });
  });

  it('explains how to check a file by hand when the page was not loaded over HTTPS', needed, async () => {
    const origin = site.url.replace('127.0.0.1', INSECURE);
    const read = async (page: Page) => {
      assert.equal(await page.locator('#check-place').isVisible(), false);
      await page.locator('.sheet summary').click();
      return page.locator('section', { has: page.locator('#check-answer') }).innerText();
    };
    const told = await on(`/c/${shown.valid.code}`, read, { origin, expected: /Cross-Origin-Opener-Policy/ });
    assert.match(told, /only on HTTPS pages[\s\S]*certutil -hashfile[\s\S]*sha256sum/);
  });
});

describe('a public page without JavaScript', () => {
  it('shows everything except the file check, which needs JavaScript', needed, async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false, locale: 'ru-RU' });
    const page = await plain.newPage();
    await page.goto(`${site.url}/c/${shown.valid.code}`);
    assert.equal(await page.locator('h1').innerText(), 'Диплом действителен');
    assert.equal(await page.locator('#check-file').isVisible(), false);
    assert.equal(await page.locator('.sheet summary').isVisible(), true);
    await plain.close();
  });
});

describe('every public page', () => {
  const pages = (): [string, string][] => [
    ['valid', `/c/${shown.valid.code}?lang=ru`],
    ['of a former version', `/c/${shown.corrected.code}?version=1&lang=uz`],
    ['revoked', `/c/${shown.revoked.code}?lang=kk`],
    ['unknown', '/c/none'],
    ['search', '/'],
  ];
  it('has no axe violation and no horizontal scrolling at 1440 and 390 pixels width', needed, async () => {
    for (const [name, path] of pages()) {
      await on(path, async (page) => {
        if (name === 'valid') await check(page, Buffer.from('%PDF-1.7 other'));
        // Injected from outside, so that the page keeps its own Content-Security-Policy.
        await page.evaluate(AXE);
        for (const width of [1440, 390]) {
          await page.setViewportSize({ width, height: 900 });
          const found = await page.evaluate(
            `axe.run().then(({ violations }) => violations.map((one) => one.id + ' ' + one.nodes.map((node) => node.html)))`,
          );
          assert.deepEqual(found, [], `${name} at ${width}`);
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, name);
        }
      });
    }
  });

  it('shows the image of the diploma, and each name in the direction of its script', needed, async () => {
    await on(`/c/${shown.arabic.code}`, async (page) => {
      const size = `{ const image = document.querySelector('.picture img');
        image.decode().then(() => [image.naturalWidth, image.naturalHeight]) }`;
      assert.deepEqual(await page.evaluate(size), [1400, 990]);
      const direction = `getComputedStyle(document.querySelector('#holder bdi')).direction`;
      assert.equal(await page.evaluate(direction), 'rtl');
    });
  });
});
