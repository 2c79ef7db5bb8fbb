/** A fictional student group as the LMS returns it. */
export function sampleGroup(id = 'sg_1'): Record<string, unknown> {
  return {
    id,
    updatedAt: '2026-11-20T09:15:00Z',
    status: 'completed',
    certTemplate: null,
    student: {
      id: 'st_1',
      fullName: 'Әсел Үлгі',
      latinName: 'Assel Ulgi',
      email: 'assel@example.kz',
      phone: '+77010000000',
      locale: 'kk',
      timezone: 'Asia/Almaty',
      country: 'Казахстан',
      role: 'teacher',
    },
    group: { id: 'gr_1', name: 'Алматы-2', releaseId: 'rel_1' },
    registration: { form: 'cis-2026', country: 'KZ' },
    progress: { lessonsCompleted: 34, lessonsTotal: 36, score: 87.5, attendance: 0.94 },
    completedAt: '2026-11-18T12:00:00Z',
    project: null,
    consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: null }],
  };
}

/** A fictional release as the LMS returns it. */
export function sampleRelease(): Record<string, unknown> {
  return {
    id: 'rel_1',
    title: 'Осень',
    courseTitle: { ru: 'Курс', en: 'Course' },
    startsOn: '2026-09-01',
    endsOn: '2026-11-15',
    closed: true,
    timezone: 'Europe/Moscow',
    issueDate: '2026-11-20',
    numberPrefix: 'INT-26',
    program: [{ title: { ru: 'Модуль' }, hours: 12 }],
    hoursTotal: 72,
    signatory: { name: 'Пример Подписант', position: { ru: 'Директор' } },
  };
}
