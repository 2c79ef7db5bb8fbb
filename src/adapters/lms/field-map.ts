import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../domain/failure.ts';
import { readYaml, schemaFaults } from '../../platform/yaml-file.ts';
import { sectionFaults } from './field-map-faults.ts';
import { READINGS, type Reading } from './value-forms.ts';

/** The source of a canonical field's value. */
export type FieldSource =
  /** Path in the LMS's JSON; a number is a list index. */
  | ({ kind: 'path'; segments: string[] } & Conversion)
  /** One top-level field by its literal name, including dots. */
  | ({ kind: 'parameter'; name: string } & Conversion)
  | { kind: 'constant'; value: unknown };

/** How to convert a value of the LMS. */
interface Conversion {
  /** LMS value → Gramota value; all other values stay unchanged. */
  values?: ReadonlyMap<string, unknown>;
  /** How to read a value that is not in `values`. */
  as?: Reading;
  /** If the field is a list: the sources of the fields of its entries. */
  items?: FieldSources;
}

export type FieldSources = ReadonlyMap<string, FieldSource>;

/** `lms.yaml` in the form the adapter uses; unlisted fields keep their canonical name. */
export interface FieldMap {
  studentGroup: FieldSources;
  release: FieldSources;
  patch: {
    /** The LMS's names of the two reported fields. */
    certTemplate: string;
    status: string;
    /** Constants sent with every PATCH. */
    constants: Record<string, string | number | boolean | null>;
    /** The second report after the letter: its status, and the LMS's field for the lookup address. */
    issued: { status: string; link: string | null } | null;
  };
}

/** The map for an LMS that uses canonical names. */
export const IDENTITY_FIELD_MAP: FieldMap = {
  studentGroup: new Map(),
  release: new Map(),
  patch: { certTemplate: 'certTemplate', status: 'status', constants: {}, issued: null },
};

const PATH = /^[^.\s]+(\.[^.\s]+)*$/;
const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'expected a single value' });
const Path = z.string().regex(PATH, 'expected a path such as student.full_name');
const Parameter = z.string().min(1).max(200);
const Values = z.record(z.string(), Scalar).optional();
const As = z.enum(READINGS).optional();
const ONE_OF =
  'expected exactly one of { path: a.b.c }, { parameter: name } or { constant: value }; path and parameter can also have values, items, or as: text, number or instant';
const Constant = z.strictObject({ constant: z.json() });
const ItemSource = z.union(
  [
    z.strictObject({ path: Path, values: Values, as: As }),
    z.strictObject({ parameter: Parameter, values: Values, as: As }),
    Constant,
  ],
  { error: ONE_OF },
);
const Items = z.record(z.string(), ItemSource).optional();
const Source = z.union(
  [
    z.strictObject({ path: Path, values: Values, as: As, items: Items }),
    z.strictObject({ parameter: Parameter, values: Values, as: As, items: Items }),
    Constant,
  ],
  { error: ONE_OF },
);
/** A field's source as written in the file. */
export type WrittenSource = z.infer<typeof Source>;
const Sources = z.record(z.string(), Source).nullish();
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
        issued: z
          .strictObject({ status: z.string().min(1).max(200).optional(), link: z.string().min(1).max(200).optional() })
          .nullish(),
      })
      .nullish(),
  })
  .nullable();

/**
 * Reads `lms.yaml`: sections `studentGroup` and `release` with `canonical field: source`, and `patch` with the LMS's
 * names of `certTemplate` and `status` and with `constants` to send. An empty file is the identity.
 * @param fileName name used in faults
 * @throws InputError with one fault per line: `file:line: fault and advice`
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
    for (const { path, fault } of sectionFaults(kind, file?.[kind] ?? {}))
      faults.push(`${fileName}:${lineOf([kind, ...path])}: ${fault}`);
  }
  const patch = {
    certTemplate: file?.patch?.certTemplate ?? 'certTemplate',
    status: file?.patch?.status ?? 'status',
    constants: file?.patch?.constants ?? {},
    issued: file?.patch?.issued
      ? { status: file.patch.issued.status ?? 'certificate issued', link: file.patch.issued.link ?? null }
      : null,
  };
  if (patch.certTemplate === patch.status) {
    faults.push(
      `${fileName}:${lineOf(['patch'])}: patch.certTemplate and patch.status have the same name; give each a different name`,
    );
  }
  if (patch.issued?.link === patch.status || patch.issued?.link === patch.certTemplate) {
    const line = lineOf(['patch', 'issued', 'link']);
    faults.push(
      `${fileName}:${line}: patch.issued.link has the name of another reported field; give it a different name`,
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

function toSources(section: Record<string, WrittenSource> | null | undefined): FieldSources {
  // Shallow fields first, so that `student.email` can refine a mapped `student`.
  const entries = Object.entries(section ?? {}).sort(([a], [b]) => a.split('.').length - b.split('.').length);
  return new Map(
    entries.map(([field, source]): [string, FieldSource] => {
      if ('constant' in source) return [field, { kind: 'constant', value: source.constant }];
      const conversion: Conversion = {
        ...(source.values ? { values: new Map(Object.entries(source.values)) } : {}),
        ...(source.as ? { as: source.as } : {}),
        ...(source.items ? { items: toSources(source.items) } : {}),
      };
      if ('path' in source) return [field, { kind: 'path', segments: source.path.split('.'), ...conversion }];
      return [field, { kind: 'parameter', name: source.parameter, ...conversion }];
    }),
  );
}

/**
 * Reads the map of a templates folder; without a file the LMS uses canonical names.
 * @throws InputError as `loadFieldMap`
 */
export async function readFieldMap(templatesDir: string): Promise<FieldMap> {
  const text = await readFile(join(templatesDir, 'lms.yaml'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new InputError(`lms.yaml: cannot be read (${error.code ?? 'unknown cause'})`);
  });
  return loadFieldMap(text, 'lms.yaml');
}
