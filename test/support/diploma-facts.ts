import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';

const CODE = 'EG5N8PYDQBWY8S1JN29G5Q0WW';

/** The facts of an invented teacher's diploma, the same in every call. */
export function diplomaFacts(changes: Partial<DiplomaFacts> = {}): DiplomaFacts {
  return {
    certificateId: '00000000-0000-4000-8000-000000000001',
    version: 1,
    number: 'INT-26-000042',
    code: CODE,
    lookupUrl: `https://gramota.example/c/${CODE}`,
    holderName: 'Әсел Нұрмұхамедова',
    latinName: 'Assel Nurmukhamedova',
    language: 'kk',
    courseTitle: 'Цифрлық педагогика: мұғалім құралдары',
    hoursTotal: 72,
    programme: [
      { title: 'Сабақты цифрлық құралдармен жоспарлау', hours: 40 },
      { title: 'Алгоритмдік ойлау', hours: 32 },
    ],
    project: { title: 'Ауа райын зерттеу: кестеден графикке', url: 'https://work.example/42', grade: 'үздік' },
    issueDate: '2026-11-20',
    signatory: { name: 'Вера Образцова', position: 'Бағдарлама директоры' },
    issuer: { name: 'Үлгі мектебі', url: 'https://school.example' },
    country: 'KZ',
    templateId: 'teacher-kk',
    templateHash: 'a'.repeat(64),
    validUntil: null,
    credential: null,
    ...changes,
  };
}
