import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page whose facts change loads itself again, maybe in the middle of a measurement: pages of this context do not. */
export const standStill = (context: BrowserContext) =>
  context.addInitScript('EventSource = class { addEventListener() {} close() {} }; setInterval = () => 0');

/** What axe finds on the page as it is now: rule and place, one line each. */
export async function axeFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(AXE);
  return page.evaluate<
    string[]
  >(`axe.run(document, { resultTypes: ['violations'], iframes: false }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ': ' + target.join(' ') + ' ' + failureSummary.split('\\n')[1])))`);
}

/** Width of a window in which every list fits. In a narrower one a list scrolls, until it is shown as cards. */
const DESK = 1400;

/**
 * The elements that reach over the right edge of the window although their part of the page does not scroll, and the cells of
 * lists that reach over the edge of their part where they must not.
 */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const limit = document.documentElement.clientWidth;
    const over = (one, edge) => one.getBoundingClientRect().right > edge + 1;
    const isRow = (one) => getComputedStyle(one).display === 'table-cell' && innerWidth < ${DESK};
    const cells = [...document.querySelectorAll('.scroll > table.wide td')].filter((one) => !isRow(one));
    const cut = cells.filter((one) => over(one, one.closest('.scroll').getBoundingClientRect().right));
    const scrolls = document.documentElement.scrollWidth > limit;
    const wide = scrolls ? [...document.querySelectorAll('body *')].filter((one) => over(one, limit)) : [];
    return [...cut, ...wide].slice(0, 5).map((one) => one.tagName + '.' + one.className + ' ' + Math.round(one.getBoundingClientRect().right) + ': ' + one.textContent.slice(0, 40));
  })()`);
}

/** The kinds of elements that the page has: name of the element and of its attributes. */
export function kindsOfElements(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `[...new Set([...document.querySelectorAll('*')].map((one) => one.tagName + ' ' + one.getAttributeNames().join(' ')))]`,
  );
}

/**
 * Texts of the page that a text from elsewhere has moved: within one line of a block, the characters that are not
 * part of \`foreign\` must stand from left to right in the order of the document.
 */
export function reordered(page: Page, foreign: string): Promise<string[]> {
  return page.evaluate<string[]>(`((foreign) => {
    const blocks = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      let block = node.parentElement;
      if (block.closest('script, option, textarea, svg')) continue;
      while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
      blocks.set(block, [...(blocks.get(block) ?? []), node]);
    }
    const faults = [];
    for (const [block, nodes] of blocks) {
      if (!nodes.some((node) => node.data.includes(foreign))) continue;
      let last = null;
      for (const node of nodes) {
        const own = node.data.split(foreign);
        let at = 0;
        for (const part of own) {
          for (let index = at; index < at + part.length; index += 1) {
            if (!/[\\p{L}\\p{N}]/u.test(node.data[index])) continue;
            const range = document.createRange();
            range.setStart(node, index);
            range.setEnd(node, index + 1);
            const { left, top, width, bottom } = range.getBoundingClientRect();
            if (width === 0) continue;
            if (last && Math.abs(last.bottom - bottom) < 4 && left < last.left) {
              faults.push(block.tagName + ': ' + block.textContent.replaceAll(foreign, '…').slice(0, 80));
              last = null;
              break;
            }
            last = { left, bottom };
          }
          at += part.length + foreign.length;
        }
      }
    }
    return [...new Set(faults)];
  })(${JSON.stringify(foreign)})`);
}
