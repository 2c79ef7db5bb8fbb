import { Option } from 'commander';
import { type CommandLine, examples, required } from './command-line.ts';

/** Commands for the approval of templates and letters. */
export function declareApprovals({ program, say, verb }: CommandLine): void {
  const approval = examples(
    program.command('approval').description('list, give and withdraw approvals of certificate templates and letters'),
    'approval list',
  );
  examples(
    approval
      .command('list')
      .description('list templates and letters: contents, hash, and who has approved them')
      .action(verb('database', async (config) => (await import('../approve.ts')).runApprovalList(config, say))),
    'approval list',
  );
  examples(
    required(
      approval
        .command('give')
        .description('approve exactly the contents with this hash; a later change needs a new approval')
        .argument('<contents>', 'certificate/<id> or letter/<id>/<language>')
        .action(
          verb('database', async (config, subject: string, { hash }: { hash: string }) =>
            (await import('../approve.ts')).runApprovalGive(config, subject, hash, say),
          ),
        ),
      new Option('--hash <hash>', 'at least 12 digits of the hash that "gramota approval list" prints'),
    ),
    'approval give certificate/teacher-kk --hash 1a2b3c4d5e6f',
    'approval give letter/diploma/kk --hash 1a2b3c4d5e6f',
  );
  examples(
    required(
      approval
        .command('withdraw')
        .description('withdraw the approval of contents; they are not used any more where approvals are required')
        .argument('<contents>', 'certificate/<id> or letter/<id>/<language>')
        .action(
          verb('database', async (config, subject: string, options: { hash: string; reason: string }) =>
            (await import('../approve.ts')).runApprovalWithdraw(config, subject, options, say),
          ),
        ),
      new Option('--hash <hash>', 'at least 12 digits of the hash'),
      new Option('--reason <text>', 'why; kept in the audit list'),
    ),
    'approval withdraw certificate/teacher-kk --hash 1a2b3c4d5e6f --reason "The signature is wrong."',
  );
}
