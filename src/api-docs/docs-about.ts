import type { ApiAbout } from '../platform/http/openapi.ts';
import { FIELD_MEANINGS } from './field-meanings.ts';

const DESCRIPTION = `Gramota issues certificates to teachers: it reads student groups from an LMS, checks criteria, reports the result to the LMS, draws signed diplomas, sends them by e-mail, and lets anybody verify them.

- **Media types.** Request and response bodies are JSON in UTF-8. Errors are \`application/problem+json\` (RFC 9457); \`errors\` gives each fault in the input with its place.
- **Times** are RFC 3339, in UTC.
- **Lists** accept \`limit\` (1 to 200, default 50) and \`cursor\`, and return \`items\` and \`nextCursor\`.
- **Unknown query parameters** give 400 under \`/api\`. Public addresses ignore them.
- **Order of checks:** a request with several faults gets the first of 401, 403, 404, 400.
- **503** with \`Retry-After\` means that a dependency is down. No invalid input causes it.
- **HEAD** works for every address that has GET, and OPTIONS returns the methods of an address.
- Every response has \`X-Request-Id\`.
- All names, numbers and addresses in the examples are fictional.`;

/** Version of the API, not of the package. It changes only when callers must change their code. */
const VERSION = '1.0.0';

/**
 * The general part of the API description.
 * @param publicUrl address of this installation
 */
export function aboutApi(publicUrl: string): ApiAbout {
  return {
    title: 'Gramota',
    version: VERSION,
    description: DESCRIPTION,
    license: { name: 'MIT', identifier: 'MIT' },
    server: new URL(publicUrl).pathname,
    meanings: FIELD_MEANINGS,
    tags: [
      { name: 'Operations', description: 'Health checks and metrics, for operators.' },
      {
        name: 'Lookup',
        description: 'Public pages and files of certificates. They need the code of a certificate, but no token.',
      },
      { name: 'Credentials', description: 'Keys, status lists and profiles that verifiers of Open Badges request.' },
      { name: 'Webhooks', description: 'Webhooks that the LMS and the mail provider send to Gramota.' },
      {
        name: 'Batches',
        description: 'A batch evaluates student groups, awards certificates and sends diplomas together.',
      },
      { name: 'Certificates', description: 'Search certificates, see their history, revoke them, or send them again.' },
      {
        name: 'Student groups',
        description: 'The data of a student group, and the values that a coordinator overrides.',
      },
      { name: 'Bulk acts', description: 'The same action on many student groups, certificates or flags.' },
      { name: 'Releases', description: 'The releases, with the number of student groups in each state.' },
      { name: 'Access', description: 'The tokens of this API.' },
      { name: 'Events', description: 'Events that other systems get, and how each address took them.' },
      { name: 'Audit', description: 'Actions of people, over HTTP and on the command line.' },
      {
        name: 'Exceptions and flags',
        description: 'Students with exceptions from the criteria, and findings that a person should check.',
      },
      { name: 'Exports', description: 'Registers and diplomas of a whole release, as files.' },
      { name: 'Imports', description: 'Files with registrations and exceptions: check, review, apply.' },
      { name: 'Reconciliation', description: 'Differences between LMS, Gramota and mail provider.' },
      { name: 'Templates and letters', description: 'Previews with invented data.' },
      { name: 'Personal data', description: 'Export and erasure of one person; for administrators.' },
      { name: 'Documentation', description: 'This description.' },
    ],
  };
}
