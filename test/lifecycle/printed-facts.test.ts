import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyOverrides, NO_OVERRIDES, type Overrides } from '../../src/domain/student-group/override.ts';
import { Release, StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { CountriesFile } from '../../src/domain/time/send-window.ts';
import { printedFacts } from '../../src/lifecycle/printed-facts.ts';
import { tryPrinting } from '../../src/lifecycle/try-printing.ts';
import type { Trial } from '../../src/ports/printer.ts';
import { NOTHING_STATED } from '../support/nothing-declared.ts';

const DEFAULT = { default: { contact: { windows: [{ days: ['mon'], from: '09:00', to: '18:00' }] } } };
const ISSUER = { ...NOTHING_STATED, name: { en: 'School' }, url: 'https://school.example', address: null, logo: null };
const GROUP = StudentGroup.parse({
  id: 'sg_1',
  updatedAt: '2026-11-20T09:15:00Z',
  status: 'completed',
  certTemplate: null,
  student: {
    ...{ id: 'st_1', fullName: 'Anna Example', latinName: null, email: 'anna@school.example', phone: null },
    ...{ locale: null, timezone: null, country: 'KZ', role: 'teacher' },
  },
  group: { id: 'gr_1', name: 'A', releaseId: 'rel_1' },
  registration: null,
  progress: null,
  project: null,
  consents: [],
});
const RELEASE = Release.parse({
  ...{ id: 'rel_1', courseTitle: { en: 'Course' }, timezone: 'Europe/Moscow', issueDate: '2026-11-20' },
  ...{ numberPrefix: 'INT-26', program: [], hoursTotal: 72, signatory: { name: 'A', position: { en: 'Director' } } },
});

describe('the facts of a version', () => {
  const frozen = (countryCode: string, pack: object, more: Partial<StudentGroup> = {}) =>
    printedFacts(
      {
        rulebook: { issuer: ISSUER, countries: CountriesFile.parse({ ...DEFAULT, ...pack }) },
        lookupUrl: (code) => `https://verify.example/c/${code}`,
      },
      {
        ...{ studentGroup: { ...GROUP, ...more }, release: RELEASE, programme: { id: 'teachers', validFor: null } },
        print: {
          ...{ countryCode, language: 'en', templateHash: 'a'.repeat(64), holderName: 'Anna Example' },
          ...{ latinName: null, grade: null, email: 'anna@school.example' },
          declared: { signatory: { name: 'A', position: 'Director' }, further: { city: 'Almaty' } },
        },
        ...{ certTemplate: 'teacher-en', id: 'c', code: 'x', number: 'INT-26-000001', version: 1 },
      },
    );

  it('say what the public lookup shows of the holders of a country; where it is everything, nothing', () => {
    const pack = { KZ: { visibility: 'initials' }, UZ: { visibility: 'full' } };
    assert.equal(frozen('KZ', pack).visibility, 'initials');
    for (const country of ['UZ', 'GE', 'constructor'])
      assert.equal('visibility' in frozen(country, pack), false, country);
  });

  it('take no other word for it than full and initials', () => {
    const { error } = CountriesFile.safeParse({ ...DEFAULT, KZ: { visibility: 'none' } });
    assert.match(error?.issues[0]?.message ?? '', /expected one of full, initials/);
  });

  it('have school and registrar number of the teacher beside what is declared, where lms.yaml names them', () => {
    assert.deepEqual(frozen('GE', {}).further, { city: 'Almaty' });
    const printed = { school: ' Школа № 5 ', registrarNumber: '77-1' };
    assert.deepEqual(frozen('GE', {}, { printed }).further, {
      city: 'Almaty',
      school: 'Школа № 5',
      registrarNumber: '77-1',
    });
    assert.deepEqual(frozen('GE', {}, { printed: { school: ' ', registrarNumber: null } }).further, { city: 'Almaty' });
  });
});

describe('the name that a diploma would print', () => {
  const PRINTER: Trial = {
    unmailable: [],
    fitName: ({ holderName, latinName }) => ({ ok: true, holderName, latinName }),
    checkText: () => null,
    gradeInWords: (_template, grade) => grade,
    checkHours: () => null,
  };
  const printed = { familyName: 'Үлгібаева', latinFamilyName: 'Ulgibayeva' };
  function namesFor(country: string, spoken: Partial<Overrides> = {}): (string | null)[] {
    const student = { ...GROUP.student, fullName: 'Әсем Үлгібаева', latinName: 'Asem Ulgibayeva' };
    const overrides = { ...NO_OVERRIDES, ...spoken };
    const subject = {
      ...{ studentGroup: applyOverrides({ ...GROUP, printed, student }, overrides), release: RELEASE, overrides },
      emailShared: false,
    };
    const tried = tryPrinting(
      subject,
      country,
      'teacher-en',
      {
        criteria: { version: 1, programmes: [] },
        countries: CountriesFile.parse({
          ...DEFAULT,
          UZ: { zone: 'Asia/Tashkent', nameOrder: 'family-first' },
          GE: { zone: 'Asia/Tbilisi' },
        }),
        ...{ templates: new Map([['teacher-en', { language: 'en', hash: 'a'.repeat(64) }]]), issuer: ISSUER },
      },
      PRINTER,
    );
    assert.ok(tried.ok, tried.ok ? '' : tried.detail);
    return [tried.print.holderName, tried.print.latinName];
  }

  it('is in the order of the country where the family name is known; what a person or a file gave stays as it is', () => {
    assert.deepEqual(namesFor('UZ'), ['Үлгібаева Әсем', 'Ulgibayeva Asem']);
    assert.deepEqual(namesFor('GE'), ['Әсем Үлгібаева', 'Asem Ulgibayeva']);
    assert.deepEqual(namesFor('UZ', { fullName: 'Асем Үлгібаева' }), ['Асем Үлгібаева', 'Ulgibayeva Asem']);
    assert.deepEqual(namesFor('UZ', { fileLatinName: 'Asem Ulgibayeva' }), ['Үлгібаева Әсем', 'Asem Ulgibayeva']);
  });
});
