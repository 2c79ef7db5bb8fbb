import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { NameFitResult } from '../../src/ports/printer.ts';
import { oneOfEachLanguage, openWorkshop, type Workshop } from './sample-facts.ts';

describe('the check of names and texts before the award', () => {
  let shop: Workshop;
  before(async () => {
    shop = await openWorkshop();
  });
  after(() => shop.printer.close());

  const fit = (holderName: string, latinName: string | null = null, templateId = 'teacher-ru'): NameFitResult =>
    shop.printer.fitName({ templateId, holderName, latinName });

  it('accepts names in every script that has a font, in every template', () => {
    const names = [
      'Әсел Нұрмұхамедова',
      'Dilnoza Oʻrinboyeva Gʻulomjon qizi',
      'ნინო ბერიძე-კვარაცხელია',
      'Անահիտ Հարությունյան',
      'Şəhla Əliyeva',
      'Ελένη Παπαδοπούλου',
      'أحمد الخطيب',
      'زهرا پورحسینی‌نژاد',
      'שרה כהן־לוי',
      'प्रिया शर्मा',
      'สมชาย น้ำใจดี',
      'Nguyễn Thị Ánh Tuyết',
      'Ґанна Їжакевич',
      'Ӯктам Ҷӯраев',
    ];
    for (const { id } of shop.templates) {
      for (const name of names) {
        assert.deepEqual(fit(name, null, id), { ok: true, holderName: name.normalize('NFC'), latinName: null }, name);
      }
    }
  });

  it('keeps the Latin form beside the native name, and omits the Latin form when both are equal', () => {
    assert.deepEqual(fit('ნინო ბერიძე', 'Nino Beridze'), {
      ok: true,
      holderName: 'ნინო ბერიძე',
      latinName: 'Nino Beridze',
    });
    assert.deepEqual(fit('Nino Beridze', 'Nino Beridze'), { ok: true, holderName: 'Nino Beridze', latinName: null });
  });

  it('composes letters that are written as base letter and mark', () => {
    assert.deepEqual(fit('Zoe\u0308 C\u0327elik'), { ok: true, holderName: 'Zoë Çelik', latinName: null });
  });

  it('accepts a mark without a composed form when the font of its letter has the mark', () => {
    assert.equal(fit('Ме\u0301рген').ok, true);
    assert.equal(
      fit('Б\u0e49').ok,
      false,
      'no face holds a Cyrillic letter and a Thai tone: it must not float beside it',
    );
  });

  it('uses the Latin form when no font has the script', () => {
    assert.deepEqual(fit('山田花子', 'Hanako Yamada'), { ok: true, holderName: 'Hanako Yamada', latinName: null });
  });

  it('refuses a name whose letters have no glyphs; the message gives code points, not the name', () => {
    const result = fit('山 Иванова');
    assert.equal(result.ok, false);
    if (result.ok) return;
    assert.equal(result.code, 'name-unprintable');
    assert.match(result.detail, /U\+5C71/);
    assert.doesNotMatch(result.detail, /山|Иванова/);
    const both = fit('山', '田');
    assert.ok(!both.ok && both.code === 'name-unprintable');
    assert.ok(!fit('\ud800').ok, 'a lone surrogate is no letter');
  });

  it('breaks a long name into two lines and refuses a longer one; the message contains no part of the name', () => {
    assert.equal(fit('Александра Константиновна Рождественская-Преображенская').ok, true);
    const result = fit('Александра Константиновна Рождественская-Преображенская '.repeat(3).trim());
    assert.ok(!result.ok && result.code === 'name-too-long');
    assert.doesNotMatch(result.detail, /Александра/);
    const unbroken = fit('А'.repeat(120));
    assert.ok(!unbroken.ok && unbroken.code === 'name-too-long', 'a name is never broken inside a word');
    const longLatin = fit('ნინო', 'Nino '.repeat(60).trim());
    assert.ok(!longLatin.ok && longLatin.code === 'name-too-long');
  });

  it('either accepts a text or reports each missing code point once, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 3, maxLength: 30 }), (name) => {
        const result = fit(name);
        if (result.ok) return assert.equal(result.holderName, name.normalize('NFC'));
        assert.ok(['name-unprintable', 'name-too-long'].includes(result.code));
        if (result.code === 'name-unprintable') assert.match(result.detail, /U\+[0-9A-F]{4,6}/);
      }),
      { numRuns: 300 },
    );
  });

  it('checks glyphs and length of the other texts too', () => {
    assert.equal(shop.printer.checkText('teacher-en', 'Дроби – за 5 шагов: “½ + ¼”'), null);
    assert.match(shop.printer.checkText('teacher-en', 'Fractions 🎓') ?? '', /teacher-en.*U\+1F393/);
    assert.equal(shop.printer.checkText('teacher-en', 'Ш'.repeat(600)), null);
    assert.match(shop.printer.checkText('teacher-en', 'Ш'.repeat(601)) ?? '', /601 characters, and at most 600/);
    const { checkText } = shop.printer;
    for (const { id } of oneOfEachLanguage(shop.templates)) {
      for (const as of ['courseTitle', 'moduleTitle', 'projectTitle'] as const) {
        assert.equal(checkText(id, 'Ш'.repeat(600), as), null, `${as} in ${id}`);
      }
      assert.equal(
        checkText(id, 'Проректор по дополнительному образованию, доктор педагогических наук', 'position'),
        null,
      );
      assert.match(
        checkText(id, 'Проректор по учебной работе '.repeat(12), 'position') ?? '',
        /do not fit their place/,
      );
    }
  });
});
