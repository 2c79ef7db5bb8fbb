import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { appOver } from '../http/harness.ts';
import { testDatabase } from '../support/database.ts';
import { ended, firstMatch } from '../support/world.ts';
import { type ConsoleWorld, type Coordinator, coordinatorAt, oneName, openConsoleWorld } from './console-world.ts';
import { noBrowser, openBrowser } from './open-browser.ts';

const needed = { skip: noBrowser };
const PROVIDER = fileURLToPath(new URL('../console/processes/identity-provider.js', import.meta.url));
/** More new certificates than this need a second person in these tests. */
const ABOVE = 2;

describe('the console', () => {
  let desk: ConsoleWorld;
  let browser: Browser;
  before(async () => {
    if (noBrowser !== false) return;
    const criteria = (text: string) =>
      text.replace(/^( *)issue: automatic.*$/m, `$&\n$1confirm: { above: ${ABOVE}, by: second-person }`);
    [desk, browser] = await Promise.all([openConsoleWorld({ 'criteria.yaml': criteria }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await desk?.close();
  });

  /** A coordinator with a browser of her own. */
  async function signedIn(name: string, steps: (person: Coordinator, token: string) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(30_000);
    const token = await desk.token(name);
    try {
      await steps(await coordinatorAt(context, desk.url, token), token);
    } finally {
      await context.close();
    }
  }
  const goTo = (person: Coordinator, path: string) => person.page.goto(`${desk.url}${path}`);

  it(
    'asks for the typed count above the usual size, and lets only a second person start such a batch',
    needed,
    async () => {
      const ids: string[] = [];
      for (let n = 0; n <= ABOVE; n += 1) ids.push(await desk.teacher(oneName('Жанна')));
      await signedIn('Olga', async (olga) => {
        await olga.click('button', 'Dry run');
        await olga.sees(/Start for real: \d+ certificates/);
        const [, count = ''] = /Start for real: (\d+) certificates/.exec(await olga.text()) ?? [];
        await olga.fill(/^Type \d+/, '1');
        await olga.fill('Reason', 'Autumn release');
        await olga.click('button', /Start for real/);
        await olga.sees(new RegExp(`Type ${count}, the number of new certificates, to confirm`));
        assert.equal(
          await olga.page.getByLabel('Reason').first().inputValue(),
          'Autumn release',
          'the typed text is kept',
        );
        await olga.fill(/^Type \d+/, count);
        await olga.click('button', /Start for real/);
        await olga.sees(/Waits for a second person/);
        await olga.click('button', 'Confirm as second person');
        await olga.sees(/another coordinator/);
        await signedIn('Boris', async (boris) => {
          await boris.click('link', /waits for a second person/);
          await boris.click('button', 'Confirm as second person');
          await boris.sees(/Progress finished/);
        });
      });
      for (const id of ids) await desk.world.reaches(id, 'sent');
    },
  );

  it('checks a file of 500 rows, shows the fault in its cell, and applies the good rows', needed, async () => {
    const id = await desk.teacher(oneName('Зарина'), {
      registration: null,
      student: { country: null, phone: null, timezone: null, email: 'zarina@kz.example' },
    });
    await desk.judged([id], 'held');
    const rows = Array.from({ length: 498 }, (_, n) => `stranger${n}@kz.example,KZ`);
    const file = ['Email,Country', 'zarina@kz.example,Kazakhstan', 'broken.example,KZ', ...rows].join('\n');
    await signedIn('Olga', async (person) => {
      await goTo(person, '/console/imports');
      await person.page.getByLabel(/^Form/).selectOption('cis-registration');
      await person.page
        .getByLabel(/^File/)
        .setInputFiles({ name: 'form.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
      await person.click('button', 'Check');
      await person.sees(/1\s+would change something/);
      const shown = await person.text();
      assert.match(shown, /A3/, 'the cell of the fault');
      assert.match(shown, /Kazakhstan|KZ/);
      await person.click('button', /^Apply the 1 good rows/);
      await person.sees(/applied/);
    });
    await desk.world.reaches(id, 'sent');
  });

  it('leads an open page to the sign-in as soon as its token is revoked', needed, async () => {
    await desk.teacher(oneName('Ирина'));
    await signedIn('Vera', async (person) => {
      const batch = await desk.world.batch({ ids: [await desk.teacher(oneName('Камила'))] });
      await desk.world.base.db('batch').where({ id: batch }).update({ paused_at: new Date() });
      await goTo(person, `/console/batches/${batch}`);
      await person.sees(/paused|running/);
      await desk.revoke('Vera');
      await person.page.getByLabel('Access token').waitFor();
    });
  });

  it('loses nothing of a form whose session ended: it is sent after the next sign-in', needed, async () => {
    const id = await desk.teacher(oneName('Лаура'), {
      registration: null,
      student: { country: null, phone: null, timezone: null },
    });
    await desk.judged([id], 'held');
    await signedIn('Olga', async (person, token) => {
      await goTo(person, `/console/student-groups/${id}`);
      await person.fill('Country', 'Kazakhstan');
      await person.fill('Reason', 'Said "Қазақстан" <by phone>');
      await desk.world.base.db('console_session').whereNull('ended_at').update({ ended_at: new Date() });
      await person.click('button', 'Save');
      assert.match(await person.text(), /nothing that you typed is lost/);
      await person.fill('Access token', token);
      await person.click('button', 'Sign in');
      assert.match(await person.text(), /Said "Қазақстан" <by phone>/);
      await person.click('button', 'Send the form now');
      await person.sees(/-26-\d{6}/);
    });
    await desk.world.reaches(id, 'sent');
  });

  it('refuses the act of a stale page, shows the new state, and keeps what was typed', needed, async () => {
    const id = await desk.teacher(oneName('Мадина'));
    await desk.judged([id], 'sent');
    const { certificateId } = await desk.world.standing(id);
    await signedIn('Olga', async (olga) => {
      await goTo(olga, `/console/certificates/${certificateId}`);
      await signedIn('Boris', async (boris) => {
        await goTo(boris, `/console/certificates/${certificateId}`);
        await boris.open(/^Revoke$/);
        await boris.fill('Reason', 'Wrong person');
        await boris.click('button', 'Revoke');
        await boris.sees(/The public page says that this diploma is revoked, and gives no reason/);
        assert.equal(await boris.page.locator('img').count(), 0, 'no picture of a file that nobody may see');
      });
      await olga.open(/^Send the diploma once more$/);
      await olga.fill('Reason', 'She asked for it');
      await olga.click('button', 'Send the diploma once more');
      const shown = await olga.text();
      assert.match(shown, /revoked/);
      assert.match(shown, /She asked for it/, 'what was typed is kept');
    });
  });

  it('asks for the Latin form when only the name was changed, and keeps what was typed', needed, async () => {
    const id = await desk.teacher(oneName('Нурия'), { student: { latinName: 'Nuriya Sample' } });
    await desk.judged([id], 'sent');
    await signedIn('Olga', async (person) => {
      await goTo(person, `/console/student-groups/${id}`);
      await person.open(/^Name$/);
      await person.fill('Full name', 'Нұрия Үлгі');
      await person.fill('Reason', 'By her passport');
      await person.click('button', 'Save and see the new diploma');
      const latin = person.page.getByLabel('Latin name', { exact: true });
      assert.equal(await latin.getAttribute('aria-invalid'), 'true', 'an untouched Latin name is no answer');
      await person.sees(/type it anew, or tick “Keep the present Latin name”/);
      assert.equal(await person.page.getByLabel('Full name', { exact: true }).inputValue(), 'Нұрия Үлгі');
      assert.match(await person.page.content(), /By her passport/);
    });
  });

  it('keeps a value that cannot be read in its row, with the name of the person', needed, async () => {
    const nowhere = { student: { country: null, phone: null, timezone: null }, registration: null };
    const [good, bad] = [oneName('Асель'), oneName('Бота')];
    const ids = [await desk.teacher(good, nowhere), await desk.teacher(bad, nowhere)];
    await desk.judged(ids, 'held');
    await signedIn('Olga', async (person) => {
      await person.click('link', 'Country not known');
      await person.fill(`Country: ${good}`, 'KZ');
      await person.fill(`Country: ${bad}`, 'Nowhere');
      await person.fill('Reason', 'By their registrations');
      await person.click('button', 'Save the typed values');
      await person.sees(/1 done\./);
      assert.match(await person.page.locator('.note').first().innerText(), new RegExp(`${bad}: `));
      assert.equal(await person.page.getByLabel(`Country: ${bad}`).inputValue(), 'Nowhere');
      assert.equal(await person.page.getByLabel(`Country: ${good}`).count(), 0, 'who is judged again is not offered');
    });
    await desk.world.reaches(ids[0] ?? '', 'sent');
  });

  it('opens by the account of the school, at a real OpenID Connect provider', needed, async () => {
    const database = await testDatabase();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = spawn(process.execPath, [PROVIDER, `${base}/console/session/callback`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const context = await browser.newContext({ locale: 'en-GB' });
    try {
      const issuer = await firstMatch(provider, /on (http\S+)/);
      const client = { clientId: 'gramota', clientSecret: 'fictional-client-secret-of-gramota' };
      const openId = { issuer, ...client, roleClaim: 'roles', roleMap: null };
      server.on('request', appOver(database.knex, { publicUrl: base, openId }).app);
      const page = await context.newPage();
      await page.goto(`${base}/console/batches`);
      await page.getByRole('button', { name: 'Sign in with the school’s account' }).click();
      await page.getByText('Olga Sample').waitFor();
      assert.equal(page.url(), `${base}/console/batches`);
    } finally {
      await context.close();
      await ended(provider, 'SIGKILL');
      server.closeAllConnections();
      server.close();
      await database.drop();
    }
  });
});
