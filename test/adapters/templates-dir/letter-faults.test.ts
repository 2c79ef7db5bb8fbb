import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { letterFaults } from '../../../src/adapters/templates-dir/letter-faults.ts';

/** Texts that the shipped `occasions.yaml` adds. */
const WORDS = ['subject', 'preheader', 'lead'];
const FILE = 'letter/x/en/body.html';
const LINK = '<a href="{{lookupUrl}}" data-do-link-relink="0" data-no-qsid="1">check</a>';
const page = (inside: string, lang = ' lang="en"') => `<html${lang}>\n<body>\n${inside}\n${LINK}</body></html>`;
const html = (inside: string) => letterFaults(FILE, page(inside), 'html');

describe('the letters shipped with the product', () => {
  it('have no fault', async () => {
    const folder = fileURLToPath(new URL('../../../../templates/letter/diploma/', import.meta.url));
    const languages = await readdir(folder);
    assert.equal(languages.length, 9);
    const shapes = new Set<string>();
    for (const language of languages) {
      const page = await readFile(`${folder}${language}/body.html`, 'utf8');
      shapes.add(
        page.replace(/ lang="\w+"/, '').replace(/>[^<]+/g, (text) => `>${(text.match(/\{\{\w+\}\}/g) ?? []).join('')}`),
      );
      for (const [part, file] of [
        ['subject', 'subject.txt'],
        ['html', 'body.html'],
        ['text', 'body.txt'],
      ] as const)
        assert.deepEqual(letterFaults(file, await readFile(`${folder}${language}/${file}`, 'utf8'), part, WORDS), []);
    }
    assert.equal(shapes.size, 1, 'every language has the same frame');
  });
});

describe('the HTML of a letter', () => {
  it('may contain all HTML that every e-mail program shows', () => {
    assert.deepEqual(
      html('<table role="presentation"><tr><td style="color:#222">{{name}}<br/>x &lt; y</td></tr></table>'),
      [],
    );
    assert.deepEqual(html('<a href="{{ issuerUrl }}" style="color:red">{{issuerUrl}}</a><!-- a note -->'), []);
  });

  for (const [name, inside, fault] of [
    ['a picture', '<img src="https://x.example/a.png">', /:3: <img>: images are loaded/],
    ['a script', '<script>alert(1)</script>', /<script>/],
    ['a style sheet', '<style>p{}</style>', /write style/],
    ['a form', '<form action="/x"><input></form>', /must not ask for input/],
    ['a frame', '<iframe src="x"></iframe>', /<iframe>/],
    ['a handler', '<p onclick="x()">', /onclick/],
    ['a background', '<td background="https://x.example/a.png">', /background.*loads data/],
    ['a fetching style', '<p style="background:URL (//x)">', /style="…" loads data/],
    ['an escaped style', '<p style="background:\\75rl(//x)">', /style="…" loads data/],
    [
      'a link elsewhere',
      '<a href="https://shop.example/sale">buy</a>',
      /links to another site; a letter may contain only/,
    ],
    ['a link in single quotes', "<a href='https://shop.example'>", /links to another site/],
    ['a bare link', '<a href=//shop.example>', /links to another site/],
    ['a link that only begins well', '<a href="{{lookupUrl}}?next=https://shop.example">', /links to another site/],
    ['a link to an address', '<a href="mailto:sales@x.example">', /links to another site/],
    ['a link in a script', '<a href="javascript:x">', /links to another site/],
    ['a link of a value from people', '<a href="{{courseTitle}}">', /links to another site/],
    ['the link that would be rewritten', '<a href="{{lookupUrl}}">check</a>', /data-do-link-relink="0"/],
    ['a table that is read out', '<table><tr></tr></table>', /role="presentation"/],
    ['a refresh', '<meta http-equiv="refresh" content="0;url=//x">', /http-equiv/],
    ['a conditional comment', '<!--[if mso]><img src=x><![endif]-->', /conditional/],
    ['an unfinished tag', '<a href="x" <b>', /cannot be read/],
    ['an unknown element', '<marquee>', /<marquee>: only these elements are allowed/],
    ['an unknown placeholder', '{{surname}}', /\{\{surname\}\} is unknown/],
    ['the template language', '[% 7*7 %]', /template language/],
  ] as const) {
    it(`must not contain ${name}`, () => {
      const faults = html(inside);
      assert.ok(
        faults.some((line) => fault.test(line)),
        faults.join('\n'),
      );
      for (const line of faults) assert.match(line, /^letter\/x\/en\/body\.html:3: /);
    });
  }

  it('must state its language and contain a link to the verification page', () => {
    assert.match(letterFaults(FILE, page('', ''), 'html').join(), /<html lang/);
    assert.match(letterFaults(FILE, '<html lang="en">', 'html').join(), /\{\{lookupUrl\}\} is missing/);
  });

  it('is checked completely, whatever it contains', () => {
    const piece = fc.constantFrom('<', '>', 'a', ' ', '"', "'", 'href=', '=', '<!--', '-->', '/', 'x', '<img', '\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const faults = letterFaults(FILE, page(text), 'html');
        if (/<img[\s>/]/.test(text.replace(/<!--[\s\S]*?(-->|$)/g, ''))) assert.notDeepEqual(faults, []);
      }),
    );
  });

  it('is checked fast enough, whatever its length', () => {
    const begun = process.cpuUsage();
    letterFaults(FILE, page(`<a ${'b c= '.repeat(5_000)}`), 'html');
    letterFaults(FILE, page('<!--'.repeat(5_000)), 'html');
    assert.ok(process.cpuUsage(begun).user < 2_000_000, 'two seconds of the processor');
  });
});

describe('the subject and text of a letter', () => {
  it('may link only to the verification page and the issuer', () => {
    const fault = (text: string) => letterFaults('body.txt', `{{lookupUrl}}\n${text}`, 'text');
    assert.deepEqual(fault('{{issuerUrl}} No. {{number}}, 12:00, a.b'), []);
    for (const elsewhere of ['https://shop.example', 'See www.shop.example', 'write to sale@shop.example', 'tel:+7700'])
      assert.match(fault(elsewhere).join(), /^body\.txt:2: .*links to another site/);
    assert.match(letterFaults('subject.txt', 'Sale at www.shop.example', 'subject').join(), /links to another site/);
  });

  it('must not be empty', () => {
    assert.match(letterFaults('subject.txt', ' \n', 'subject').join(), /empty/);
  });
});
