import { z } from 'zod';
import { formatCode } from '../domain/certificate/lookup-code.ts';
import { validityOf } from '../domain/certificate/validity.ts';
import { type Artefacts, ArtefactsFault } from '../ports/artefacts.ts';
import { type FullRegisterRow, fullCertificatesOf } from '../records/certificates/register-rows.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { CountryCode, SAMPLE, StateAnswer } from './shared-schemas.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One line of `register.jsonl`. */
export const RegisterLine = z
  .object({
    certificateId: z.uuid(),
    number: z.string().describe('The number as it is printed.'),
    code: z.string().describe('The lookup code as it is printed: five groups of five symbols.'),
    version: z.int().describe('The version that the public is shown; all facts of this line are its own.'),
    status: z.enum(['valid', 'expired', 'revoked', 'erased']).describe('What the public is told.'),
    state: StateAnswer,
    releaseId: z.string(),
    studentGroupId: z.string(),
    studentId: z.string(),
    issueDate: z.iso.date().describe('The civil date that the diploma prints.'),
    validUntil: z.iso.date().nullable().describe('Last day of validity; null: it never expires.'),
    revokedAt: z.iso.datetime().nullable().describe('Null unless it is revoked now.'),
    holder: z
      .object({
        name: z.string().describe('As it is printed.'),
        latinName: z.string().nullable(),
        country: CountryCode,
      })
      .nullable()
      .describe('Null once erased; so are the course, the project, the signatory, the issuer and the links.'),
    course: z
      .object({
        title: z.string(),
        language: z.string().describe('Language of the diploma and of all its texts, BCP 47.'),
        hours: z.number(),
        programme: z.array(z.object({ title: z.string(), hours: z.number() })).describe('Modules as they are printed.'),
      })
      .nullable(),
    project: z
      .object({ title: z.string(), url: z.string().nullable(), grade: z.string().nullable() })
      .nullable()
      .describe('Null where the diploma names none.'),
    signatory: z.object({ name: z.string(), position: z.string() }).nullable(),
    issuer: z.object({ name: z.string(), url: z.string() }).nullable(),
    template: z.string().describe('Id of the certificate template.'),
    links: z
      .object({ page: z.string(), pdf: z.string(), credential: z.string() })
      .nullable()
      .describe('Public addresses; null until the diploma is drawn.'),
    diploma: z
      .object({ sha256: Sha256, bytes: z.int(), renderedAt: z.iso.datetime().describe('When it was drawn.') })
      .nullable()
      .describe('The PDF file; null until it is drawn.'),
    credential: z
      .object({
        id: z.string(),
        sha256: Sha256.describe('Of the file `credential.json`.'),
        jwtSha256: Sha256.describe('Of the same credential as a token.'),
        document: z
          .record(z.string(), z.unknown())
          .nullable()
          .describe(
            'The signed credential, Open Badges 3.0; null of a revoked one, and where the file cannot be read.',
          ),
      })
      .nullable()
      .describe('Null where the diploma was drawn without one.'),
  })
  .meta({ id: 'RegisterLine', description: 'One certificate in `register.jsonl`. It holds personal data.' });
export type RegisterLine = z.infer<typeof RegisterLine>;

/** How many credentials are read at the same time. */
const READ_AT_ONCE = 4;

/** The register as JSON Lines: one `RegisterLine` per certificate, each ended by a line feed. */
export async function* registerLines(
  { snapshot, artefacts }: { snapshot: Snapshot; artefacts: Pick<Artefacts, 'get'> },
  { releaseId, at, onRow }: { releaseId: string; at: Date; onRow?: ((row: FullRegisterRow) => void) | undefined },
): AsyncGenerator<Buffer> {
  for await (const rows of fullCertificatesOf(snapshot, releaseId))
    for (let from = 0; from < rows.length; from += READ_AT_ONCE) {
      const some = rows.slice(from, from + READ_AT_ONCE);
      for (const row of some) onRow?.(row);
      const lines = await Promise.all(some.map((row) => lineOf(row, { releaseId, at, artefacts })));
      yield Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    }
}

