import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { coordinatorAt } from './console-world.ts';
import { openFullConsole } from './full-console.ts';
import { axeFaults, standStill, tooWide } from './judge-page.ts';
import { openBrowser } from './open-browser.ts';

/**
 * `npm run verify:console`: lets axe judge every page of the console at two widths, light and dark, in both languages,
 * and looks for pages that scroll sideways. `--pictures FOLDER` keeps a picture of each. Needs Chromium.
 */
const { values } = parseArgs({ options: { pictures: { type: 'string' } } });
const LANGUAGES = ['en', 'ru'] as const;
const WIDTHS = [1440, 390] as const;
const SCHEMES = ['light', 'dark'] as const;
const HEIGHT = 900;

const [desk, browser] = await Promise.all([openFullConsole(), openBrowser()]);
let judged = 0;
let faults = 0;
try {
  const context = await browser.newContext({ locale: 'en-GB' });
  await standStill(context);
  const { page } = await coordinatorAt(context, desk.url, desk.admin);
  for (const language of LANGUAGES) {
    await desk.world.base.db('console_session').update({ language });
    for (const [number, { path }] of desk.pages.entries()) {
      await page.goto(`${desk.url}${path}`);
      for (const width of WIDTHS)
        for (const colorScheme of SCHEMES) {
          await page.setViewportSize({ width, height: HEIGHT });
          await page.emulateMedia({ colorScheme });
          const found = [...(await axeFaults(page)), ...(await tooWide(page)).map((one) => `too wide: ${one}`)];
          for (const fault of found) process.stdout.write(`${path} ${language} ${width} ${colorScheme}: ${fault}\n`);
          judged += 1;
          faults += found.length;
          if (values.pictures === undefined) continue;
          const folder = join(values.pictures, `${width}-${colorScheme}-${language}`);
          await mkdir(folder, { recursive: true });
          const name = `${String(number).padStart(2, '0')}${path.replace(/\W+/g, '_').slice(0, 60)}.png`;
          await page.screenshot({ path: join(folder, name), fullPage: true });
        }
    }
  }
} finally {
  await browser.close();
  await desk.close();
}
process.stdout.write(`${judged} views of ${desk.pages.length} pages, ${faults} faults\n`);
process.exit(faults === 0 ? 0 : 1);
