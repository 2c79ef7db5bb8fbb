import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type ConsoleWorld, type Coordinator, coordinatorAt, oneName, openConsoleWorld } from './console-world.ts';
import { BY_KEYBOARD, BY_POINTER, tabTo } from './hands.ts';
import { noBrowser, openBrowser } from './open-browser.ts';

const needed = { skip: noBrowser };
/** Clicks and fields from the sign-in to the end of a job. */
const MOST_ACTIONS = 8;
const NOBODY_KNOWS = { student: { country: null, phone: null, timezone: null }, registration: null };

describe('the console', () => {
  let desk: ConsoleWorld;
  let browser: Browser;
  let token: string;
  before(async () => {
    if (noBrowser !== false) return;
    [desk, browser] = await Promise.all([openConsoleWorld(), openBrowser()]);
    token = await desk.token('Olga');
  });
  after(async () => {
    await browser?.close();
    await desk?.close();
  });

  const ways = [
    { way: 'by keyboard alone, with JavaScript', javaScriptEnabled: true, hands: BY_KEYBOARD },
    { way: 'by pointer, without JavaScript', javaScriptEnabled: false, hands: BY_POINTER },
  ];
  for (const { way, javaScriptEnabled, hands } of ways)
    describe(way, () => {
      /** Does a job as a signed-in coordinator, within the number of actions. */
      async function job(steps: (person: Coordinator) => Promise<void>): Promise<void> {
        const context = await browser.newContext({ javaScriptEnabled, locale: 'en-GB' });
        context.setDefaultTimeout(30_000);
        const person = await coordinatorAt(context, desk.url, token, hands);
        const complaints: string[] = [];
        person.page.on('pageerror', (error) => complaints.push(String(error)));
        person.page.on('console', (message) => {
          if (message.type() === 'error' && !/status of 4/.test(message.text())) complaints.push(message.text());
        });
        try {
          await steps(person);
          assert.deepEqual(complaints, []);
          assert.ok(person.actions() <= MOST_ACTIONS, `${person.actions()} actions`);
        } finally {
          await context.close();
        }
      }

      it('lets a coordinator make a dry run, start it for real, watch it and see it finish', needed, async () => {
        const name = oneName('Айгуль');
        const id = await desk.teacher(name);
        await job(async (person) => {
          await person.click('button', 'Dry run');
          await person.sees(/Start for real: \d+ certificates/);
          assert.match(await person.text(), new RegExp(name));
          assert.match(await person.text(), /Nothing was awarded or sent/);
          await person.click('button', /Start for real: [1-9]\d* certificates, [1-9]\d* letters/);
          // The page of the dry run says "finished" too.
          await person.page.getByRole('button', { name: /Start for real/ }).waitFor({ state: 'hidden' });
          await person.sees(/Progress finished/);
          assert.match(await person.text(), /(\d+) of \1 are finished/);
        });
        await desk.world.reaches(id, 'sent');
      });

      it('lets a coordinator find by name why a teacher has no certificate, and mend it', needed, async () => {
        const name = oneName('Бахыт');
        const id = await desk.teacher(name, NOBODY_KNOWS);
        await desk.judged([id], 'held');
        await job(async (person) => {
          await person.fill('Find a person', name);
          await person.click('button', 'Search');
          await person.sees(/No source names a country/);
          await person.fill('Country', 'Kazakhstan');
          await person.fill('Reason', 'Said on the telephone');
          await person.click('button', 'Save');
          await person.sees(/-26-\d{6}/);
        });
        await desk.world.reaches(id, 'sent');
      });

      it('lets a coordinator correct a name, see the new diploma, and reissue it', needed, async () => {
        const name = oneName('Гульнара');
        const right = oneName('Гүлнара');
        const id = await desk.teacher(name, { student: { latinName: 'Gulnara Sample' } });
        await desk.judged([id], 'sent');
        await job(async (person) => {
          await person.fill('Find a person', name);
          await person.click('button', 'Search');
          await person.open(/^Name$/);
          await person.fill('Full name', right);
          await person.tick('Keep the present Latin name');
          await person.fill('Reason', 'Misspelt in the LMS');
          await person.click('button', 'Save and see the new diploma');
          const picture = person.page.locator('img.paper');
          await picture.waitFor();
          const drawn = new URL((await picture.getAttribute('src')) ?? '', desk.url);
          assert.equal((await person.page.request.get(drawn.href)).status(), 200);
          assert.match(await person.text(), new RegExp(`${name}[\\s\\S]*${right}`));
          await person.click('button', 'Reissue and send a letter');
          await person.page.getByRole('button', { name: 'Reissue and send a letter' }).waitFor({ state: 'hidden' });
          await person.sees(new RegExp(`2[\\s\\S]*${right}[\\s\\S]*Misspelt in the LMS`));
        });
        await desk.world.reaches(id, 'sent');
        const version = await desk.world.base
          .db('certificate_version as v')
          .join('certificate as c', 'c.id', 'v.certificate_id')
          .where({ 'c.student_group_id': id })
          .max('v.version as newest');
        assert.equal(Number(version[0]?.['newest']), 2);
      });

      it('lets a coordinator revoke a certificate and see the public page say so', needed, async () => {
        const name = oneName('Дана');
        const id = await desk.teacher(name);
        await desk.judged([id], 'sent');
        await job(async (person) => {
          await person.fill('Find a person', name);
          await person.click('button', 'Search');
          await person.click('link', /^[A-Z]+-26-\d{6}$/);
          await person.open(/^Revoke$/);
          await person.choose('What the public is told', 'error in the name');
          await person.fill('Reason', 'Typed by mistake');
          await person.click('button', 'Revoke');
          await person.page.getByRole('button', { name: 'Revoke' }).waitFor({ state: 'hidden' });
          // The eighth action: the link leads to PUBLIC_URL, which is another port in tests.
          const link = await person.page.getByRole('link', { name: 'Public page' }).getAttribute('href');
          await person.page.goto(`${desk.url}${new URL(link ?? '').pathname}`);
          assert.equal(person.actions(), MOST_ACTIONS - 1);
          assert.match(await person.page.locator('body').innerText(), /has been revoked[\s\S]*error in the name/);
        });
        assert.equal((await desk.world.standing(id)).state, 'revoked');
      });

      it('lets a coordinator repair ten held people at once', needed, async () => {
        const ids: string[] = [];
        for (let n = 0; n < 10; n += 1) ids.push(await desk.teacher(oneName('Ерлан'), NOBODY_KNOWS));
        await desk.judged(ids, 'held');
        await job(async (person) => {
          await person.click('link', 'Country not known');
          if (javaScriptEnabled) {
            await tabTo(person.page.locator('input[name^="value-"]').first());
            await person.page.keyboard.type('KZ');
            await person.page.keyboard.press('Enter');
            // A column of a spreadsheet, pasted into the second cell, where Enter leads.
            await person.page.evaluate(
              `{ const data = new DataTransfer(); data.setData('text/plain', '${'KZ\\n'.repeat(9)}UZ\\nnot used\\n');
                document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }`,
            );
            await person.sees(/no place here: 2 \(rows 10–11 of what was pasted\)/);
            await person.fill('Reason', 'By their registrations');
            await person.click('button', 'Save the typed values');
            await person.sees(/10 done/);
            assert.equal(
              await person.page.locator('textarea[name=rest]').inputValue(),
              'UZ\nnot used',
              'the rest is kept',
            );
          } else {
            await person.open(/Give all 10 the same country/);
            await person.fill('Country', 'Kazakhstan');
            await person.fill('Reason', 'By their registrations');
            await person.click('button', 'Give all 10 the same country');
            await person.sees(/finished[\s\S]*10\s+done/);
          }
        });
        for (const id of ids) await desk.world.reaches(id, 'sent');
      });
    });
});
