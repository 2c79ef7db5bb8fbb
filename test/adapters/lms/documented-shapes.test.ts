import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExact } from '../../../src/adapters/lms/exact-json.ts';
import { loadFieldMap } from '../../../src/adapters/lms/field-map.ts';
import { mapStudentGroup } from '../../../src/adapters/lms/mapping.ts';

/**
 * Records in the documented formats of three LMS. An adapter in front of such a system would pass them on unchanged.
 * People and numbers are invented. Values that a system does not have (consents, role) are constants here.
 */
interface Shape {
  /** Address of the documentation of this format. */
  source: string;
  record: string;
  map: string;
  expected: Record<string, unknown>;
}

const CONSENTS = '  consents: { constant: [{ kind: personal-data, givenAt: "2026-09-01T10:00:00Z" }] }';

const SHAPES: Record<string, Shape> = {
  Moodle: {
    // One entry of the first API function together with the response of the second, and graderaw of
    // gradereport_user_get_grade_items.
    source: 'web services core_enrol_get_enrolled_users and core_completion_get_course_completion_status',
    record: `{
      "user": { "id": 4217, "fullname": "Зарина Примерова", "email": "zarina@example.kz", "phone1": "+77011234567",
        "country": "KZ", "lang": "kk", "firstaccess": 1756720000, "lastaccess": 1763632800, "lastcourseaccess": 1763632800,
        "groups": [{ "id": 31, "name": "Алматы-2" }],
        "roles": [{ "roleid": 5, "name": "", "shortname": "student", "sortorder": 0 }],
        "customfields": [{ "type": "text", "value": "Zarina Primerova", "name": "Latin name", "shortname": "latin" }] },
      "course": { "id": 12 },
      "enrolment": 90210,
      "completion": { "completed": true, "aggregation": 1, "completions": [
        { "type": 4, "title": "Activities", "status": "Yes", "complete": true, "timecompleted": 1763460000, "details": {} },
        { "type": 6, "title": "Grade", "status": "No", "complete": false, "timecompleted": 0, "details": {} }] },
      "grade": { "graderaw": 87.50000, "percentageformatted": "87,50 %" } }`,
    map: `studentGroup:
  id: { path: enrolment }
  updatedAt: { path: user.lastcourseaccess, as: instant }
  status: { path: completion.completed, values: { true: completed, false: active } }
  student.id: { path: user.id }
  student.fullName: { path: user.fullname }
  student.latinName: { path: user.customfields.0.value }
  student.email: { path: user.email }
  student.phone: { path: user.phone1 }
  student.locale: { path: user.lang }
  student.country: { path: user.country }
  student.role: { path: user.roles.0.shortname, values: { student: teacher, editingteacher: staff } }
  group.id: { path: user.groups.0.id }
  group.name: { path: user.groups.0.name }
  group.releaseId: { path: course.id }
  progress: { constant: { lessonsCompleted: 1, lessonsTotal: 1 } }
  progress.score: { path: grade.graderaw, as: number }
  completedAt: { path: completion.completions.0.timecompleted, as: instant }
${CONSENTS}`,
    expected: {
      ids: ['90210', '4217', '31', '12'],
      status: 'completed',
      score: 87.5,
      updatedAt: '2025-11-20T10:00:00.000Z',
      completedAt: '2025-11-18T10:00:00.000Z',
    },
  },
  Canvas: {
    source: 'REST API, Enrollments: GET /api/v1/courses/:course_id/enrollments',
    record: `{ "id": 70310000000082, "course_id": 7031, "course_section_id": 55, "enrollment_state": "completed",
      "root_account_id": 1, "type": "StudentEnrollment", "user_id": 4411, "associated_user_id": null,
      "role": "StudentEnrollment", "created_at": "2026-09-01T08:00:00Z", "updated_at": "2026-11-18T23:08:51Z",
      "last_activity_at": "2026-11-18T23:08:42Z",
      "grades": { "html_url": "", "current_score": 71, "final_score": "67.25", "final_grade": "D+" },
      "user": { "id": 4411, "name": "Ануш Тестян", "sortable_name": "Тестян, Ануш", "short_name": "Ануш",
        "login_id": "anush@example.am" } }`,
    map: `studentGroup:
  updatedAt: { path: updated_at }
  status: { path: enrollment_state, values: { active: active, completed: completed, inactive: expelled } }
  student.id: { path: user_id }
  student.fullName: { path: user.name }
  student.email: { path: user.login_id }
  student.country: { constant: AM }
  student.role: { path: type, values: { StudentEnrollment: teacher, TeacherEnrollment: staff, TaEnrollment: staff } }
  group.id: { path: course_section_id }
  group.releaseId: { path: course_id }
  progress: { constant: { lessonsCompleted: 1, lessonsTotal: 1 } }
  progress.score: { path: grades.final_score, as: number }
  project.grade: { path: grades.final_grade, as: text }
  project.title: { constant: "Проект" }
${CONSENTS}`,
    expected: {
      ids: ['70310000000082', '4411', '55', '7031'],
      status: 'completed',
      score: 67.25,
      updatedAt: '2026-11-18T23:08:51Z',
      completedAt: null,
    },
  },
  'Open edX': {
    // In the API percent is a number; in gradebook exports it is text.
    source: 'Enrollment API v1 with Grades API v1 (course_id, passed, percent, letter_grade)',
    record: `{ "created": "2026-09-01T20:18:00.000000+0000", "mode": "honor", "is_active": true, "user": "primer_teacher",
      "course_details": { "course_id": "course-v1:Example+DP101+2026" },
      "grade": { "username": "primer_teacher", "email": "nino@example.ge", "course_id": "course-v1:Example+DP101+2026",
        "passed": true, "percent": "0.98", "letter_grade": "Pass", "passed_timestamp": "2026-11-18t12:00:00z" },
      "profile": { "name": "ნინო მაგალითაძე", "country": "GE" } }`,
    map: `studentGroup:
  id: { path: user }
  updatedAt: { path: created, as: instant }
  status: { path: grade.passed, values: { true: completed, false: active } }
  student.id: { path: user }
  student.fullName: { path: profile.name }
  student.email: { path: grade.email }
  student.country: { path: profile.country }
  student.role: { constant: teacher }
  group.id: { path: course_details.course_id }
  group.releaseId: { path: course_details.course_id }
  progress: { constant: { lessonsCompleted: 1, lessonsTotal: 1 } }
  progress.score: { path: grade.percent, as: number }
  completedAt: { path: grade.passed_timestamp, as: instant }
${CONSENTS}`,
    expected: {
      ids: ['primer_teacher', 'primer_teacher', 'course-v1:Example+DP101+2026', 'course-v1:Example+DP101+2026'],
      status: 'completed',
      score: 0.98,
      updatedAt: '2026-09-01T20:18:00.000000+00:00',
      completedAt: '2026-11-18T12:00:00Z',
    },
  },
};

describe('a record in the documented format of its LMS', () => {
  for (const [name, { source, record, map, expected }] of Object.entries(SHAPES)) {
    it(`can be mapped by lms.yaml: ${name}, ${source}`, () => {
      const mapped = mapStudentGroup(parseExact(record), loadFieldMap(map, 'lms.yaml'));
      assert.ok(mapped.ok, mapped.ok ? '' : mapped.detail);
      const { id, student, group, status, progress, updatedAt, completedAt } = mapped.value;
      const ids = [id, student.id, group.id, group.releaseId];
      assert.deepEqual({ ids, status, score: progress?.score, updatedAt, completedAt }, expected);
      assert.equal(student.role, 'teacher');
    });
  }

  it('from Moodle is not completed when its completion time is 0, which means "never"', () => {
    const { record, map } = SHAPES['Moodle'] as Shape;
    const never = record.replace('1763460000', '0');
    const mapped = mapStudentGroup(parseExact(never), loadFieldMap(map, 'lms.yaml'));
    assert.ok(mapped.ok);
    assert.equal(mapped.value.completedAt, null);
  });
});
