#!/usr/bin/env bash
# Guess: `Intl.DateTimeFormat.supportedLocalesOf` says whether a browser can write dates in a language; a page may ask it, and
#   let the server write the date otherwise.
# Seen on 29 November 2026 (Chromium 156 of Debian 12, playwright-core 1.65.1): for Kazakh, Uzbek and Azerbaijani it says yes, and the date
#   is "2026 M01 15": no month, no words of the language. `Intl.RelativeTimeFormat` gives "-3 d". For Uzbek in Cyrillic letters the date has words.
#   For Kyrgyz, Armenian and Georgian it says no, and the answer is true: the date is in English. Node 20 has all of them.
# Why it matters: a check of support, and a test in Node, pass; people in Kazakhstan and Uzbekistan read "M01". Gramota is not
#   affected: its public pages write dates on the server, and the console speaks English and Russian.
# Needs: node, npm, /usr/bin/chromium. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm /usr/bin/chromium; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent playwright-core@1.65.1
cat > look.mjs <<'JS'
import { chromium } from 'playwright-core';
const dates = () =>
  ['kk', 'uz', 'az', 'uz-Cyrl', 'ky', 'hy', 'ka', 'ru'].map((language) => {
    const isSupported = Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
    const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, 0, 15));
    return `${language} ${isSupported ? 'supported' : 'not supported'}: ${date}`;
  });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--lang=en-US'] });
const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
console.log((await page.evaluate(dates)).join('\n'));
await browser.close();
JS
seen=$(node look.mjs)
echo "$seen"
expected='kk supported: 2026 M01 15
uz supported: 2026 M01 15
az supported: 2026 M01 15
uz-Cyrl supported: 15 январ, 2026
ky not supported: January 15, 2026
hy not supported: January 15, 2026
ka not supported: January 15, 2026
ru supported: 15 января 2026 г.'
[ "$seen" = "$expected" ] && echo PASS || { echo "FAIL: the behaviour has changed ($(chromium --version))"; exit 1; }
