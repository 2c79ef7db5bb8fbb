import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../domain/failure.ts';
import { ImportForm } from '../../domain/import/import-form.ts';
import { readYaml, schemaFaults } from '../../platform/yaml-file.ts';

const FOLDER = 'forms';
const FILE = /^([a-z0-9][a-z0-9-]{0,63})\.yaml$/;

/**
 * Reads the forms of a templates folder, by id; none where it has no folder `forms`.
 * @throws InputError with all faults at once, each `file:line: field: fault and advice`
 */
export async function loadForms(dir: string): Promise<Map<string, ImportForm>> {
  const faults: string[] = [];
  const forms = new Map<string, ImportForm>();
  for (const name of (await readdir(join(dir, FOLDER)).catch(() => [])).sort()) {
    const file = `${FOLDER}/${name}`;
    const id = FILE.exec(name)?.[1];
    if (id === undefined) {
      faults.push(`${file}:1: expected a name such as cis-registration.yaml`);
      continue;
    }
    const yaml = readYaml(file, await readFile(join(dir, FOLDER, name), 'utf8'));
    const parsed = yaml.faults.length > 0 ? null : ImportForm.safeParse(yaml.data);
    faults.push(...yaml.faults);
    if (parsed?.success) forms.set(id, parsed.data);
    else if (parsed) faults.push(...schemaFaults(file, yaml, parsed.error));
  }
  if (faults.length > 0) throw new InputError(faults);
  return forms;
}
