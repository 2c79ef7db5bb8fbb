import type { ApiAbout } from '../platform/http/openapi.ts';
import { FIELD_MEANINGS } from './field-meanings.ts';

const DESCRIPTION = `Gramota issues certificates to teachers: it pulls student groups from an LMS, judges criteria, tells the LMS, draws sealed diplomas, sends them by e-mail, and answers lookups.

- **Media types.** Bodies and answers are JSON in UTF-8. Errors are \`application/problem+json\` (RFC 9457); \`errors\` names each fault of an input with its place.
- **Times** are RFC 3339, in UTC.
- **Lists** take \`limit\` (1 to 200, 50 by default) and \`cursor\`, and answer \`items\` and \`nextCursor\`.
- **Unknown query parameters** are 400 under \`/api\`. Public addresses ignore them.
- **Order of refusals:** 401, 403, 404, 400.
- **503** with \`Retry-After\` means that a dependency is down. No input causes it.
- **HEAD** is answered wherever GET is, and OPTIONS tells the methods of an address.
- Every answer has \`X-Request-Id\`.
- All names, numbers and addresses in the examples are fictional.`;

/** Of the API, not of the package: it changes when callers have to. */
const VERSION = '1.0.0';

/** What the description says beside its routes. @param publicUrl where the installation is */
export function aboutApi(publicUrl: string): ApiAbout {
  return {
    title: 'Gramota',
    version: VERSION,
    description: DESCRIPTION,
    license: { name: 'MIT', identifier: 'MIT' },
    server: new URL(publicUrl).pathname,
    meanings: FIELD_MEANINGS,
    tags: [
      { name: 'Operations', description: 'Health and metrics, for those who run the service.' },
      { name: 'Lookup', description: 'Public pages and files of certificates. A code is needed, no token.' },
      { name: 'Credentials', description: 'Keys, status lists and profiles that verifiers of Open Badges ask for.' },
      { name: 'Webhooks', description: 'What the LMS and the mail provider tell Gramota.' },
      { name: 'Batches', description: 'Student groups that are judged, awarded and sent together.' },
      { name: 'Certificates', description: 'Search certificates, see their history, and act on them.' },
      { name: 'Student groups', description: 'What is known of a student group, and what a coordinator overrides.' },
      { name: 'Bulk acts', description: 'The same act on many student groups, certificates or flags.' },
      { name: 'Exceptions and flags', description: 'Who differs from the rule, and what a person should look at.' },
      { name: 'Exports', description: 'Registers and diplomas of a whole release, as files.' },
      { name: 'Reconciliation', description: 'What LMS, Gramota and mail provider say differently.' },
      { name: 'Templates and letters', description: 'Previews with invented facts.' },
      { name: 'Documentation', description: 'This description.' },
    ],
  };
}
