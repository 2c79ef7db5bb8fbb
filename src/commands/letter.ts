import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import { MAIL_INSTRUCTIONS, mailProvider } from '../compose/open-mail.ts';
import type { Config } from '../config.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { InputError } from '../domain/failure.ts';
import type { LetterOccasion } from '../domain/letter/letter-occasions.ts';
import { type LetterPreview, languagesOf, previewLetter } from '../domain/letter/letter-preview.ts';
import { messageFile } from './letter-message.ts';
import { withPreviews } from './preview.ts';

export interface LetterOptions {
  language?: string;
  extreme?: boolean;
  occasion?: LetterOccasion;
  /** Name of a file that ends in .html, .txt or .eml. */
  out?: string;
}

const ELSEWHERE = 'https://gramota.example';

/**
 * `gramota letter`: a letter with an invented teacher's facts, rendered by the code of real letters: all languages as
 * text on the terminal, or one language in a file.
 * @throws InputError for an unknown letter or language, listing the known ones
 */
export async function runLetter(
  config: Config,
  letter: string,
  options: LetterOptions,
  say: (line: string) => void,
): Promise<void> {
  const rulebook = await loadRulebook(config.TEMPLATES_DIR, await loadTemplates(config.TEMPLATES_DIR));
  const preview = (language: string | null): LetterPreview => {
    const wanted = {
      letter,
      language,
      extreme: options.extreme === true,
      occasion: options.occasion ?? 'first',
      publicUrl: config.PUBLIC_URL ?? ELSEWHERE,
      instructions: MAIL_INSTRUCTIONS,
    };
    const result = previewLetter(rulebook, wanted);
    if (!result.ok) throw new InputError(`letter: ${result.detail}`);
    return result.preview;
  };
  const languages = languagesOf(rulebook, letter);
  if (options.out !== undefined) {
    const [only, ...more] = languages;
    if (options.language === undefined && more.length > 0)
      throw new InputError(`--language: a file holds one language; choose one of ${languages.join(', ')}`);
    const shown = preview(options.language ?? only ?? null);
    await writeFile(options.out, await fileOf(config, shown, options.out));
    say(`sample of letter/${letter}/${shown.language} → ${options.out}`);
    return;
  }
  const wanted = options.language === undefined ? languages : [options.language];
  for (const shown of wanted.length === 0 ? [preview(null)] : wanted.map(preview)) {
    say(`letter/${letter}/${shown.language}: a SAMPLE with invented data`);
    say(asText(shown));
  }
}

function asText({ subject, text }: LetterPreview): string {
  return `Subject: ${subject}\n\n${text}`;
}

async function fileOf(config: Config, letter: LetterPreview, path: string): Promise<string> {
  const kind = extname(path).toLowerCase();
  if (kind !== '.eml') return kind === '.html' ? letter.html : asText(letter);
  const from = mailProvider(config).sender ?? 'sample@example.org';
  return withPreviews(config, async (previews) => {
    const templates = previews.templates();
    const { id } = templates.find(({ language }) => language === letter.language) ?? templates[0] ?? { id: '' };
    const pdf = await previews.draw(id, { kind: 'own' }, 'pdf');
    return messageFile(letter, from, { name: 'Diploma-SAMPLE.pdf', pdf });
  });
}
