import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { PNG } from 'pngjs';
import { selfCheck } from '../../src/diploma/check/self-check.ts';
import { expectedOf } from '../../src/diploma/check/self-check-expected.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { InputError } from '../../src/domain/failure.ts';
import { OWN_TEMPLATE, type OwnTemplate, ownFolder } from './own-template.ts';
import { readPdf } from './pdf-reader.ts';
import { factsFor } from './sample-facts.ts';

/** A stroke of one colour on nothing, as a scanned signature. */
function signature(red: number, width = 60, height = 20): Buffer {
  const png = new PNG({ width, height });
  for (let at = 0; at < width * height; at += 1) {
    const inked = (at % width) % 7 === 0;
    png.data.set(inked ? [red, 40, 90, 255] : [0, 0, 0, 0], at * 4);
  }
  return PNG.sync.write(png);
}

const SEAL =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60"><circle cx="30" cy="30" r="28" fill="none" stroke="#17365d"/></svg>';
const ISSUER = `name: { ru: Школа }
url: https://school.example
pictures: { seal: seal.svg, logo: logo.png }
signatories:
  vera: { name: Вера Образцова, signature: vera.png }
  askar: { name: Аскар Примеров, signature: askar.png }
`;
/** The own template with places for the pictures. */
const WITH_PLACES = {
  ...OWN_TEMPLATE,
  images: {
    logo: { from: 'logo', alt: null },
    signature: { from: 'signature', alt: null },
    secondSignature: { from: 'secondSignature', alt: null },
    seal: { from: 'seal', alt: 'sealAlt' },
  },
  first: {
    ...OWN_TEMPLATE.first,
    stacks: [
      ...OWN_TEMPLATE.first.stacks,
      {
        ...{ x: 60, top: 410, width: 200, bottom: 560 },
        parts: [
          { image: 'logo', height: 20 },
          { image: 'seal', height: 28 },
          { image: 'signature', height: 20 },
          { image: 'secondSignature', height: 20 },
          { rule: 0.6, colour: 'ink', when: 'secondSignatory' },
          { text: 'second', style: 'plain' },
        ],
      },
    ],
  },
  texts: { ...OWN_TEMPLATE.texts, sealAlt: 'Печать: {issuer}', second: '{secondSignatory}, {secondPosition}' },
};

