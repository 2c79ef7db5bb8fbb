#!/usr/bin/env bash
# Guess: the plain-text part that a package makes from the HTML of a letter has the same letters, so a name in a heading stays the name.
# Seen on 30 November 2026 (html-to-text 10.0.1, @react-email/render 2.3.1): headings are written in capitals, by the rules of no language.
#   - "Dilarə" becomes "DILARƏ". In Azerbaijani that is another name, "Dılarə": the capital of i is İ. A real İ beside it stays, so
#     one line has both.
#   - A Georgian name becomes Mtavruli (U+1C90 and later), which no Georgian writes a name in and many faces lack: boxes.
#   - react-email's `plainText` does the same, and its documents do not say so. html-to-text has the option `uppercase: false`
#     for each of h1 to h6.
# Why it matters: a letter that congratulates a teacher has her name in its heading; spam filters and readers of text see the text
#   part. Gramota takes the text from a file of its own, so no text is made from HTML.
# Needs: node, npm. The persons are fictional. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent html-to-text@10.0.1 @react-email/render@2.3.1 react@19 react-dom@19
cat > letters.mjs <<'JS'
import { render } from '@react-email/render';
import { convert } from 'html-to-text';
import { createElement as element } from 'react';
for (const name of ['Dilarə İsmayılova', 'ნინო ბერიძე']) {
  const html = `<h1>${name}</h1>`;
  const selectors = [{ selector: 'h1', options: { uppercase: false } }];
  const other = await render(element('html', null, element('body', null, element('h1', null, name))), { plainText: true });
  console.log([name, convert(html).trim(), other.trim(), convert(html, { selectors }).trim()].join(' | '));
}
JS
seen=$(node letters.mjs)
echo "$seen"
expected='Dilarə İsmayılova | DILARƏ İSMAYILOVA | DILARƏ İSMAYILOVA | Dilarə İsmayılova
ნინო ბერიძე | ᲜᲘᲜᲝ ᲑᲔᲠᲘᲫᲔ | ᲜᲘᲜᲝ ᲑᲔᲠᲘᲫᲔ | ნინო ბერიძე'
[ "$seen" = "$expected" ] && echo PASS && exit 0
echo CHANGED; exit 1
