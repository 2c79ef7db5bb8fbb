import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSvg } from '../../src/diploma/template/svg-art.ts';
import { TEMPLATES_DIR } from './sample-facts.ts';

const PALETTE = { primary: '#17365d', accent: '#a8843c', tint: '#ece4d3' };

const svg = (inside: string, box = '0 0 100 50'): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">\n${inside}\n</svg>`;

/** The operators that a picture paints, one per line. */
function painted(inside: string, box?: string): string[] {
  const result = readSvg('a.svg', svg(inside, box), PALETTE);
  assert.ok('art' in result, 'faults' in result ? result.faults.join('\n') : '');
  return result.art.operators.split('\n');
}

function faultsOf(inside: string): string[] {
  const result = readSvg('a.svg', svg(inside), PALETTE);
  assert.ok('faults' in result, 'accepted');
  return result.faults;
}

describe('line art from an SVG file', () => {
  it('becomes PDF path operators: outlines, fill, stroke', () => {
    assert.deepEqual(painted('<rect x="1" y="2" width="3" height="4" fill="#f00"/>'), [
      '1 0 0 rg',
      '1 2 m',
      '4 2 l',
      '4 6 l',
      '1 6 l',
      'h f',
    ]);
    assert.deepEqual(painted('<line x1="1" y1="2" x2="3" y2="4" stroke="{primary}" fill="none" stroke-width="2"/>'), [
      '0.09 0.212 0.365 RG',
      '2 w',
      '0 J',
      '0 j',
      '4 M',
      '[] 0 d',
      '1 2 m',
      '3 4 l S',
    ]);
    assert.deepEqual(painted('<path d="M0 0q3 3 6 0t6 0z" fill-rule="evenodd"/>').slice(1), [
      '0 0 m',
      '2 2 4 2 6 0 c',
      '8 -2 10 -2 12 0 c',
      'h f*',
    ]);
    assert.deepEqual(painted('<polygon points="0,0 4,0 4,4" stroke="black"/>').at(-1), 'h B');
    assert.deepEqual(painted('<path d="M0 0H9" fill="none"/>'), [''], 'what has no paint paints nothing');
  });

  it('keeps circles exact: each has four arcs through the right points', () => {
    const arcs = painted('<circle cx="10" cy="10" r="5"/>').filter((line) => line.endsWith(' c'));
    assert.equal(arcs.length, 4);
    for (const arc of arcs) {
      const [x = 0, y = 0] = arc.split(' ').slice(4, 6).map(Number);
      assert.ok(Math.abs(Math.hypot(x - 10, y - 10) - 5) < 0.01, arc);
    }
    assert.deepEqual(painted('<ellipse rx="3" ry="2"/>').filter((line) => line.endsWith(' c')).length, 4);
    assert.deepEqual(painted('<rect width="9" height="9" rx="2"/>').filter((line) => line.endsWith(' c')).length, 4);
  });

  it('inherits colours, combines nested transforms and supports <use>', () => {
    const lines = painted(
      '<defs><path id="p" d="M0 0h1"/></defs><g stroke="#000" fill="none" transform="translate(5 6)"><use href="#p" x="2"/><use href="#p" transform="rotate(90)"/></g>',
    );
    assert.equal(lines.filter((line) => line === '1 0 l S').length, 2);
    assert.ok(
      lines.includes('q 1 0 0 1 5 6 cm') && lines.includes('q 1 0 0 1 2 0 cm') && lines.includes('q 0 1 -1 0 0 0 cm'),
    );
    assert.equal(lines.filter((line) => line.startsWith('q ')).length, lines.filter((line) => line === 'Q').length);
    assert.deepEqual(painted('<rect width="1" height="1"/>', '10 20 30 40')[0], '1 0 0 1 -10 -20 cm');
  });

  it('may contain what SVG editors write: styles, editor attributes, descriptions', () => {
    const lines = painted(
      '<title>A</title><metadata><b/></metadata><g xmlns:i="urn:i" i:label="x"><i:grid/><rect width="1" height="1" style="fill:#00f;stroke:none;opacity:1" id="r"/></g>',
    );
    assert.equal(lines[0], '0 0 1 rg');
  });

  it('is refused when it would be drawn differently, with the line and advice', () => {
    const cases: [string, RegExp][] = [
      ['<g>\n<text>Hi</text></g>', /^a\.svg:3: <text>: cannot be drawn, .*: convert the text to paths/],
      ['<image href="x.png"/>', /^a\.svg:2: <image>: .*: list the image under "images"/],
      [
        '<rect width="1" height="1" opacity="0.5"/>',
        /<rect>: opacity="0\.5": transparency is not supported: use a lighter colour/,
      ],
      [
        '<rect width="1" height="1" fill="navy"/>',
        /fill="navy": write "#rrggbb", "none" or a colour of the palette \(\{primary\}/,
      ],
      ['<rect width="1" height="1" fill="{gold}"/>', /fill="\{gold\}": write/],
      ['<rect width="10%" height="1"/>', /width="10%" is not a plain number/],
      ['<rect width="1" height="1" clip-path="url(#a)"/>', /clip-path is not supported: remove it/],
      ['<path d="M0 0 L x"/>', /its outline cannot be read/],
      ['<g transform="skew(3)"><path d="M0 0h1"/></g>', /transform="skew\(3\)" cannot be read/],
      ['<use href="#none"/>', /href="#none" is not the id of an element in this file/],
      ['<g id="a"><use href="#a"/></g>', /nested more than 60 levels deep: check whether a <use> contains itself/],
      ['<g><rect></g>', /^a\.svg:2: not readable as SVG: /],
      ['&bomb;', /^a\.svg:2: not readable as SVG: /],
    ];
    for (const [inside, expected] of cases) assert.match(faultsOf(inside)[0] ?? '', expected, inside);
    const tree = Array.from({ length: 24 }, (_, i) => `<g id="b${i + 1}"><use href="#b${i}"/><use href="#b${i}"/></g>`);
    const bomb = `<defs><g id="b0"/>${tree.join('')}</defs><use href="#b24"/>`;
    assert.match(faultsOf(bomb)[0] ?? '', /its lines need more than 2 MB: simplify the drawing/);
    const bare = readSvg('a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', PALETTE);
    assert.match('faults' in bare ? (bare.faults[0] ?? '') : '', /needs viewBox="0 0 width height"/);
  });

  it('is small for every SVG file of the repository', async () => {
    const dir = join(TEMPLATES_DIR, 'family');
    const names = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.svg'));
    assert.ok(names.length >= 9, names.join(', '));
    for (const name of names) {
      const source = await readFile(join(dir, name), 'utf8');
      assert.ok(source.length < 20_000, name);
      const colours = Object.fromEntries([...source.matchAll(/"\{(\w+)\}"/g)].map(([, colour]) => [colour, '#000000']));
      assert.ok('art' in readSvg(name, source, colours), name);
    }
  });
});
