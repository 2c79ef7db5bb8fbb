import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import { type Cell, workbook } from '../../src/platform/sheet/workbook.ts';
import { HARD_TEXTS, NAMES_IN_SCRIPTS } from '../support/names-in-scripts.ts';

const DATE = new Date('2026-11-20T09:00:00Z');

async function written(...pieces: Cell[][][]): Promise<Buffer> {
  async function* rows() {
    yield* pieces;
  }
  const columns = ['First', 'Second'].map((title) => ({ title, width: 20 }));
  return whole(workbook([{ name: 'Лист & 1', columns, rows: rows() }], { more: 'there are more', date: DATE }));
}
async function whole(file: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const read = async (...pieces: Cell[][][]) => (await readXlsx(await written(...pieces))).sheets[0];

describe('a written workbook', () => {
  it('keeps every character of names in 13 scripts, and texts that look like formulas, numbers or dates', async () => {
    const texts = [...Object.values(NAMES_IN_SCRIPTS), ...HARD_TEXTS];
    const sheet = await read(texts.map((text): Cell[] => [text, 1.5]));
    assert.equal(sheet?.name, 'Лист & 1');
    assert.deepEqual(sheet?.rows, [['First', 'Second'], ...texts.map((text) => [text, 1.5])]);
  });

  it('keeps carriage returns and what looks like an escape of the format', async () => {
    const texts = ['one\r\ntwo\rthree', '_x000D_', 'a_x0041_b_x005F_x0041_', '_x00G1_'];
    const sheet = await read(texts.map((text): Cell[] => [text, null]));
    assert.deepEqual(
      sheet?.rows.slice(1).map(([text]) => text),
      texts,
    );
  });

  it('shows characters that XML cannot hold as U+FFFD', async () => {
    const sheet = await read([['a\u0000b\u0001c\u001Fd\uFFFEe\uD800f\uDC00g', '\u0085 \u007F']]);
    assert.deepEqual(sheet?.rows[1], ['a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf\uFFFDg', '\u0085 \u007F']);
  });

  it('cuts a text at the length that a cell can hold, never inside a character', async () => {
    const sheet = await read([['x'.repeat(32_767), `${'x'.repeat(32_765)}😀y`]]);
    assert.deepEqual(sheet?.rows[1], ['x'.repeat(32_767), `${'x'.repeat(32_765)}…`]);
  });

  it('says in its last row that there are more rows than a sheet can hold, and takes no more of them', async () => {
    let pulled = 0;
    async function* rows(): AsyncGenerator<Cell[][]> {
      for (;;) yield [[++pulled], [++pulled]];
    }
    const sheets = [{ name: 'A', columns: [{ title: 'A', width: 5 }], rows: rows() }];
    const file = await whole(workbook(sheets, { more: 'there are more', date: DATE, mostRows: 6 }));
    const shown = (await readXlsx(file)).sheets[0]?.rows;
    assert.deepEqual(shown, [['A'], [1], [2], [3], [4], ['there are more']]);
    assert.equal(pulled, 6);
  });

  it('ends its sources when its reader stops early', async () => {
    let ended = false;
    async function* rows(): AsyncGenerator<Cell[][]> {
      try {
        for (;;) yield [['x'.repeat(1000), Math.random()]];
      } finally {
        ended = true;
      }
    }
    const sheets = [{ name: 'A', columns: [{ title: 'A', width: 5 }], rows: rows() }];
    let bytes = 0;
    for await (const chunk of workbook(sheets, { more: '', date: DATE })) {
      bytes += chunk.length;
      if (bytes > 10_000) break;
    }
    assert.ok(ended);
  });

  it('breaks off with the error of a source', async () => {
    async function* rows(): AsyncGenerator<Cell[][]> {
      yield [['first', 1]];
      throw new Error('the query failed');
    }
    const sheets = [{ name: 'A', columns: [{ title: 'A', width: 5 }], rows: rows() }];
    await assert.rejects(async () => {
      for await (const _ of workbook(sheets, { more: '', date: DATE }));
    }, /the query failed/);
  });
});
