#!/usr/bin/env bash
# Guess: every reader of XLSX takes a cell of the type `d` (a date in ISO 8601, ECMA-376 part 1, 18.18.11) as that date; it is the
#   form of "Strict Open XML", and openpyxl writes it with `iso_dates`.
# Seen on 29 November 2026 (file by openpyxl 3.0.9 of Debian 12; exceljs 4.4.0, hucre 1.0.0, SheetJS 0.18.5): three answers for
#   15 January 2026. SheetJS reads the date. hucre gives a text, as if somebody had typed it. exceljs gives 18 July 1905, without a
#   warning: it reads "2026" as the number of a day.
# Why it matters: a register with dates of birth or of issue comes back a century off. In Gramota's import, such a cell passed as
#   text where a date made by a spreadsheet program is refused; that is mended (src/adapters/spreadsheet/read-workbook.ts).
# Needs: node, npm, /usr/bin/python3 with openpyxl (python3-openpyxl). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm /usr/bin/python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
/usr/bin/python3 -c 'import openpyxl' || { echo 'missing: python3-openpyxl'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent exceljs@4.4.0 hucre@1.0.0 xlsx@0.18.5
/usr/bin/python3 - <<'PY'
import datetime
from openpyxl import Workbook
book = Workbook(iso_dates=True)
book.active.append([datetime.date(2026, 1, 15)])
book.save("dates.xlsx")
PY
cat > read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import exceljs from 'exceljs';
import { readXlsx } from 'hucre/xlsx';
import xlsx from 'xlsx';
const bytes = readFileSync('dates.xlsx');
const tell = (reader, value) => console.log(`${reader}: ${value instanceof Date ? `date ${value.toISOString().slice(0, 10)}` : `${typeof value} ${value}`}`);
const book = new exceljs.Workbook();
await book.xlsx.load(bytes);
tell('exceljs', book.worksheets[0].getCell('A1').value);
tell('hucre', (await readXlsx(bytes)).sheets[0].rows[0][0]);
tell('SheetJS', Object.values(xlsx.read(bytes, { cellDates: true }).Sheets)[0].A1.v);
JS
seen=$(TZ=UTC node read.mjs)
echo "$seen"
expected='exceljs: date 1905-07-18
hucre: string 2026-01-15
SheetJS: date 2026-01-15'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
