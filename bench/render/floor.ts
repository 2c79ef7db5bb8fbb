import { deflateSync, inflateSync } from 'node:zlib';
import type { Tool } from './tool.ts';

/** Streams of a PDF file as stored. */
function streams(pdf: Buffer): Buffer[] {
  const source = pdf.toString('latin1');
  return [...source.matchAll(/\/Length (\d+)[\s\S]*?stream\r?\n/g)].map((match) => {
    const from = match.index + match[0].length;
    return pdf.subarray(from, from + Number(match[1]));
  });
}

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes);
  } catch {
    return bytes;
  }
}

/**
 * The lower bound of any drawing that deflates its own bytes. It deflates the streams of a plain diploma that differ
 * between diplomas (zlib's default level) and copies the file once; it does no layout and no writing.
 */
export async function openFloor(plain: Tool): Promise<Tool> {
  const [one, other] = [Buffer.from(await plain.draw(1)), Buffer.from(await plain.draw(2))];
  const shared = new Set(streams(other).map((bytes) => bytes.toString('latin1')));
  const unique = streams(one).filter((bytes) => !shared.has(bytes.toString('latin1')));
  const texts = unique.map(inflated);
  return {
    name: 'the floor: deflate and copy',
    every: 1,
    draw() {
      for (const text of texts) deflateSync(text);
      return Buffer.from(one);
    },
  };
}
