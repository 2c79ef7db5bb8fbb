import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import jsQR from 'jsqr';
import decodeQR from 'qr/decode.js';
import QRCode, { type QRCodeSegment } from 'qrcode';
import { qrPath } from '../../src/diploma/qr.ts';
import { qrModules } from '../../src/diploma/qr-mask.ts';

const CODE = 'EG5N8PYDQBWY8S1JN29G5Q0WW';
const address = (length: number): string => `https://${'h'.repeat(length)}/c/${CODE}`;

/** Pixels per module. */
const SCALE = 4;

/** The operators as a picture, RGBA, and the number of modules on a side without the quiet zone. */
function painted(path: string): { modules: number; side: number; pixels: Uint8ClampedArray } {
  const whole = Number(/0 0 (\d+) \d+ re f/.exec(path)?.[1]);
  const side = whole * SCALE;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x = '', y = '', width = ''] of path.matchAll(/^(\d+) (\d+) (\d+) 1 re$/gm))
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row += 1)
      for (let column = Number(x) * SCALE; column < (Number(x) + Number(width)) * SCALE; column += 1)
        pixels.set([0, 0, 0], (row * side + column) * 4);
  return { modules: whole - 8, side, pixels };
}

const modulesOf = (text: string, inSegments: boolean): number => painted(qrPath(text, 0, 0, 85, inSegments)).modules;

describe('the QR code of a diploma', () => {
  it('is a version smaller in two segments for hosts of 7 to 13 and of 27 to 33 characters, and never larger', () => {
    const smaller: number[] = [];
    for (let length = 1; length <= 60; length += 1) {
      const [one, two] = [modulesOf(address(length), false), modulesOf(address(length), true)];
      assert.ok(two <= one, `${length}: ${two} modules instead of ${one}`);
      if (two < one) smaller.push(length);
    }
    assert.deepEqual(smaller.slice(0, 14), [7, 8, 9, 10, 11, 12, 13, 27, 28, 29, 30, 31, 32, 33]);
    assert.deepEqual([modulesOf(address(13), false), modulesOf(address(13), true)], [33, 29]);
    assert.deepEqual([modulesOf(address(33), false), modulesOf(address(33), true)], [37, 33]);
  });

  it('is read as the same address by two other libraries', () => {
    const odd = [
      'https://пример.рф/c/',
      'http://127.0.0.1:8080/c/',
      'https://h.example/x/y/c/',
      'https://h.example/c/a',
    ];
    for (const text of [...[1, 7, 13, 20, 27, 33, 40].map(address), ...odd.map((start) => `${start}${CODE}`)]) {
      const { pixels, side } = painted(qrPath(text, 0, 0, 85, true));
      assert.equal(jsQR.default(pixels, side, side)?.data, text, `jsQR: ${text}`);
      const picture = { width: side, height: side, data: new Uint8Array(pixels) };
      assert.equal(decodeQR(picture, { format: 'RGBA', timeLimit: Number.MAX_SAFE_INTEGER }), text, `qr: ${text}`);
    }
  });

  it('is drawn as before for templates before format 4', () => {
    assert.equal(modulesOf(address(13), false), 33);
    assert.equal(qrPath(address(20), 1, 2, 85, true), qrPath(address(20), 1, 2, 85, false), 'no gain, no change');
  });

  it('has the mask that the library would choose, for contents of all lengths', () => {
    const masks = new Set<number | undefined>();
    for (let length = 1; length <= 600; length += 1) {
      const text = Array.from({ length: 1 + (length % 250) }, (_, index) => CODE[(index * length + index) % 25]).join(
        '',
      );
      const segments: QRCodeSegment[] = [{ data: Buffer.from(`https://${length}/${text}`), mode: 'byte' }];
      const { modules, maskPattern } = QRCode.create(segments, { errorCorrectionLevel: 'M' });
      masks.add(maskPattern);
      const { size, data } = qrModules(segments);
      assert.equal(size, modules.size);
      assert.deepEqual(Buffer.from(data), Buffer.from(modules.data), `${length}: ${text}`);
    }
    assert.equal(masks.size, 8, 'each mask was the best at least once');
  });
});