describe('pictures of the school', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gramota-issuer-pictures-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  const folder = (files: Record<string, string | Buffer>, places = true): Promise<string> =>
    ownFolder(root, places ? WITH_PLACES : OWN_TEMPLATE, files);
  const PICTURES = {
    'issuer.yaml': ISSUER,
    'issuer/seal.svg': SEAL,
    'issuer/logo.png': signature(1),
    'issuer/vera.png': signature(2),
    'issuer/askar.png': signature(3),
  };
  const one = async (dir: string): Promise<TemplateBundle> => {
    const [bundle] = await loadTemplates(dir);
    assert.ok(bundle);
    return bundle;
  };
  const faultsOf = async (files: Record<string, string | Buffer>): Promise<string[]> => {
    const error: unknown = await loadTemplates(await folder(files)).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof InputError, String(error));
    return error.faults;
  };
  const vera = { id: 'vera', name: 'Вера Образцова', position: 'Директор' };
  const askar = { id: 'askar', name: 'Аскар Примеров', position: 'Проректор' };

  async function drawn(bundle: TemplateBundle, changes: Partial<DiplomaFacts>): Promise<Buffer> {
    const template = new PreparedTemplate(bundle);
    const facts = factsFor(bundle, { holderName: 'Анна Петрова', ...changes });
    const pdf = await drawDiploma(facts, template, null);
    assert.equal(await selfCheck(pdf, expectedOf(facts, template, null)), null);
    return pdf;
  }
  /** First red value of every image in the file: 1 is the logo, 2 is Vera's signature, 3 Askar's. */
  const reds = (pdf: Buffer): number[] => {
    const { dictionaries, streams } = readPdf(pdf);
    const colours = dictionaries.filter((text) => text.includes('/Subtype /Image') && text.includes('/DeviceRGB'));
    const pixels = streams.filter((bytes) => bytes.length === 60 * 20 * 3);
    assert.equal(colours.length, pixels.length);
    return pixels.map((bytes) => bytes[0] ?? -1).sort();
  };

  it('show the signature of the person who signs this diploma, and of nobody else', async () => {
    const bundle = await one(await folder(PICTURES));
    assert.deepEqual(reds(await drawn(bundle, { signatory: vera })), [1, 2]);
    assert.deepEqual(reds(await drawn(bundle, { signatory: askar })), [1, 3]);
    const { id: _, ...unknown } = vera;
    assert.deepEqual(reds(await drawn(bundle, { signatory: unknown })), [1], 'no id, no signature');
    assert.deepEqual(reds(await drawn(bundle, { signatory: { ...vera, id: 'new' } })), [1], 'no file, no signature');
    assert.deepEqual(reds(await drawn(bundle, { signatory: vera, secondSignatory: askar })), [1, 2, 3]);
  });

  it('may be line art; with a text for those who do not see it, it is a figure', async () => {
    const pdf = await drawn(await one(await folder(PICTURES)), { signatory: vera });
    const { dictionaries } = readPdf(pdf);
    assert.equal(dictionaries.filter((text) => text.includes('/S /Figure')).length, 2, 'the seal and the QR code');
  });

  it('belong to a template that has places for them: they change its hash, and other templates stay as they were', async () => {
    const hash = async (files: Record<string, string | Buffer>, places: boolean): Promise<string> =>
      (await one(await folder(files, places))).hash;
    const plain = await hash({}, false);
    assert.equal(await hash(PICTURES, false), plain, 'no place, no change');
    const shown = await hash(PICTURES, true);
    assert.notEqual(shown, await hash({}, true));
    assert.notEqual(shown, await hash({ ...PICTURES, 'issuer/vera.png': signature(9) }, true));
    assert.equal(shown, await hash(PICTURES, true));
  });

  it('give the same bytes again and again, without what else a file holds', async () => {
    const text = Buffer.from('tEXtAuthor\0Secret Person', 'latin1');
    const sized = Buffer.alloc(4);
    sized.writeUInt32BE(text.length - 4);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(text));
    const png = signature(2);
    const chatty = Buffer.concat([png.subarray(0, 33), sized, text, crc, png.subarray(33)]);
    const pdf = await drawn(await one(await folder({ ...PICTURES, 'issuer/vera.png': chatty })), { signatory: vera });
    assert.ok(!pdf.includes('Secret Person'));
    const bundle = await one(await folder(PICTURES));
    assert.ok((await drawn(bundle, { signatory: vera })).equals(await drawn(bundle, { signatory: vera })));
  });

  it('are refused with file and line where they are missing, too large, no picture, or a link', async () => {
    const { 'issuer/vera.png': _, ...without } = PICTURES;
    assert.match(
      (await faultsOf(without)).join(),
      /^issuer\.yaml:5: signatories\.vera\.signature: the file issuer\/vera\.png does not exist/,
    );
    const spoilt = async (bytes: Buffer | string) => (await faultsOf({ ...PICTURES, 'issuer/vera.png': bytes })).join();
    assert.match(await spoilt('no picture'), /issuer\/vera\.png is neither a PNG nor a JPEG/);
    assert.match(await spoilt(signature(2).subarray(0, 60)), /cut off or damaged/);
    assert.match(await spoilt(signature(2, 2000, 4)), /2000 by 4 pixels, but at most 1600/);
    assert.match(await spoilt(Buffer.alloc(100_001)), /101 KB, but at most 100 KB/);
    const bomb = signature(2);
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    assert.match(await spoilt(bomb), /60000 by 60000 pixels/);
    const art = await faultsOf({ ...PICTURES, 'issuer/seal.svg': SEAL.replace('<circle', '<image') });
    assert.match(art.join(), /issuer\.yaml:3: pictures\.seal: issuer\/seal\.svg.*image/);
    const dir = await folder(without);
    await symlink('/etc/hostname', join(dir, 'issuer/vera.png'));
    await assert.rejects(loadTemplates(dir), /issuer\/vera\.png is no plain file/);
  });

  it('cannot be named by a template itself', async () => {
    const dir = await ownFolder(root, { ...OWN_TEMPLATE, pictures: { logo: '../../secret.png' } } as OwnTemplate);
    await assert.rejects(loadTemplates(dir), /template\.yaml:\d+: pictures: cannot stand in a template/);
  });

  it('leave no line where one person signs', async () => {
    const bundle = await one(await folder(PICTURES));
    const lines = (pdf: Buffer): number =>
      readPdf(pdf).streams.reduce((sum, bytes) => sum + bytes.toString('latin1').split(' 0.6 w ').length - 1, 0);
    const alone = lines(await drawn(bundle, { signatory: vera }));
    assert.equal(lines(await drawn(bundle, { signatory: vera, secondSignatory: askar })), alone + 1);
    const { pages } = readPdf(await drawn(bundle, { signatory: vera, secondSignatory: askar }));
    assert.ok(pages[0]?.some(({ text }) => text === 'Аскар Примеров, Проректор'));
  });
});
