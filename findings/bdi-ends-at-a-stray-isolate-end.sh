#!/usr/bin/env bash
# Guess: whatever a `<bdi>` holds, the text after it stays as it is: HTML says that its contents are isolated from their surroundings.
# Versions: Chromium of the system (156 seen), playwright-core 1.65.1; Node 20.
# Seen: a text with the single character U+2069 (pop directional isolate) ends the isolation there, because the browser makes the element of
#   the same characters. A direction override after it turns the rest of the paragraph round, also outside of the element. `unicode-bidi:
#   isolate` and `plaintext` do the same; only an inline block holds.
# Matters: names come from people who copy them from anywhere. A page that trusts `<bdi>` shows the words beside such a name backwards;
#   Gramota closes and leaves out such characters itself (src/platform/http/text-direction.ts).
# Runs without Gramota; needs npm and /usr/bin/chromium.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix "$dir" playwright-core@1.65.1 >/dev/null
cat >look.mjs <<'JS'
import { chromium } from 'playwright-core';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
const after = async (name, markup) => {
  await page.setContent(`<!doctype html><p>${markup} <span>12 letters</span></p>`);
  const reversed = await page.evaluate(`(() => {
    const text = document.querySelector('p > span:last-of-type').firstChild;
    const left = (index) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect().left;
    };
    return left(3) > left(4);
  })()`);
  console.log(`${name}: the words after it are ${reversed ? 'reversed' : 'as written'}`);
};
await after('override alone', 'Anna\u202e');
await after('override in bdi', '<bdi>Anna\u202e</bdi>');
await after('isolate end and override in bdi', '<bdi>Anna\u2069\u202e</bdi>');
await after('the same in an inline block', '<bdi style="display: inline-block">Anna\u2069\u202e</bdi>');
await browser.close();
JS
seen=$(node look.mjs)
echo "$seen"
expected='override alone: the words after it are reversed
override in bdi: the words after it are as written
isolate end and override in bdi: the words after it are reversed
the same in an inline block: the words after it are as written'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
