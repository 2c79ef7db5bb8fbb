import { type Command, Option } from 'commander';
import { REVOCATION_CLASSES, type RevocationClass } from '../../domain/certificate/revocation.ts';
import type { Language } from '../../domain/messages/message.ts';
import type { ReissueOptions } from '../certificate.ts';
import type { OverrideOptions } from '../student-group-override.ts';
import { type CommandLine, examples, required } from './command-line.ts';
import { fileOf } from './options.ts';

const CERTIFICATE =
  'number, code or id of the certificate, id of the student group or student, or e-mail address of the student';
const SETTINGS = ['DATABASE_URL', 'LMS_BASE_URL', 'LMS_TOKEN', 'PUBLIC_URL'] as const;
const REASON = () => new Option('--reason <text>', 'why; kept for ever, so write no names or addresses');

/** Commas separate names; the option may be given several times. */
const names = (text: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  ...text.split(',').map((name) => name.trim()),
];

/** Acts on one student group or certificate. */
export function declareSingleActs(line: CommandLine, language: () => Language): void {
  declareCertificate(line, language);
  const { program, say, verb } = line;
  const groups = program.commands.find((command) => command.name() === 'student-group');
  examples(
    required(
      (groups ?? program.command('student-group').description('show or correct one student group'))
        .command('override')
        .description('set your word above the LMS and the rules; the student group is judged again')
        .argument('<id>', 'id of the student group; id or number of its certificate; or e-mail address of the student')
        .option('--country <country>', 'country: code or name')
        .option('--full-name <name>', 'printed name; give --latin-name or --keep-latin-name as well')
        .option('--latin-name <name>', 'printed Latin form of the name')
        .option('--keep-latin-name', 'the present Latin form belongs to the new name')
        .option('--project-title <title>', 'printed title of the project')
        .option('--email <address>', 'where letters go')
        .option('--allow-shared-email', 'another student may have the same address')
        .option('--template <id>', 'certificate template')
        .option('--issue-date <YYYY-MM-DD>', 'printed issue date')
        .option('--exclude', 'put the student on the deny list: no award, no letter')
        .option('--allow <criteria>', 'waive these criteria, such as progress.score; separated by commas', names)
        .option('--take-suggestion', 'take the suggestion of the present reason')
        .option('--withdraw <fields>', 'end the override of these fields, such as country or excluded', names)
        .option('--wait', 'wait until the student group is judged again, then show it')
        .option('--json', 'print JSON')
        .action(
          verb(SETTINGS, async (config, id: string, options: Omit<OverrideOptions, 'language'>) =>
            (await import('../student-group-override.ts')).runOverride(
              config,
              id,
              { ...options, language: language() },
              say,
            ),
          ),
        ),
      REASON(),
    ),
    'student-group override sg_0023 --country KG --reason "asked by telephone" --wait',
    'student-group override sg_0023 --withdraw country --reason "corrected in the LMS"',
  );
}

function declareCertificate({ program, say, verb }: CommandLine, language: () => Language): void {
  const certificate = examples(
    program.command('certificate').description('show and correct one certificate'),
    'certificate show INT-26-000012',
    'certificate reissue INT-26-000012 --dry-run --out new.pdf',
  );
  const load = () => import('../certificate.ts');
  const declare = (name: string, description: string): Command =>
    certificate.command(name).description(description).argument('<id>', CERTIFICATE).option('--json', 'print JSON');
  type Common = { json?: boolean; reason: string; wait?: boolean };
  const shown = <T extends object>(options: T) => ({ ...options, language: language() });

  examples(
    declare('show', 'show a certificate: state, names, letter, page, history').action(
      verb(SETTINGS, async (config, id: string, options: { json?: boolean }) =>
        (await load()).runCertificateShow(config, id, shown(options), say),
      ),
    ),
    'certificate show INT-26-000012',
  );
  examples(
    declare('reissue', 'make a new version from what LMS and overrides say now; begin with --dry-run')
      .option('--dry-run', 'only show what would change; nothing is changed')
      .option('--out <file.pdf|.png>', 'with --dry-run: write the new diploma, with a watermark', fileOf('pdf', 'png'))
      .option('--issue-date <YYYY-MM-DD>', 'print this issue date')
      .option('--expect <hash>', 'make only the version that the dry run showed, or none')
      .option('--wait', 'wait until the new diploma is drawn, then show the certificate')
      .addOption(REASON())
      .hook('preAction', (_, command) => {
        const { dryRun, out, reason } = command.opts<ReissueOptions>();
        if (!dryRun && reason === undefined)
          command.error("error: missing required option '--reason <text>', or --dry-run");
        if (!dryRun && out !== undefined) command.error("error: option '--out <file.pdf|.png>' needs '--dry-run'");
      })
      .action(
        verb(SETTINGS, async (config, id: string, options: Omit<ReissueOptions, 'language'>) =>
          (await load()).runCertificateReissue(config, id, shown(options), say),
        ),
      ),
    'certificate reissue INT-26-000012 --dry-run --out new.pdf',
    'certificate reissue INT-26-000012 --reason "name corrected" --wait',
  );
  examples(
    required(
      declare('revoke', 'take the validity away at once, for people and machines')
        .addOption(
          new Option('--class <class>', 'kind of reason that the public is told')
            .choices(REVOCATION_CLASSES)
            .default('other' satisfies RevocationClass),
        )
        .action(
          verb(SETTINGS, async (config, id: string, options: Common & { class: RevocationClass }) =>
            (await load()).runCertificateRevoke(config, id, shown(options), say),
          ),
        ),
      REASON(),
    ),
    'certificate revoke INT-26-000012 --class issued-in-error --reason "wrong person"',
  );
  examples(
    required(
      declare('reinstate', 'make a revoked certificate valid again; a new version follows')
        .option('--wait', 'wait until the new diploma is drawn, then show the certificate')
        .action(
          verb(SETTINGS, async (config, id: string, options: Common) =>
            (await load()).runCertificateReinstate(config, id, shown(options), say),
          ),
        ),
      REASON(),
    ),
    'certificate reinstate INT-26-000012 --reason "the complaint was withdrawn"',
  );
  examples(
    required(
      declare('resend', 'send the stored diploma once more').action(
        verb(SETTINGS, async (config, id: string, options: Common) =>
          (await load()).runCertificateResend(config, id, shown(options), say),
        ),
      ),
      REASON(),
    ),
    'certificate resend INT-26-000012 --reason "the first letter was deleted"',
  );
  examples(
    required(
      declare('resolve', 'record what became of a letter with unknown outcome').action(
        verb(SETTINGS, async (config, id: string, options: Common & { outcome: 'sent' | 'not-sent' }) =>
          (await load()).runCertificateResolve(config, id, shown(options), say),
        ),
      ),
      new Option('--outcome <outcome>', 'what a person found out').choices(['sent', 'not-sent']),
      REASON(),
    ),
    'certificate resolve INT-26-000012 --outcome sent --reason "found in the archive of the provider"',
  );
}
