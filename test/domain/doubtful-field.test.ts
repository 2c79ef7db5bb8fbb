import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isBlank } from '../../src/domain/student-group/lms-record.ts';
import { NO_OVERRIDES } from '../../src/domain/student-group/override.ts';
import type { StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { findDoubt, withSuggestion } from '../../src/domain/text/doubtful-field.ts';
import { type DoubtKind, doubtOf } from '../../src/domain/text/doubtful-text.ts';
import { normaliseName, normaliseTitle } from '../../src/domain/text/name.ts';
import { studentGroup } from '../support/award.ts';

/** A fictional student group. */
function told(fullName: string, latinName: string | null = null, title: string | null = null): StudentGroup {
  const group = studentGroup('sg_1');
  const project = title === null ? null : { title, url: null, grade: null, accepted: null };
  return { ...group, student: { ...group.student, fullName, latinName }, project };
}

describe('findDoubt (which finds a text that is probably no name or title)', () => {
  it('returns the first doubtful field: full name, Latin name, project title', () => {
    const field = (...texts: Parameters<typeof told>) => findDoubt(told(...texts), NO_OVERRIDES)?.field ?? null;
    assert.equal(field('undefined', 'None', 'null'), 'fullName');
    assert.equal(field('Anna', 'None', 'null'), 'latinName');
    assert.equal(field('Anna', 'Anna', 'null'), 'projectTitle');
    assert.equal(field('Anna', null, 'Null and void'), null);
    for (const blank of ['', '  ', '\u200b'])
      assert.equal(field('Anna', blank, blank), null, 'what is blank is not there');
  });

  it('finds no doubt in a text that an override confirms; the message does not contain the text', () => {
    const text = fc.oneof(fc.constantFrom('undefined', ' None', 'N/A', 'Null'), fc.string({ unit: 'grapheme' }));
    const word = fc.option(fc.constantFrom('Null', 'Anna'), { nil: null });
    fc.assert(
      fc.property(text, text, text, word, word, word, (fullName, latinName, title, full, latin, named) => {
        const overrides = { ...NO_OVERRIDES, fullName: full, latinName: latin, projectTitle: named };
        const doubt = findDoubt(told(fullName, latinName, title), overrides);
        /** Such a text is held as doubtful when a suggestion helps, or when no other rule holds it. */
        const isOpen = (word: string | null, text: string, kind: DoubtKind, printable: boolean) => {
          const found = word === null && !isBlank(text) ? doubtOf(text, kind) : null;
          return found !== null && (found.suggestion !== null || printable);
        };
        const open = [
          isOpen(full, fullName, 'name', normaliseName(fullName).ok),
          isOpen(latin, latinName, 'name', normaliseName(latinName).ok),
          isOpen(named, title, 'title', !/[\ufffd\u202a-\u202e\u2066-\u2069]/.test(title)),
        ];
        assert.equal(doubt?.field ?? null, ['fullName', 'latinName', 'projectTitle'][open.indexOf(true)] ?? null);
        if (doubt?.suggestion != null)
          assert.ok(normaliseName(doubt.suggestion).ok || normaliseTitle(doubt.suggestion).ok);
      }),
    );
  });

  it('gives the suggestion that was stored at the judgement, and null after erasure; other reasons have no suggestion', () => {
    const reason = { code: 'name-doubtful', detail: 'student.fullName: fictional' };
    assert.deepEqual(withSuggestion(reason, told('undefined'), NO_OVERRIDES), { ...reason, suggestion: null });
    assert.deepEqual(withSuggestion(reason, null, NO_OVERRIDES), { ...reason, suggestion: null });
    const email = { code: 'email-invalid', detail: 'fictional' };
    const cyrillic = { ...told('Anna Ulgi'), student: { ...told('Anna Ulgi').student, email: 'anna@exаmple.kz' } };
    assert.deepEqual(withSuggestion(email, cyrillic, NO_OVERRIDES), { ...email, suggestion: 'anna@example.kz' });
    const overridden = { ...NO_OVERRIDES, email: 'anna@example.kz' };
    assert.deepEqual(withSuggestion(email, cyrillic, overridden), { ...email, suggestion: null });
    const other = { code: 'email-shared', detail: 'fictional' };
    assert.equal(withSuggestion(other, told('undefined'), NO_OVERRIDES), other);
  });
});
