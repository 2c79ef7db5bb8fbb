import { z } from 'zod';
import { DATE_STYLES, NAME_FORMS, PAPERS } from '../../domain/certificate/country-diploma.ts';
import { FACE_ROLES } from './face-roles.ts';
import { FirstPage, FollowingPages, Image, TextStyle } from './layout-schema.ts';
import { placeholdersOf } from './placeholders.ts';
import { pluralForms } from './plural.ts';

/** Facts that a text of a template may name in braces. */
export const WORDS = [
  'holderName',
  'latinName',
  'leadingName',
  'otherName',
  'courseTitle',
  'hours',
  'modules',
  'date',
  'number',
  'issuer',
  'signatory',
  'position',
  'secondSignatory',
  'secondPosition',
  'kind',
  'periodFrom',
  'periodTo',
  'city',
  'licence',
  'registrarNumber',
  'school',
  'legalLine',
  'projectTitle',
  'projectUrl',
  'grade',
  'code',
  'address',
  'lookupUrl',
  'page',
  'pages',
] as const;
export type Word = (typeof WORDS)[number];

function text(allowed: readonly string[], needed: readonly string[] = []): z.ZodType<string> {
  return z
    .string()
    .min(1)
    .superRefine((value, context) => {
      const used = placeholdersOf(value);
      const known = allowed.map((name) => `{${name}}`).join(', ');
      for (const word of used.filter((name) => !allowed.includes(name))) {
        const message = `placeholder {${word}} is not known here: this text knows ${known}`;
        context.addIssue({ code: 'custom', message });
      }
      for (const word of needed.filter((name) => !used.includes(name))) {
        context.addIssue({ code: 'custom', message: `placeholder {${word}} is missing: add it to the text` });
      }
    });
}

const Colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour like "#17365d" (quoted, or YAML reads a comment)');
const Name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'must be a name of letters and digits, like "primary"');
const FaceFile = z.string().regex(/^[A-Za-z0-9._-]+\.(ttf|otf)$/, 'must be the name of a .ttf or .otf file in fonts/');
const FaceChain = z.array(FaceFile).min(1);
const Form = z.enum(['zero', 'one', 'two', 'few', 'many', 'other']);
const Text = text(WORDS);
const Plain = text([]);

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
}

/** Contents of a template merged with its family; `templates/README.md` documents every field. */
export const TemplateDefinition = z
  .strictObject({
    /**
     * Templates stored before format 2 have no such field and cannot be drawn any more. Formats 2 and 3 are drawn as
     * they were, because certificates hold them. Since format 3 names of every script can be copied; since format 4
     * the QR code is drawn once for all pages.
     */
    format: z.literal([2, 3, 4], 'must be 4; older templates may say 2 or 3'),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes'),
    language: z
      .string()
      .refine(isLanguage, 'must be a BCP 47 language tag in its usual case, for example "ru" or "uz"'),
    page: z.strictObject({ size: z.enum(PAPERS), orientation: z.enum(['landscape', 'portrait']) }),
    palette: z.record(Name, Colour),
    faces: z.strictObject({ display: FaceChain, text: FaceChain, label: FaceChain, strong: FaceChain }),
    styles: z.record(Name, TextStyle),
    images: z.record(Name, Image),
    /** Files of issuer.yaml's pictures, put here when a template is loaded: they are frozen with it. */
    pictures: z
      .strictObject({
        logo: z.string(),
        seal: z.string(),
        /** By id of the signatory. */
        signatures: z.record(z.string(), z.string()),
      })
      .partial()
      .optional(),
    first: FirstPage,
    following: FollowingPages,
    /** What diplomas of a country print differently, put here from countries.yaml when a template is loaded. */
    countries: z
      .record(
        z.string(),
        z
          .strictObject({
            date: z.enum(DATE_STYLES),
            legalLine: z.string(),
            paper: z.enum(PAPERS),
            leadingName: z.enum(NAME_FORMS),
          })
          .partial(),
      )
      .optional(),
    date: z.strictObject({
      pattern: text(['day', 'month', 'year'], ['day', 'month', 'year']),
      months: z.array(z.string().min(1)).length(12),
      /** Forms of {year} by CLDR ordinal category, for languages where the ending depends on the number. */
      years: z.record(Form, text(['year'], ['year']).optional()).optional(),
    }),
    decimal: z.enum([',', '.']),
    hours: z.record(Form, text(['n'], ['n']).optional()),
    /** `heading` is also the document's title; `module`, `hours` and `total` belong to the table. */
    texts: z.object({ heading: Plain, module: Plain, hours: Plain, total: Plain }).catchall(Text),
  })
  .superRefine((definition, context) => {
    if (!isLanguage(definition.language)) return;
    const { language, hours, date } = definition;
    for (const form of pluralForms(language).filter((one) => hours[one] === undefined)) {
      const message = `plural form "${form}" is missing: the language "${language}" needs it, for example "{n} …"`;
      context.addIssue({ code: 'custom', path: ['hours'], message });
    }
    const { years } = date;
    if (years === undefined) return;
    for (const form of pluralForms(language, 'ordinal').filter((one) => years[one] === undefined)) {
      const message = `ordinal form "${form}" is missing: the language "${language}" needs it, for example "{year} …"`;
      context.addIssue({ code: 'custom', path: ['date', 'years'], message });
    }
  });
export type TemplateDefinition = z.infer<typeof TemplateDefinition>;

/** All face files that a template names, without repeats, in order of first mention. */
export function faceNames(definition: Pick<TemplateDefinition, 'faces'>): string[] {
  return [...new Set(FACE_ROLES.flatMap((role) => definition.faces[role]))];
}

/** All image files that a template names, without repeats, sorted by name. */
export function fileNames(definition: Pick<TemplateDefinition, 'first' | 'following' | 'images'>): string[] {
  const { first, following } = definition;
  const { head, stacks = [], closing = [], project, footer } = following;
  const named = [...first.stacks, ...(head === undefined ? [] : [head]), ...stacks, ...closing, project, footer];
  const parts = named.flatMap((one) => one.parts);
  const images = Object.values(definition.images).flatMap((image) => image.file ?? []);
  const art = [...first.art, ...following.art, ...parts.flatMap((part) => part.art ?? [])];
  return [...new Set([...art, ...images])].sort();
}
