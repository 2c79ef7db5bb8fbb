import { Option } from 'commander';
import { LETTER_OCCASIONS } from '../../domain/letter/occasions.ts';
import type { LetterOptions } from '../letter.ts';
import type { PreviewOptions } from '../preview.ts';
import type { ImportOptions } from '../template-file.ts';
import type { VerifyOptions } from '../verify.ts';
import { type CommandLine, examples, required } from './command-line.ts';
import { fileOf, several } from './options.ts';

/** Commands for designers of templates, and for people who check a diploma. */
export function declareTemplates(line: CommandLine): void {
  const { program, say, verb } = line;
  examples(
    required(
      program
        .command('preview')
        .description('draw a sample diploma from a certificate template, with invented data and a watermark')
        .argument('<template>', "name of the template's folder in certificate/")
        .addOption(
          new Option(
            '--sample <id>',
            'use the name of this sample person; an unknown id prints the known ids',
          ).conflicts('extreme'),
        )
        .option('--extreme', 'use the longest names and titles, and very many modules')
        .action(
          verb('nothing', async (config, template: string, options: PreviewOptions) =>
            (await import('../preview.ts')).runPreview(config, template, options, say),
          ),
        ),
      new Option('--out <file.pdf|.png>', 'output file (.pdf or .png)').argParser(fileOf('pdf', 'png')),
    ),
    'preview teacher-ru --out teacher-ru.pdf',
    'preview teacher-kk --extreme --out longest.png',
  );
  examples(
    program
      .command('fields')
      .description('list the fields of a certificate template for its designer: type, length, sample value')
      .argument('<template>', "name of the template's folder in certificate/")
      .option('--out <file.csv|.json>', 'write the fields to a file instead', fileOf('csv', 'json'))
      .action(
        verb('nothing', async (config, template: string, options: { out?: string }) =>
          (await import('../fields.ts')).runFields(config, template, options, say),
        ),
      ),
    'fields teacher-ru --out fields.csv',
  );
  declareArchives(line);
  examples(
    program
      .command('letter')
      .description('show a letter as it would be sent, with invented data')
      .argument('<letter>', "name of the letter's folder in letter/")
      .option('--language <tag>', 'show only this language; default: every language')
      .addOption(
        new Option('--occasion <occasion>', 'why the letter is written; default: first').choices(LETTER_OCCASIONS),
      )
      .option('--extreme', 'with long values and unusual characters')
      .option(
        '--out <file.html|.txt|.eml>',
        'write one language to a file instead of the terminal',
        fileOf('html', 'txt', 'eml'),
      )
      .action(
        verb('nothing', async (config, letter: string, options: LetterOptions) =>
          (await import('../letter.ts')).runLetter(config, letter, options, say),
        ),
      ),
    'letter diploma --language ru',
    'letter diploma --language ru --occasion corrected --out letter.html',
  );
  examples(
    program
      .command('verify')
      .description('check a diploma or credential offline; needs no settings; exit code 1 if a check fails')
      .argument('<file.pdf|.json|.jwt|.png>', 'file to check; its name does not matter')
      .option('--keys <file>', 'keys of the issuer: did.json, JWK or PEM; repeat the option for several files', several)
      .option('--status <file>', 'status list of the issuer, which shows what was revoked')
      .option('--online', "get missing keys and status lists from the issuer's web address")
      .option('--issuer <domain>', 'domain that the issuer must have, for example school.example')
      .option('--json', 'print JSON')
      .action(async (file: string, options: VerifyOptions) =>
        (await import('../verify.ts')).runVerify(file, options, say),
      ),
    'verify diploma.pdf --online --issuer school.example',
    'verify diploma.pdf --keys did.json --keys seal-1.pem --status status.json',
  );
}

function declareArchives({ program, say, verb }: CommandLine): void {
  const template = examples(
    program.command('template').description('take certificate templates from one installation to another'),
    'template export teacher-ru --out teacher-ru.zip',
    'template import teacher-ru.zip',
  );
  required(
    template
      .command('export')
      .description('write a certificate template to a ZIP file: layout, words, pictures and fonts')
      .argument('<template>', "name of the template's folder in certificate/")
      .action(
        verb('nothing', async (config, id: string, options: { out: string }) =>
          (await import('../template-file.ts')).runTemplateExport(config, id, options, say),
        ),
      ),
    new Option('--out <file.zip>', 'output file').argParser(fileOf('zip')),
  );
  template
    .command('import')
    .description('check a certificate template in a ZIP file and put it into the templates folder')
    .argument('<file.zip>', 'file of "template export"')
    .option('--replace', 'replace the template of the same name; issued certificates keep their contents')
    .option('--adapt', "accept other contents where this folder's grades, pictures or countries differ")
    .action(
      verb('nothing', async (config, file: string, options: ImportOptions) =>
        (await import('../template-file.ts')).runTemplateImport(config, file, options, say),
      ),
    );
}
