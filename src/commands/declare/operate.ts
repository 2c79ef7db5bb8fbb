import { Option } from 'commander';
import type { KeyPurpose } from '../../domain/certificate/credential-facts.ts';
import { KEY_PURPOSES } from '../../domain/certificate/key-purposes.ts';
import { ROLES } from '../../domain/role.ts';
import { type CommandLine, examples, required } from './command-line.ts';

/** Commands for operators: servers, database, access tokens and keys. */
export function declareOperators(line: CommandLine, fail: (text: string) => void): void {
  const { program, say, verb, withEnvironment } = line;
  examples(
    program
      .command('serve')
      .description('run the HTTP API and the public lookup')
      .action(
        verb('serve', async (config) =>
          (await import('../serve.ts')).serve(config, (url) => say(`listening on ${url}`)),
        ),
      ),
    'serve',
  );
  examples(
    program
      .command('work')
      .description('run a worker process; you can run several on any number of hosts')
      .action(verb('work', async (config) => (await import('../work.ts')).work(config))),
    'work',
  );
  examples(
    program
      .command('migrate')
      .description('update the database schema; several hosts may run this at the same time')
      .action(verb('database', async (config) => (await import('../migrate.ts')).runMigrate(config, say))),
    'migrate',
  );
  examples(
    program
      .command('check')
      .description('check settings, templates, database, LMS and Sendsay; print one line each, faults first')
      .option('--sender', 'check also the sender: SPF, DKIM and DMARC in DNS, and whether Sendsay lists the address')
      .action((options: { sender?: boolean }) =>
        withEnvironment(async (env) => {
          if (!(await (await import('../check.ts')).runCheck(env, say, fail, options))) process.exitCode = 1;
        }),
      ),
    'check',
  );
  declareToken(line);
  declareKeys(line);
}

function declareToken({ program, say, verb }: CommandLine): void {
  const token = examples(
    program.command('token').description('create, list and revoke access tokens of the API'),
    'token create --name "Anna" --role coordinator',
  );
  examples(
    required(
      token
        .command('create')
        .description('create a token and print it once; only the hash of the token is stored')
        .action(
          verb('database', async (config, options: { name: string; role: string; expires?: string }) =>
            (await import('../token.ts')).runTokenCreate(config, options, say),
          ),
        ),
      new Option('--name <name>', 'name of the person or program that uses the token'),
      new Option('--role <role>', 'role of the token: what it may do').choices(ROLES),
    ).option(
      '--expires <day>',
      'last day on which the token is valid, such as 2027-06-30; without it until it is revoked',
    ),
    'token create --name "Anna" --role coordinator --expires 2027-06-30',
  );
  examples(
    token
      .command('list')
      .description('list all tokens: id, role, state, last use and name')
      .action(verb('database', async (config) => (await import('../token.ts')).runTokenList(config, say))),
    'token list',
  );
  examples(
    token
      .command('revoke')
      .description('revoke a token, which then stops working at once')
      .argument('<token>', 'id or name of the token')
      .action(
        verb('database', async (config, id: string) => (await import('../token.ts')).runTokenRevoke(config, id, say)),
      ),
    'token revoke Anna',
  );
}

function declareKeys({ program, say, verb }: CommandLine): void {
  const keys = examples(
    program.command('keys').description('create, rotate and list the signing keys of credentials and seals'),
    'keys list',
  );
  examples(
    keys
      .command('create')
      .description('create the keys that issuer.yaml names; register the keys in SIGNING_KEYS_DIR in the database')
      .action(verb('database', async (config) => (await import('../keys.ts')).runKeysCreate(config, say))),
    'keys create',
  );
  examples(
    keys
      .command('rotate')
      .description('create new signing keys and use them from now on; old keys are kept to verify old signatures')
      .addOption(
        new Option('--purpose <purpose>', 'rotate only the key of this purpose; default: all keys').choices(
          KEY_PURPOSES,
        ),
      )
      .action(
        verb('database', async (config, options: { purpose?: KeyPurpose }) =>
          (await import('../keys.ts')).runKeysRotate(config, options, say),
        ),
      ),
    'keys rotate --purpose seal',
  );
  examples(
    keys
      .command('list')
      .description('list the keys in the database, and show which of them this host has')
      .action(verb('database', async (config) => (await import('../keys.ts')).runKeysList(config, say))),
    'keys list',
  );
}
