import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

/** How a person works the controls of a page. */
export interface Hands {
  press(control: Locator): Promise<void>;
  type(field: Locator, text: string): Promise<void>;
  choose(list: Locator, option: string): Promise<void>;
  tick(box: Locator): Promise<void>;
}

export const BY_POINTER: Hands = {
  press: (control) => control.click(),
  type: (field, text) => field.fill(text),
  choose: async (list, option) => {
    await list.selectOption({ label: option });
  },
  tick: (box) => box.check(),
};

/** More stops than any page of the tests has. */
const MOST_STOPS = 400;
/** Where the focus is: `lost` when nothing has it, `unseen` when no outline shows it or it is outside the window. */
const STOP = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return 'lost';
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const { top, bottom, width } = at.getBoundingClientRect();
  const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && bottom > 0 && top < innerHeight && width > 0;
  return seen ? 'seen' : 'unseen: ' + at.outerHTML.slice(0, 120);
})()`;

interface Focusing {
  document: { activeElement: unknown };
}

/** Whether a control has the focus. */
export const hasFocus = (control: Locator): Promise<boolean> =>
  control.evaluate((one) => one === (globalThis as unknown as Focusing).document.activeElement);

/** Goes to a control with Tab alone; the focus can be seen at each stop. */
export async function tabTo(control: Locator): Promise<void> {
  const page = control.page();
  await control.waitFor();
  let lost = 0;
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await hasFocus(control)) return;
    await page.keyboard.press('Tab');
    const seen = await page.evaluate<string>(STOP);
    // Once around: after the last control the focus leaves the page, and comes back to its first.
    if (seen === 'lost') lost += 1;
    else assert.equal(seen, 'seen');
    assert.ok(lost < 3, `no Tab leads to ${control}`);
  }
  assert.fail(`no Tab leads to ${control}`);
}

export const BY_KEYBOARD: Hands = {
  async press(control) {
    await tabTo(control);
    // The locator's `press` waits for the page that Enter leads to; the keyboard's does not.
    await control.press('Enter');
  },
  async type(field, text) {
    await tabTo(field);
    await field.page().keyboard.press('Control+A');
    if (text === '') await field.page().keyboard.press('Delete');
    else await field.page().keyboard.insertText(text);
  },
  async choose(list, option) {
    await tabTo(list);
    await list.page().keyboard.type(option);
    assert.equal(await list.locator('option:checked').textContent(), option);
  },
  async tick(box) {
    await tabTo(box);
    await box.page().keyboard.press('Space');
    assert.ok(await box.isChecked());
  },
};

/** What has the focus now. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(
    `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()`,
  );
