import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkFile } from '../../src/verify/check-file.ts';
import { objection } from '../../src/verify/findings.ts';
import { type SampleDiploma, sampleDiploma } from './sample-diploma.ts';
import { missingTools, runWell } from './tools.ts';

const missing = (await missingTools()).filter((line) => line.startsWith('qpdf '));

describe('a diploma that another program saved again', { skip: missing[0] ?? false }, () => {
  let dir: string;
  let sample: SampleDiploma;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gramota-resaved-'));
    sample = await sampleDiploma();
    await writeFile(join(dir, 'diploma.pdf'), sample.files.pdf);
  });
  after(() => rm(dir, { recursive: true, force: true }));

  for (const options of [
    [],
    ['--linearize'],
    ['--object-streams=disable', '--stream-data=uncompress'],
    ['--pages', '.', '1', '--'],
  ])
    it(`is reported as saved again, not as an appended file: qpdf ${options.join(' ')}`, async () => {
      const target = join(dir, 'saved.pdf');
      await runWell('qpdf', [join(dir, 'diploma.pdf'), ...options, target]);
      const bytes = await readFile(target);
      const request = { kind: 'pdf', bytes, keys: sample.keys, statusList: null, now: new Date() } as const;
      const against = objection(await checkFile(request, null));
      assert.equal(against?.outcome, 'fails');
      assert.match(
        against?.detail ?? '',
        /another program saved the file again|no seal: it never had one, or a program that saved it/,
      );
    });
});

describe('a diploma that was cut off or changed', () => {
  const against = async (change: (pdf: Buffer) => Buffer): Promise<string | null> => {
    const { files, keys } = await sampleDiploma();
    const request = { kind: 'pdf', bytes: change(files.pdf), keys, statusList: null, now: new Date() } as const;
    return objection(await checkFile(request, null))?.detail ?? null;
  };

  it('gets both messages when something was also appended', async () => {
    const detail = await against((pdf) => {
      const changed = Buffer.concat([pdf, Buffer.from('\n')]);
      changed[20] = (changed[20] ?? 0) ^ 1;
      return changed;
    });
    assert.equal(detail, 'after the file was sealed, it was changed and something was appended');
  });

  it('is reported as cut off when its last bytes are missing', async () => {
    const detail = await against((pdf) => pdf.subarray(0, -1));
    assert.match(detail ?? '', /^the end of the file is missing: it had \d+ bytes when it was sealed/);
  });
});
