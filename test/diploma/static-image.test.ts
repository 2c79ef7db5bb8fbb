import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { prepareImage } from '../../src/diploma/pdf/static-image.ts';

/** The frame header of a JPEG: enough to read size and colours. */
function jpeg(components: number, bits = 8): Buffer {
  const frame = [0xff, 0xc2, 0, 8 + 3 * components, bits, 0, 7, 0, 9, components, ...Array(3 * components).fill(1)];
  return Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, ...frame, 0xff, 0xd9]);
}

function png(pixels: number[][], options: object = {}): Buffer {
  const image = new PNG({ width: pixels.length, height: 1 });
  image.data.set(pixels.flat());
  return PNG.sync.write(image, options);
}

describe('prepareImage (which reads images of a template)', () => {
  it('splits a PNG with transparency into colours and a mask; invisible colours become zero', () => {
    const image = prepareImage(
      png([
        [255, 0, 0, 255],
        [0, 9, 0, 128],
        [77, 77, 78, 0],
      ]),
    );
    assert.deepEqual([image.width, image.height], [3, 1]);
    assert.deepEqual([...inflateSync(image.colour.bytes)], [255, 0, 0, 0, 9, 0, 0, 0, 0]);
    assert.deepEqual([...inflateSync(image.alpha?.bytes ?? Buffer.alloc(0))], [255, 128, 0]);
    assert.equal(image.colour.entries['ColorSpace'], 'DeviceRGB');
  });

  it('stores an opaque grey PNG as one grey stream', () => {
    const pixels = [
      [10, 10, 10, 255],
      [200, 200, 200, 255],
    ];
    for (const options of [{}, { colorType: 0 }, { colorType: 2 }]) {
      const image = prepareImage(png(pixels, options));
      assert.deepEqual([...inflateSync(image.colour.bytes)], [10, 200]);
      assert.equal(image.colour.entries['ColorSpace'], 'DeviceGray');
      assert.equal(image.alpha, null);
    }
  });

  it('stores a JPEG unchanged', () => {
    const bytes = jpeg(3);
    const image = prepareImage(bytes);
    assert.deepEqual([image.width, image.height, image.alpha], [9, 7, null]);
    assert.deepEqual(image.colour, {
      entries: { ColorSpace: 'DeviceRGB', BitsPerComponent: 8, Filter: 'DCTDecode' },
      bytes,
    });
    assert.equal(prepareImage(jpeg(1)).colour.entries['ColorSpace'], 'DeviceGray');
  });

  it('refuses images that cannot be drawn, with advice', () => {
    assert.throws(() => prepareImage(jpeg(4)), /4 components .* save it in sRGB/);
    assert.throws(() => prepareImage(jpeg(3, 12)), /12 bits/);
    assert.throws(() => prepareImage(Buffer.from([0xff, 0xd8, 0xff, 0xd9])), /without a frame/);
    assert.throws(() => prepareImage(png([[1, 2, 3, 255]]).subarray(0, 40)), /cut off or damaged/);
    assert.throws(() => prepareImage(Buffer.from('<svg/>')), /neither a PNG nor a JPEG/);
  });
});
