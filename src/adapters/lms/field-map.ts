import { z } from 'zod';
import { InputError } from '../../domain/failure.ts';
import { readYaml, schemaFaults } from '../../platform/yaml-file.ts';
import { CANONICAL_FIELDS } from './canonical-fields.ts';

/** Where a canonical field's value comes from. */
export type FieldSource =
  /** Way into the LMS's JSON, one segment a level; a number is an index into a list. */
  | { kind: 'path'; segments: string[] }
  /** One top-level field by its literal name, dots and all. */
  | { kind: 'parameter'; name: string }
  | { kind: 'constant'; value: unknown };

export type FieldSources = ReadonlyMap<string, FieldSource>;

/** `lms.yaml` as the adapter uses it; fields that are not named keep their canonical name. */
export interface FieldMap {
  studentGroup: FieldSources;
  release: FieldSources;
  patch: {
    /** Names of the two reported fields in the LMS. */
    certTemplate: string;
    status: string;
    /** Sent along unchanged. */
    constants: Record<string, string | number | boolean | null>;
  };
}

/** The map of an LMS that speaks canonical names. */
export const IDENTITY_FIELD_MAP: FieldMap = {
  studentGroup: new Map(),
  release: new Map(),
  patch: { certTemplate: 'certTemplate', status: 'status', constants: {} },
};

const PATH = /^[^.\s]+(\.[^.\s]+)*$/;
const Source = z.union(
  [
    z.strictObject({ path: z.string().regex(PATH, 'expected a path such as student.full_name') }),
    z.strictObject({ parameter: z.string().min(1).max(200) }),
    z.strictObject({ constant: z.json() }),
  ],
  { error: 'expected exactly one of { path: a.b.c }, { parameter: name }, { constant: value }' },
);
const Sources = z.record(z.string(), Source).nullish();
const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'expected a single value' });
const FieldMapFile = z
  .strictObject({
    version: z.literal(1).optional(),
    studentGroup: Sources,
    release: Sources,
    patch: z
      .strictObject({
        certTemplate: z.string().min(1).max(200).optional(),
        status: z.string().min(1).max(200).optional(),
        constants: z.record(z.string().min(1), Scalar).nullish(),
      })
      .nullish(),
  })
  .nullable();

/**
 * Reads `lms.yaml`: sections `studentGroup` and `release` of `canonical field: source`, and `patch` with the LMS's
 * names of `certTemplate` and `status` and with `constants` to send along. An empty file is the identity.
 *
 * @param fileName as it shall appear in faults
 * @throws InputError with one fault a line, each `file:line: what and how to mend`
 */
export function loadFieldMap(yamlText: string, fileName: string): FieldMap {
  const yaml = readYaml(fileName, yamlText);
  if (yaml.faults.length > 0) throw new InputError(yaml.faults);
  const parsed = FieldMapFile.safeParse(yaml.data ?? null);
  if (!parsed.success) throw new InputError(schemaFaults(fileName, yaml, parsed.error));

  const faults: string[] = [];
  const { lineOf } = yaml;
  const file = parsed.data;
  for (const kind of ['studentGroup', 'release'] as const) {
    const known: readonly string[] = CANONICAL_FIELDS[kind];
    for (const field of Object.keys(file?.[kind] ?? {})) {
      if (known.includes(field)) continue;
      const line = lineOf([kind, field]);
      faults.push(`${fileName}:${line}: ${kind} has no field "${field}"; fields are ${known.join(', ')}`);
    }
  }
  const patch = {
    certTemplate: file?.patch?.certTemplate ?? 'certTemplate',
    status: file?.patch?.status ?? 'status',
    constants: file?.patch?.constants ?? {},
  };
  if (patch.certTemplate === patch.status) {
    faults.push(
      `${fileName}:${lineOf(['patch'])}: patch.certTemplate and patch.status have one name; give each its own`,
    );
  }
  for (const name of Object.keys(patch.constants)) {
    if (name !== patch.certTemplate && name !== patch.status) continue;
    const line = lineOf(['patch', 'constants', name]);
    faults.push(`${fileName}:${line}: constant "${name}" would replace a reported field; remove it`);
  }
  if (faults.length > 0) throw new InputError(faults);
  return { studentGroup: toSources(file?.studentGroup), release: toSources(file?.release), patch };
}

function toSources(section: z.infer<typeof Sources>): FieldSources {
  // Shallow fields first, so that `student` given as a whole may still be refined by `student.email`.
  const entries = Object.entries(section ?? {}).sort(([a], [b]) => a.split('.').length - b.split('.').length);
  return new Map(
    entries.map(([field, source]): [string, FieldSource] => {
      if ('path' in source) return [field, { kind: 'path', segments: source.path.split('.') }];
      if ('parameter' in source) return [field, { kind: 'parameter', name: source.parameter }];
      return [field, { kind: 'constant', value: source.constant }];
    }),
  );
}
