import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { SANDBOX } from '../../src/commands/sandbox.ts';
import { openPdfium } from '../../src/diploma/check/pdfium.ts';
import { paintPage } from '../../src/diploma/picture/paint-page.ts';
import { ROOT } from '../support/documents.ts';
import { ended, firstMatch, type Letter } from '../support/world.ts';
import { shootConsole } from './console-pictures.ts';
import { openBrowser } from './open-browser.ts';

/** `npm run pictures`: makes the pictures of the documents again, from the demo's fictional data. Needs Chromium. */
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const PICTURES = join(ROOT, 'docs/pictures');
/** The person whose diploma is shown: a Kazakh template shows most about a name in two scripts. */
const TEMPLATE = 'teacher-kk';
const PAGE_WIDTH = 1100;

interface SentLetter extends Letter {
  labels: string[];
}

const folder = await mkdtemp(join(tmpdir(), 'gramota-pictures-'));
const env = {
  PATH: process.env['PATH'] ?? '',
  GRAMOTA_DATA_DIR: folder,
  PUBLIC_URL: 'https://diplomas.example',
};
const demo = spawn(process.execPath, [MAIN, 'demo', '--keep'], {
  env,
  cwd: ROOT,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await openBrowser();
try {
  const started = firstMatch(demo, /stand-in Sendsay (http\S+), API (http\S+), one worker/);
  const [text] = await Promise.all([firstMatch(demo, /([\s\S]*Press Ctrl-C to stop the demo)/), started]);
  const [, lms = '', sendsay = '', api = ''] =
    /stand-in LMS (http[^\s,]+), stand-in Sendsay (http\S+), API (http[^\s,]+)/.exec(text) ?? [];
  const [, token = ''] = /coordinator token: (\S+)/.exec(text) ?? [];

  const answer = await fetch(`${new URL(sendsay).origin}/sandbox/letters`);
  const { letters } = (await answer.json()) as { letters: SentLetter[] };
  const numbered = letters.filter(({ labels }) => labels.includes(TEMPLATE));
  numbered.sort((a, b) =>
    (a.attachments[0]?.name.slice(-10) ?? '').localeCompare(b.attachments[0]?.name.slice(-10) ?? ''),
  );
  const letter = numbered[0];
  assert.ok(letter, `no letter of ${TEMPLATE}`);
  const [, code = ''] = /\/c\/([0-9A-Z]+)/.exec(letter.rendered.text) ?? [];

  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 820, height: 768 } });
  const shoot = async (page: Page, name: string) => page.screenshot({ path: join(PICTURES, name), scale: 'css' });
  const page = await context.newPage();
  await page.goto(`${api}/c/${code}?lang=en`);
  await page.locator('img').first().waitFor();
  await shoot(page, 'lookup-page.png');
  // The letter gets a page of its own, because the policy of the lookup pages forbids its inline styles.
  const mail = await context.newPage();
  await mail.setContent(letter.rendered.html);
  await shoot(mail, 'letter.png');

  const pdf = new Uint8Array(await (await fetch(`${api}/c/${code}/diploma.pdf`)).arrayBuffer());
  const pdfium = await openPdfium();
  await writeFile(join(PICTURES, 'page-one.png'), paintPage(pdfium, pdf, PAGE_WIDTH, 0));
  await writeFile(join(PICTURES, 'page-two.png'), paintPage(pdfium, pdf, PAGE_WIDTH, 1));
  const desk = { api, lms, lmsToken: SANDBOX.lmsToken, token };
  const made = ['lookup-page.png', 'letter.png', 'page-one.png', 'page-two.png'];
  made.push(...(await shootConsole(browser, desk, PICTURES)));
  process.stdout.write(`${PICTURES}: ${made.join(', ')}\n`);
} finally {
  await browser.close();
  await ended(demo, 'SIGTERM');
  await rm(folder, { recursive: true, force: true });
}
