import { z } from 'zod';

/** Words that a text of a template may take in, by the text's place in the file. */
const PLACEHOLDERS: Record<string, readonly string[]> = {
  'texts.courseTitle': ['title'],
  'texts.volume': ['hours'],
  'texts.project': ['title'],
  'texts.number': ['number'],
  'texts.issued': ['date'],
  'texts.qrDescription': ['url'],
  'programme.subtitle': ['name', 'number'],
  'programme.footer': ['number', 'page', 'pages'],
  'programme.grade': ['grade'],
  'date.pattern': ['day', 'month', 'year'],
  hours: ['n'],
};

function text(place = ''): z.ZodType<string> {
  const allowed = PLACEHOLDERS[place] ?? [];
  return z
    .string()
    .min(1)
    .superRefine((value, context) => {
      const used = [...value.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
      for (const word of used.filter((name) => !allowed.includes(name))) {
        const known = allowed.length === 0 ? 'takes none' : `knows ${allowed.map((name) => `{${name}}`).join(', ')}`;
        context.addIssue({ code: 'custom', message: `placeholder {${word}} is not known here: this text ${known}` });
      }
      for (const word of allowed.filter((name) => !used.includes(name))) {
        context.addIssue({ code: 'custom', message: `placeholder {${word}} is missing: write it where it belongs` });
      }
    });
}

const Colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour like "#17365d" (quoted, or YAML reads a comment)');
const FaceFile = z.string().regex(/^[A-Za-z0-9._-]+\.(ttf|otf)$/, 'must be the name of a .ttf or .otf file in fonts/');
const FaceChain = z.array(FaceFile).min(1);
const Points = z.number().min(5).max(120);

/** How a text is fitted: from `max` points down to `floor`, in at most `lines` lines. */
const FitRule = z
  .strictObject({ max: Points, floor: Points, lines: z.int().min(1).max(6) })
  .refine((rule) => rule.floor <= rule.max, { message: 'floor is larger than max: swap them', path: ['floor'] });
export type FitRule = z.infer<typeof FitRule>;

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
}

/** Contents of `templates/certificate/<id>/template.yaml`; every field is documented in `templates/README.md`. */
export const TemplateDefinition = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes'),
    language: z
      .string()
      .refine(isLanguage, 'must be a BCP 47 language tag in its usual case, for example "ru" or "uz"'),
    page: z.strictObject({ size: z.literal('A4'), orientation: z.literal('landscape') }),
    palette: z.strictObject({ ink: Colour, primary: Colour, accent: Colour, muted: Colour, tint: Colour }),
    faces: z.strictObject({ display: FaceChain, text: FaceChain, label: FaceChain, strong: FaceChain }),
    fit: z.strictObject({ name: FitRule, latinName: FitRule, courseTitle: FitRule, project: FitRule }),
    date: z.strictObject({ pattern: text('date.pattern'), months: z.array(z.string().min(1)).length(12) }),
    decimal: z.enum([',', '.']),
    hours: z.record(z.enum(['zero', 'one', 'two', 'few', 'many', 'other']), text('hours').optional()),
    texts: z.strictObject({
      heading: text(),
      holder: text(),
      completion: text(),
      courseTitle: text('texts.courseTitle'),
      volume: text('texts.volume'),
      project: text('texts.project'),
      number: text('texts.number'),
      issued: text('texts.issued'),
      verify: text(),
      qrDescription: text('texts.qrDescription'),
    }),
    programme: z.strictObject({
      title: text(),
      subtitle: text('programme.subtitle'),
      module: text(),
      hours: text(),
      total: text(),
      project: text(),
      grade: text('programme.grade'),
      footer: text('programme.footer'),
    }),
  })
  .superRefine((definition, context) => {
    if (!isLanguage(definition.language)) return;
    for (const form of new Intl.PluralRules(definition.language).resolvedOptions().pluralCategories) {
      if (definition.hours[form] !== undefined) continue;
      const message = `plural form "${form}" is missing: the language "${definition.language}" needs it, for example "{n} …"`;
      context.addIssue({ code: 'custom', path: ['hours'], message });
    }
  });
export type TemplateDefinition = z.infer<typeof TemplateDefinition>;
export type FaceRole = keyof TemplateDefinition['faces'];

/** Roles whose face chains print facts: any of them must have a glyph for every code point of a fact. */
export const FACE_ROLES: readonly FaceRole[] = ['display', 'text', 'label', 'strong'];

/** Every face file that a template names, once each, in order of first mention. */
export function faceNames(definition: Pick<TemplateDefinition, 'faces'>): string[] {
  return [...new Set(FACE_ROLES.flatMap((role) => definition.faces[role]))];
}
