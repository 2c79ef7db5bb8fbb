#!/usr/bin/env bash
# Guess: a package that capitalises words leaves a script alone that has no capitals at the beginning of words, as CSS does
#   with `text-transform: capitalize`.
# Seen on 29 November 2026 (lodash 4.18.1, change-case 5.4.4, title-case 4.3.2, html-to-text 10.0.1; Node 20.20, Unicode 15.1 or later): the
#   name "ნინო ბერიძე" becomes "Ნინო Ბერიძე": the first letters are Mtavruli (U+1C90 and after), the rest is Mkhedruli. Georgian
#   uses Mtavruli for whole words only; a word of both is written nowhere. The packages call `toUpperCase`, and Unicode gives
#   Georgian letters a capital but no title case. DejaVu Sans 2.37 has no glyphs for Mtavruli, so an empty box stands
#   there. html-to-text writes a whole heading in Mtavruli, also the name of a person in it, and "Weiß" as "WEISS".
# Why it matters: names are often "cleaned" by such a package, and the text part of a letter is made from HTML by another. Gramota is
#   not affected: it capitalises no names, and it writes the text part of letters itself.
# Needs: node, npm. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent lodash@4.18.1 change-case@5.4.4 title-case@4.3.2 html-to-text@10.0.1 dejavu-fonts-ttf@2.37.3 fontkit@2.0.4
cat > names.mjs <<'JS'
import { capitalCase } from 'change-case';
import { openSync } from 'fontkit';
import { convert } from 'html-to-text';
import lodash from 'lodash';
import { titleCase } from 'title-case';
const name = 'ნინო ბერიძე';
const font = openSync('node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const missing = (text) => [...text].filter((letter) => !font.hasGlyphForCodePoint(letter.codePointAt(0))).length;
const tell = (writer, text) => console.log(`${writer}: ${text}, ${missing(text)} letters without a glyph in DejaVu Sans`);
tell('as written', name);
tell('lodash startCase', lodash.startCase(name));
tell('change-case', capitalCase(name));
tell('title-case', titleCase(name));
tell('html-to-text', convert(`<h1>${name} Weiß</h1>`));
JS
seen=$(node names.mjs)
echo "$seen"
expected='as written: ნინო ბერიძე, 0 letters without a glyph in DejaVu Sans
lodash startCase: Ნინო Ბერიძე, 2 letters without a glyph in DejaVu Sans
change-case: Ნინო Ბერიძე, 2 letters without a glyph in DejaVu Sans
title-case: Ნინო Ბერიძე, 2 letters without a glyph in DejaVu Sans
html-to-text: ᲜᲘᲜᲝ ᲑᲔᲠᲘᲫᲔ WEISS, 10 letters without a glyph in DejaVu Sans'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
