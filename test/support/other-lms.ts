import type { Dialect } from '../../src/sandbox/lms/dialect.ts';
import type { Json, JsonObject } from '../../src/sandbox/lms/record-store.ts';

/** `lms.yaml` for an LMS with completely different names and forms. */
export const OTHER_LMS = `
version: 1
studentGroup:
  id: { path: membership.code }
  updatedAt: { parameter: "changed.at" }
  status:
    path: membership.state
    values: { studying: active, finished: completed, certified: certificate issued, dismissed: expelled }
  certTemplate: { path: membership.certificate_template }
  student.id: { path: person.ref }
  student.fullName: { path: person.names.0 }
  student.latinName: { path: person.names.1 }
  student.email: { path: person.contacts.mail }
  student.phone: { path: person.contacts.phone }
  student.timezone: { path: person.tz }
  student.country: { path: person.country }
  student.role: { path: person.kind, values: { t: teacher, s: staff, x: tester } }
  group.id: { path: membership.class }
  group.releaseId: { path: membership.run_id }
  registration.country: { path: form_country }
  progress.lessonsCompleted: { path: results.done }
  progress.lessonsTotal: { path: results.of }
  progress.score: { path: results.points }
  completedAt: { path: membership.finished_at }
  project.title: { path: work.name }
  project.url: { path: work.link }
  project.grade: { path: work.mark }
  project.accepted: { path: work.state, values: { passed: true, failed: false } }
  consents:
    path: agreements
    items:
      kind: { path: subject, values: { pd: personal-data } }
      givenAt: { path: signed.at }
      revokedAt: { path: withdrawn.at }
release:
  id: { path: run_id }
  courseTitle.ru: { path: name_ru }
  courseTitle.en: { path: name_en }
  endsOn: { path: until }
  closed: { constant: true }
  timezone: { constant: Europe/Moscow }
  issueDate: { path: certificate.date }
  numberPrefix: { path: certificate.prefix }
  hoursTotal: { path: volume }
  program:
    path: modules
    items:
      title.ru: { path: name_ru }
      title.en: { path: name_en }
      hours: { path: volume }
  signatory.name: { path: certificate.signed_by }
  signatory.position.ru: { path: certificate.position_ru }
  signatory.position.en: { path: certificate.position_en }
patch:
  certTemplate: certificate_template
  status: state
  constants: { source: gramota }
  issued: { link: certificate_url }
`;

const STATES: Record<string, string> = {
  active: 'studying',
  completed: 'finished',
  'certificate issued': 'certified',
  expelled: 'dismissed',
};
const ROLES: Record<string, string> = { teacher: 't', staff: 's', tester: 'x' };

/** The LMS side of the same mapping. */
export const OTHER_DIALECT: Dialect = {
  studentGroup(record) {
    const student = objectIn(record, 'student');
    const group = objectIn(record, 'group');
    const progress = objectIn(record, 'progress');
    const project = objectIn(record, 'project');
    const accepted = project['accepted'];
    return {
      membership: {
        code: record['id'] ?? null,
        state: STATES[String(record['status'])] ?? record['status'] ?? null,
        certificate_template: record['certTemplate'] ?? null,
        class: group['id'] ?? null,
        run_id: group['releaseId'] ?? null,
        finished_at: record['completedAt'] ?? null,
      },
      'changed.at': record['updatedAt'] ?? null,
      person: {
        ref: student['id'] ?? null,
        names: [student['fullName'] ?? null, student['latinName'] ?? null],
        contacts: { mail: student['email'] ?? null, phone: student['phone'] ?? null },
        tz: student['timezone'] ?? null,
        country: student['country'] ?? null,
        kind: ROLES[String(student['role'])] ?? null,
      },
      form_country: objectIn(record, 'registration')['country'] ?? null,
      results: {
        done: progress['lessonsCompleted'] ?? null,
        of: progress['lessonsTotal'] ?? null,
        points: progress['score'] ?? null,
      },
      ...(project['title'] === undefined
        ? {}
        : {
            work: {
              name: project['title'],
              link: project['url'] ?? null,
              mark: project['grade'] ?? null,
              state: accepted === true ? 'passed' : accepted === false ? 'failed' : 'open',
            },
          }),
      agreements: listIn(record, 'consents').map((consent) => ({
        subject: consent['kind'] === 'personal-data' ? 'pd' : (consent['kind'] ?? null),
        signed: { at: consent['givenAt'] ?? null },
        withdrawn: { at: consent['revokedAt'] ?? null },
      })),
    };
  },
  release(record) {
    const title = objectIn(record, 'courseTitle');
    const signatory = objectIn(record, 'signatory');
    const position = objectIn(signatory, 'position');
    return {
      run_id: record['id'] ?? null,
      name_ru: title['ru'] ?? null,
      name_en: title['en'] ?? null,
      until: record['endsOn'] ?? null,
      volume: record['hoursTotal'] ?? null,
      certificate: {
        date: record['issueDate'] ?? null,
        prefix: record['numberPrefix'] ?? null,
        signed_by: signatory['name'] ?? null,
        position_ru: position['ru'] ?? null,
        position_en: position['en'] ?? null,
      },
      modules: listIn(record, 'program').map((module) => ({
        name_ru: objectIn(module, 'title')['ru'] ?? null,
        name_en: objectIn(module, 'title')['en'] ?? null,
        volume: module['hours'] ?? null,
      })),
    };
  },
  patch: (body) =>
    renamed(body, { certificate_template: 'certTemplate', state: 'status', certificate_url: 'certificateUrl' }, [
      'source',
    ]),
};

function renamed(body: JsonObject, names: Record<string, string>, dropped: string[]): JsonObject {
  const kept = Object.entries(body).filter(([name]) => !dropped.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [names[name] ?? name, value]));
}

function objectIn(record: JsonObject, name: string): JsonObject {
  const value: Json | undefined = record[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function listIn(record: JsonObject, name: string): JsonObject[] {
  const value: Json | undefined = record[name];
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}
