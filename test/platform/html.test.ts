import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { embeddingLevels } from '../../src/diploma/type/bidi.ts';
import { html } from '../../src/platform/http/html.ts';
import { closeDirections, isolateDirection } from '../../src/platform/http/text-direction.ts';

const [OVERRIDE, EMBED, ISOLATE, POP, POP_ISOLATE] = ['\u202e', '\u202b', '\u2067', '\u202c', '\u2069'];

/** Levels of the words around a text, as the Unicode Bidirectional Algorithm gives them: 0 is from left to right. */
function levelsAround(text: string): number[] {
  const [before, after] = ['by ', ' of 12'];
  const levels = embeddingLevels(`${before}${text}${after}`) ?? [];
  return [...levels.slice(0, before.length), ...levels.slice(before.length + text.length)];
}

describe('markup of the pages', () => {
  it('escapes every value for text and for attributes', () => {
    assert.equal(html`<p title="${`"'<`}">${'<b>&'}</p>`.text, '<p title="&quot;&#39;&lt;">&lt;b&gt;&amp;</p>');
    assert.equal(html`<p>${html`<b>${1}</b>`}${null}${false}</p>`.text, '<p><b>1</b></p>');
  });

  it('isolates a text with another direction of writing, and closes what it leaves open', () => {
    assert.equal(html`<p>${`a${OVERRIDE}b`}</p>`.text, `<p><bdi>a${OVERRIDE}b${POP}</bdi></p>`);
    assert.equal(html`<p>${'يوسف'} 12</p>`.text, '<p><bdi>يوسف</bdi> 12</p>');
    assert.equal(html`<p>${'Юсуф'}</p>`.text, '<p>Юсуф</p>');
  });

  it('leaves a text as it is where the element takes its direction from it: an inner <bdi> would hide it', () => {
    assert.equal(html`<bdi>${'يوسف'}</bdi>`.text, '<bdi>يوسف</bdi>');
    assert.equal(html`<h1 class="name" dir="auto">${'يوسف'}</h1>`.text, '<h1 class="name" dir="auto">يوسف</h1>');
  });

  it('takes the character away with which a text would leave <bdi>', () => {
    assert.equal(html`<bdi>${`a${POP_ISOLATE}${OVERRIDE}b`}</bdi>`.text, `<bdi>a${OVERRIDE}b${POP}</bdi>`);
  });

  it('keeps what was typed in fields as it is, and puts no markup into titles and options', () => {
    const typed = `a${OVERRIDE}b`;
    assert.equal(html`<input value="${typed}">`.text, `<input value="${typed}">`);
    assert.equal(html`<textarea name="x">${typed}</textarea>`.text, `<textarea name="x">${typed}</textarea>`);
    assert.equal(html`<title>${typed} · Gramota</title>`.text, `<title>${typed}${POP} · Gramota</title>`);
    assert.equal(html`<option value="x">${typed}</option>`.text, `<option value="x">${typed}${POP}</option>`);
  });

  it('keeps the order of the words around any text', () => {
    const signs = fc.constantFrom(OVERRIDE, EMBED, ISOLATE, POP, POP_ISOLATE, '\u2068', 'a', 'ش', '7', ' ');
    fc.assert(
      fc.property(fc.string({ unit: signs, maxLength: 12 }), (text) => {
        assert.ok(levelsAround(isolateDirection(text)).every((level) => level === 0));
        assert.equal(closeDirections(closeDirections(text)), closeDirections(text), 'closed once for all');
      }),
    );
    assert.ok(
      levelsAround(`\u2068${`x${POP_ISOLATE}${OVERRIDE}`}${POP_ISOLATE}`).includes(1),
      'isolating alone is not enough',
    );
  });
});
