import { writeFile } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { createPreviews } from '../diploma/preview/create-previews.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import type { PreviewChoice, Previews } from '../ports/previews.ts';

export interface PreviewOptions {
  sample?: string;
  extreme?: boolean;
  /** Name of a file that ends in .pdf or .png. */
  out: string;
}

/** Runs a command with the previews of the templates folder. */
export async function withPreviews<T>(config: Config, run: (previews: Previews) => Promise<T>): Promise<T> {
  const previews = createPreviews(await loadTemplates(config.TEMPLATES_DIR));
  try {
    return await run(previews);
  } finally {
    await previews.close();
  }
}

/**
 * `gramota preview`: a watermarked mock-up of a template with invented facts.
 * @throws InputError for an unknown template or sample, listing the known ones
 */
export async function runPreview(
  config: Config,
  templateId: string,
  options: PreviewOptions,
  say: (line: string) => void,
): Promise<void> {
  const choice: PreviewChoice =
    options.sample !== undefined
      ? { kind: 'sample', id: options.sample }
      : { kind: options.extreme === true ? 'extreme' : 'own' };
  const format = /\.png$/i.test(options.out) ? 'png' : 'pdf';
  const bytes = await withPreviews(config, (previews) => previews.draw(templateId, choice, format));
  await writeFile(options.out, bytes);
  say(`mock-up of ${templateId} with invented facts → ${options.out}`);
}
