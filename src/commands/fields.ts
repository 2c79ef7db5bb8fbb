import { writeFile } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import type { Config } from '../config.ts';
import { InputError } from '../domain/failure.ts';
import type { TemplateField } from '../ports/previews.ts';
import { withPreviews } from './preview.ts';
import { table } from './table.ts';

const COLUMNS = ['name', 'type', 'required', 'maxLength', 'sample'] as const;

/**
 * `gramota fields`: the field sheet for a template's designer, as a table on the terminal, or as CSV or JSON.
 * @throws InputError for an unknown template, listing the known ones
 */
export async function runFields(
  config: Config,
  templateId: string,
  options: { out?: string },
  say: (line: string) => void,
): Promise<void> {
  const fields = await withPreviews(config, async (previews) => {
    const found = await previews.fields(templateId);
    if (found !== null) return found;
    const known = previews.templates().map((template) => template.id);
    throw new InputError(`there is no template with this name; known templates: ${known.join(', ')}`);
  });
  if (options.out === undefined)
    for (const line of table(
      COLUMNS,
      fields.map((field) => COLUMNS.map((column) => String(field[column] ?? ''))),
    ))
      say(line);
  else {
    await writeFile(options.out, /\.json$/i.test(options.out) ? `${JSON.stringify(fields, null, 2)}\n` : csvOf(fields));
    say(`${fields.length} fields of ${templateId} → ${options.out}`);
  }
}

function csvOf(fields: readonly TemplateField[]): string {
  const cast = { boolean: (value: boolean) => (value ? 'yes' : 'no') };
  return stringify([...fields], { header: true, columns: [...COLUMNS], bom: true, cast, escape_formulas: true });
}
