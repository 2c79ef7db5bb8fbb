import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../src/domain/failure.ts';
import { encodeUtm, renderLetter } from '../../src/domain/letter/letter-text.ts';

const letter = (text: string, values: Record<string, string>) =>
  renderLetter({ subject: text, html: text, text }, values, ['[%', '%]']);

describe('the text of a letter', () => {
  test('has its placeholders filled, with or without spaces inside', () => {
    assert.equal(letter('Dear {{name}}, {{ name }}!', { name: 'Anna' }).text, 'Dear Anna, Anna!');
  });

  test('has its values escaped in HTML, and only in HTML', () => {
    const { html, text } = letter('<b title="{{name}}">', { name: `<script>"x" & 'y'` });
    assert.equal(html, '<b title="&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;">');
    assert.equal(text, `<b title="<script>"x" & 'y'">`);
  });

  test('has a subject of one line', () => {
    const { subject } = letter('Diploma of {{name}}\n', { name: 'Anna\r\nBcc: x@example.kz\u2028y\u0000' });
    assert.equal(subject, 'Diploma of Anna Bcc: x@example.kz y');
  });

  test('does not expand placeholders that occur inside values, nor inherited properties', () => {
    assert.equal(letter('{{a}}', { a: '{{b}}', b: 'secret' }).text, '{{b}}');
    assert.throws(() => letter('{{constructor}}', {}), InputError);
  });

  test('is refused with every unknown or malformed placeholder', () => {
    assert.throws(
      () => renderLetter({ subject: '{{nam}}', html: '{{name', text: '{{name}}' }, { name: 'Anna' }, []),
      (error) => error instanceof InputError && /subject.*\{\{nam\}\}.*name/.test(error.message),
    );
    assert.throws(() => letter('{{name', { name: 'x' }), InputError);
    assert.throws(() => letter('{{na me}}', { name: 'x' }), InputError);
  });

  test('contains template marks of the mail provider from values only in a visibly split form', () => {
    assert.equal(letter('{{a}}', { a: '[% name %]' }).text, '[ % name % ]');
    assert.equal(letter('{{a}}', { a: '[[%% x %%]]' }).html, '[[ %% x %% ]]');
  });

  test('has the template marks of the configured mail provider split, whichever provider it is', () => {
    const template = { subject: '', html: '', text: '{{a}}{{{b}}' };
    const { text } = renderLetter(template, { a: '[% $(x) <?php', b: '{y' }, ['$(', '<?p', '{{']);
    assert.equal(text, '[% $ (x) < ?php{ {y');
  });

  test('has marks split that begin in one part and end in the next; marks of the template itself stay', () => {
    assert.equal(letter('[{{a}}%{{b}}]', { a: '%x', b: '' }).text, '[ %x% ]');
    assert.equal(letter('{{a}}{{b}}', { a: '[', b: '%]' }).text, '[ % ]');
    assert.equal(letter('[{{a}}%', { a: '' }).text, '[ %');
    assert.equal(letter('[% unsub %] {{a}}', { a: 'x' }).text, '[% unsub %] x');
  });

  test('never contains an unsplit template mark of the mail provider, for any values in any positions', () => {
    const piece = fc.string({ unit: fc.constantFrom('[', ']', '%', 'a', ' ', '\n', '&'), maxLength: 8 });
    const literal = piece.filter((text) => !/\[%|%\]/.test(text));
    fc.assert(
      fc.property(fc.tuple(literal, literal, literal), piece, piece, ([x, y, z], a, b) => {
        const rendered = letter(`${x}{{a}}${y}{{b}}${z}`, { a, b });
        for (const part of Object.values(rendered)) assert.doesNotMatch(part, /\[%|%\]/);
      }),
      { numRuns: 2000 },
    );
  });
});

test('UTM tags in links are URL-encoded exactly once', () => {
  assert.equal(
    encodeUtm({ source: 'gramota', medium: 'email', campaign: 'cis 2026&x=[%', term: undefined, content: '' }),
    'utm_source=gramota&utm_medium=email&utm_campaign=cis%202026%26x%3D%5B%25',
  );
  assert.equal(encodeUtm(null), null);
  assert.equal(encodeUtm({}), null);
});
