#!/usr/bin/env bash
# Guess: a reader of XLSX that does not show the reading of a Japanese name (furigana, `rPh` in ECMA-376 part 1, 18.4.6) skips it, in
#   shared and in inline strings alike.
# Seen on 29 November 2026 (exceljs 4.4.0, hucre 1.0.0, SheetJS 0.18.5): in shared strings all three skip it. In an inline string only
#   SheetJS does. hucre appends it to the name: "山﨑やまざき". exceljs reads that cell as empty and loses every row after it, without
#   an error: the list has one row instead of three.
# Why it matters: programs that stream XLSX write inline strings. A register comes in short, or with names that nobody has. Gramota reads
#   with hucre; a sheet with such a cell is refused now, with what to do (src/adapters/spreadsheet/zip-parts.ts).
# Needs: node, npm, python3. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm python3; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent exceljs@4.4.0 hucre@1.0.0 xlsx@0.18.5
cat > make.py <<'PY'
import zipfile
main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
package = "http://schemas.openxmlformats.org/package/2006"
kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
name = '<t>山﨑</t><rPh sb="0" eb="2"><t>やまざき</t></rPh><phoneticPr fontId="0"/>'
cells = {"shared": '<c r="A1" t="s"><v>0</v></c>', "inline": f'<c r="A1" t="inlineStr"><is>{name}</is></c>'}
for file, cell in cells.items():
    rest = "".join(f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>row {row}</t></is></c></row>' for row in (2, 3))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}" count="1" uniqueCount="1"><si>{name}</si></sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1">{cell}</row>{rest}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(f"{file}.xlsx", "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
PY
python3 make.py
cat > read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import exceljs from 'exceljs';
import { readXlsx } from 'hucre/xlsx';
import xlsx from 'xlsx';
for (const file of ['shared', 'inline']) {
  const bytes = readFileSync(`${file}.xlsx`);
  const tell = (reader, values) => console.log(`${file}, ${reader}: ${values.join(' | ')}`);
  const book = new exceljs.Workbook();
  await book.xlsx.load(bytes);
  const values = [];
  book.worksheets[0].eachRow({ includeEmpty: true }, (row) => values.push(row.getCell(1).value ?? 'empty'));
  tell('exceljs', values);
  tell('hucre', (await readXlsx(bytes)).sheets[0].rows.map(([value]) => value));
  tell('SheetJS', xlsx.utils.sheet_to_json(xlsx.read(bytes).Sheets.S, { header: 1 }).map(([value]) => value));
}
JS
seen=$(node read.mjs)
echo "$seen"
expected='shared, exceljs: 山﨑 | row 2 | row 3
shared, hucre: 山﨑 | row 2 | row 3
shared, SheetJS: 山﨑 | row 2 | row 3
inline, exceljs: empty
inline, hucre: 山﨑やまざき | row 2 | row 3
inline, SheetJS: 山﨑 | row 2 | row 3'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
