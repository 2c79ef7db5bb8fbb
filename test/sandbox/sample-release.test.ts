import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import { Release, StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { sampleRelease } from '../../src/sandbox/sample-release.ts';
import { PLACES } from '../../src/sandbox/sample-teachers.ts';

const SCRIPTS = ['Cyrillic', 'Latin', 'Georgian', 'Armenian', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Hangul'];

describe('the sample release', () => {
  const { release, studentGroups } = sampleRelease();

  test('is read by Gramota as a release with 61 student groups of 60 teachers', () => {
    const parsed = Release.parse(release);
    assert.equal(
      parsed.program.reduce((sum, { hours }) => sum + hours, 0),
      parsed.hoursTotal,
    );
    for (const group of studentGroups) StudentGroup.parse(group);
    assert.equal(studentGroups.length, 61);
    assert.equal(new Set(studentGroups.map(({ id }) => id)).size, 61);
    assert.equal(new Set(studentGroups.map(({ student }) => student.id)).size, 60);
  });

  test('has at least 12 countries and 7 scripts, and two unprintable names', () => {
    assert.ok(Object.keys(PLACES).length >= 12);
    const names = studentGroups.map(({ student }) => student.fullName.normalize('NFC'));
    for (const script of SCRIPTS) {
      assert.ok(
        names.some((name) => new RegExp(`\\p{Script=${script}}`, 'u').test(name)),
        script,
      );
    }
    const unprintable = studentGroups.filter(
      ({ student }) => student.latinName === null && /[\p{Script=Han}\p{Script=Ethiopic}]/u.test(student.fullName),
    );
    assert.equal(unprintable.length, 2);
    for (const letter of ['ʻ', "'", '’', 'ə', 'Ә', 'ң', 'ұ', 'Қ']) {
      const has = names.some((name) => name.includes(letter) || name.toLowerCase().includes(letter.toLowerCase()));
      assert.ok(has, letter);
    }
  });

  test('contains no address or phone number of a real person', () => {
    for (const { student } of studentGroups) assert.match(student.email, /\.example$/);
    for (const [country, { phone }] of Object.entries(PLACES)) {
      assert.equal(parsePhoneNumberFromString(phone)?.country, country);
      assert.equal(getExampleNumber(country as keyof typeof PLACES, examples)?.number, phone);
    }
  });

  test('has 12 teachers who fail, 8 who will be held, and 40 who get their diploma', () => {
    const countries = new Set(['AM', 'AZ', 'BY', 'GE', 'KG', 'KZ', 'MD', 'MN', 'TJ', 'TM', 'UZ']);
    const passes = studentGroups.filter(
      ({ student, status, progress, project, consents, registration }) =>
        student.role === 'teacher' &&
        status === 'completed' &&
        progress.score >= 60 &&
        progress.lessonsCompleted / progress.lessonsTotal >= 0.9 &&
        project?.accepted === true &&
        consents.some(({ revokedAt }) => revokedAt === null) &&
        (!registration?.country || countries.has(registration.country)),
    );
    assert.equal(new Set(passes.map(({ student }) => student.id)).size, 48);
    const addresses = passes.filter(({ id }) => !id.endsWith('_b')).map(({ student }) => student.email);
    assert.equal(addresses.length - new Set(addresses).size, 1, 'two teachers share one address');
    assert.equal(addresses.filter((address) => !address.includes('@')).length, 1);
  });

  test('can be made larger, always with the same data, and with unique ids and addresses', () => {
    const began = process.cpuUsage();
    const { studentGroups: many } = sampleRelease(100_000);
    assert.ok(process.cpuUsage(began).user < 10_000_000, 'seconds of the processor');
    assert.equal(many.length, 100_001);
    assert.equal(new Set(many.map(({ id }) => id)).size, 100_001);
    const clones = many.slice(60, 100_000);
    assert.equal(new Set(clones.map(({ student }) => student.email)).size, clones.length);
    const failing = clones.filter(({ progress }) => progress.score < 60).length;
    assert.equal(failing, clones.length / 10);
    assert.deepEqual(sampleRelease(100).studentGroups, sampleRelease(100).studentGroups);
    assert.equal(sampleRelease(3).studentGroups.length, 3);
  });
});
