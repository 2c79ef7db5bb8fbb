import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

const NAMES = [
  'Айгерим Сапарова',
  'Dilnoza Yusupova',
  'Бекзат Омаров',
  'Gulshan Sadikova',
  'Әсел Төлегенқызы',
  'Нурлан Досов',
];
const SIZE = { width: 1280, height: 860 };

interface Demo {
  /** Address of the API and the console. */
  api: string;
  lms: string;
  lmsToken: string;
  token: string;
}

/**
 * Pictures of the console for the documents: six pages with the demo's fictional data, in English.
 * @returns the names of the files
 */
export async function shootConsole(browser: Browser, demo: Demo, folder: string): Promise<string[]> {
  await addTeachers(demo);
  const context = await browser.newContext({ locale: 'en-GB', viewport: SIZE, colorScheme: 'light' });
  const page = await context.newPage();
  const made: string[] = [];
  const shoot = async (name: string) => {
    await page.waitForLoadState('networkidle');
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: join(folder, name), scale: 'css' });
    made.push(name);
  };
  await page.goto(`${demo.api}/console`);
  await page.getByLabel('Access token').fill(demo.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await shoot('console-today.png');

  await page.getByRole('button', { name: 'Dry run' }).first().click();
  await page.getByRole('button', { name: /^Start for real/ }).waitFor({ timeout: 120_000 });
  await page.getByRole('link', { name: 'rel_2026a' }).click();
  await page.getByRole('heading', { name: 'Start for real' }).waitFor();
  await shoot('console-dry-run.png');

  await page.getByRole('button', { name: /^Start for real/ }).click();
  await page.getByText('A pause holds back').waitFor({ timeout: 120_000 });
  await page.getByText('letter waits').first().waitFor();
  await shoot('console-batch.png');

  await page.goto(`${demo.api}/console/people?state=held&reason=country-conflict`);
  await page.locator('main table a').first().click();
  await page.getByRole('heading', { name: 'Why it is so' }).waitFor();
  await shoot('console-why.png');

  await page.goto(`${demo.api}/console/held/name-unprintable`);
  await page.getByRole('button', { name: 'Save the typed values' }).waitFor();
  await shoot('console-held.png');

  await shootReissue(page, demo.api);
  await shoot('console-reissue.png');
  await context.close();
  return made;
}

/** Corrects a printed name, up to the page that shows the new diploma; nothing is reissued. */
async function shootReissue(page: Page, api: string): Promise<void> {
  await page.goto(`${api}/console/people?state=sent&country=UZ`);
  await page.locator('main table a').first().click();
  await page.locator('summary', { hasText: /^Name$/ }).click();
  const form = page.locator('details', { has: page.locator('summary', { hasText: /^Name$/ }) });
  const name = form.getByLabel('Full name');
  await name.fill(`${await name.inputValue()} qizi`);
  await form.getByLabel('Keep the present Latin name').check();
  await form.getByLabel('Reason').fill('By her passport');
  await form.getByRole('button').click();
  await page.locator('img.paper').waitFor();
}

/** A few more teachers in the demo's LMS, so that a dry run has something to foretell. */
async function addTeachers({ lms, lmsToken }: Demo): Promise<void> {
  const answer = await fetch(`${lms}/student-groups/sg_0001`, { headers: { authorization: `Bearer ${lmsToken}` } });
  assert.equal(answer.status, 200);
  const sample = (await answer.json()) as { student: object };
  for (const [n, fullName] of NAMES.entries()) {
    const student = { ...sample.student, id: `st_9${n}`, fullName, latinName: null, email: `teacher.9${n}@kz.example` };
    const record = { ...sample, id: `sg_9${n}`, status: 'completed', certTemplate: null, student };
    await fetch(`${new URL(lms).origin}/sandbox/student-groups?quiet=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(record),
    });
  }
}