async function lineOf(
  row: FullRegisterRow,
  { releaseId, at, artefacts }: { releaseId: string; at: Date; artefacts: Pick<Artefacts, 'get'> },
): Promise<RegisterLine> {
  const { facts, diploma, credential, revokedAt } = row;
  const expiresAt = facts?.validUntil ? new Date(facts.validUntil) : null;
  const status = validityOf({ erased: facts === null, revoked: revokedAt !== null, expiresAt }, at);
  const page = facts?.lookupUrl ?? '';
  return {
    certificateId: row.id,
    number: row.number,
    code: formatCode(row.code),
    version: row.version,
    status,
    state: row.state,
    releaseId,
    studentGroupId: row.studentGroupId,
    studentId: row.studentId,
    issueDate: row.issueDate,
    validUntil: facts?.validUntil?.slice(0, 10) ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    holder: facts && { name: facts.holderName, latinName: facts.latinName, country: facts.country },
    course: facts && {
      title: facts.courseTitle,
      language: facts.language,
      hours: facts.hoursTotal,
      programme: facts.programme,
    },
    project: facts?.project ?? null,
    signatory: facts && { name: facts.signatory.name, position: facts.signatory.position },
    issuer: facts?.issuer ?? null,
    template: row.template,
    links: facts && diploma ? { page, pdf: `${page}/diploma.pdf`, credential: `${page}/credential.json` } : null,
    diploma: facts && diploma && { ...diploma, renderedAt: diploma.renderedAt.toISOString() },
    credential: facts &&
      credential && {
        id: credential.id,
        sha256: credential.jsonSha256,
        jwtSha256: credential.jwtSha256,
        document: status === 'revoked' ? null : await documentOf(artefacts, credential.jsonSha256),
      },
  };
}

async function documentOf(artefacts: Pick<Artefacts, 'get'>, sha256: string): Promise<Record<string, unknown> | null> {
  const bytes = await getOrNull(artefacts, sha256);
  return bytes && (JSON.parse(bytes.toString('utf8')) as Record<string, unknown>);
}

/** Stored bytes; null where the store does not have them, or cannot read them. */
export async function getOrNull(artefacts: Pick<Artefacts, 'get'>, sha256: string): Promise<Buffer | null> {
  try {
    return await artefacts.get(sha256);
  } catch (error) {
    if (error instanceof ArtefactsFault) return null;
    throw error;
  }
}

const page = 'https://verify.school.example/c/K7Q2M9XHDA3TR6WB8ZNE5VJ4P';

export const LINE_EXAMPLE: RegisterLine = {
  certificateId: SAMPLE.certificate,
  number: SAMPLE.number,
  code: SAMPLE.code,
  version: 1,
  status: 'valid',
  state: 'sent',
  releaseId: SAMPLE.release,
  studentGroupId: SAMPLE.studentGroup,
  studentId: SAMPLE.student,
  issueDate: '2026-11-20',
  validUntil: null,
  revokedAt: null,
  holder: { name: 'Әсел Нұрмұхамедова', latinName: 'Assel Nurmukhamedova', country: 'KZ' },
  course: {
    title: 'Цифрлық педагогика',
    language: 'kk',
    hours: 72,
    programme: [{ title: 'Цифрлық құралдар', hours: 72 }],
  },
  project: { title: 'Менің алғашқы онлайн сабағым', url: null, grade: 'excellent' },
  signatory: { name: 'Үлгі Үлгіқызы', position: 'Директор' },
  issuer: { name: 'Үлгі мектебі', url: 'https://school.example' },
  template: 'teacher-kk',
  links: { page, pdf: `${page}/diploma.pdf`, credential: `${page}/credential.json` },
  diploma: { sha256: SAMPLE.hash, bytes: 50_000, renderedAt: '2026-11-20T09:00:12.000Z' },
  credential: null,
};
