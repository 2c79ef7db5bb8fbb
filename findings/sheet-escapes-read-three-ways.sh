#!/usr/bin/env bash
# Guess: a workbook's text `a_x000D_b` means "a", carriage return, "b", and `a_x005F_x000D_b` means the typed text `a_x000D_b`, for every
#   reader (ECMA-376 part 1, 22.9.2.19, ST_Xstring), in shared and in inline strings alike.
# Versions: exceljs 4.4.0, SheetJS 0.18.5, hucre 1.0.0, openpyxl 3.1.5; Node 20.
# Seen: SheetJS and hucre read both as the standard says. exceljs does so in shared strings and keeps all escapes in inline strings.
#   openpyxl undoes only the escape of the underscore, and only in shared strings, so it reads two different texts as the same one.
# Matters: Gramota writes inline strings, because only they stream. A name that was typed as `_x000D_` therefore cannot be read unchanged by
#   all programs, whatever is written; Gramota writes what the standard (and Excel, LibreOffice) says.
# Runs without Gramota; needs npm and python3 with pip. The file is made here, byte for byte.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix "$dir" exceljs@4.4.0 xlsx@0.18.5 hucre@1.0.0 >/dev/null
python3 -m pip install --quiet --disable-pip-version-check --target "$dir/python" openpyxl==3.1.5

cat >make.py <<'PY'
import zipfile
main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
package = "http://schemas.openxmlformats.org/package/2006"
kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
texts = ["a_x000D_b", "a_x005F_x000D_b"]
parts = {
    "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/sharedStrings.xml": f'<sst xmlns="{main}" count="2" uniqueCount="2">' + "".join(f"<si><t>{t}</t></si>" for t in texts) + "</sst>",
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>' + "".join(f'<row r="{i + 1}"><c r="A{i + 1}" t="s"><v>{i}</v></c><c r="B{i + 1}" t="inlineStr"><is><t>{t}</t></is></c></row>' for i, t in enumerate(texts)) + "</sheetData></worksheet>",
}
with zipfile.ZipFile("escapes.xlsx", "w") as archive:
    for name, text in parts.items():
        archive.writestr(name, text)
PY
python3 make.py

cat >read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import exceljs from 'exceljs';
import { readXlsx } from 'hucre/xlsx';
import xlsx from 'xlsx';
const bytes = readFileSync('escapes.xlsx');
const tell = (name, [first, second]) =>
  console.log(`${name}: shared ${JSON.stringify([first[0], second[0]])}, inline ${JSON.stringify([first[1], second[1]])}`);
const book = new exceljs.Workbook();
await book.xlsx.load(bytes);
tell('exceljs', [1, 2].map((row) => ['A', 'B'].map((column) => book.worksheets[0].getCell(`${column}${row}`).value)));
tell('SheetJS', xlsx.utils.sheet_to_json(xlsx.read(bytes).Sheets.S, { header: 1 }));
tell('hucre', (await readXlsx(bytes)).sheets[0].rows);
JS
cat >read.py <<'PY'
import json
from openpyxl import load_workbook
rows = list(load_workbook("escapes.xlsx").worksheets[0].values)
column = lambda place: json.dumps([row[place] for row in rows], separators=(",", ":"))
print(f"openpyxl: shared {column(0)}, inline {column(1)}")
PY
seen=$(node read.mjs; PYTHONPATH="$dir/python" python3 read.py)
echo "$seen"
expected='exceljs: shared ["a\rb","a_x000D_b"], inline ["a_x000D_b","a_x005F_x000D_b"]
SheetJS: shared ["a\rb","a_x000D_b"], inline ["a\rb","a_x000D_b"]
hucre: shared ["a\rb","a_x000D_b"], inline ["a\rb","a_x000D_b"]
openpyxl: shared ["a_x000D_b","a_x000D_b"], inline ["a_x000D_b","a_x005F_x000D_b"]'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
