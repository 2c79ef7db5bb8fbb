import type { Face } from '../type/faces.ts';
import { codePointName, missingGlyphs } from '../type/shaped-line.ts';
import { FACE_ROLES } from './face-roles.ts';
import type { Grades } from './grades.ts';
import { placeholdersOf } from './placeholders.ts';
import type { TemplateDefinition, Word } from './template-definition.ts';
import { WORDS } from './template-definition.ts';
import { coloursOf, partsOf, textsOf } from './template-mentions.ts';
import type { TemplateSource } from './template-source.ts';

/** Facts that the first page must show; without them the diploma proves nothing. */
const NEEDED: readonly Word[] = ['holderName', 'courseTitle', 'issuer', 'number', 'date', 'code'];
/** Texts that the table prints without a mention. */
const OF_TABLE = ['module', 'hours', 'total'];
const NAMES: readonly string[] = ['holderName', 'latinName', 'leadingName', 'otherName'];

/** References to unknown texts, styles and colours, and texts that are never printed. */
export function mentionFaults(source: TemplateSource, definition: TemplateDefinition): string[] {
  const { texts, styles, palette, images } = definition;
  const listed = (names: Record<string, unknown>): string => Object.keys(names).join(', ');
  const faults: string[] = [];
  for (const { path, name } of textsOf(definition)) {
    if (texts[name] !== undefined) continue;
    faults.push(source.fault(path, `there is no text "${name}": add it to texts, or name one of ${listed(texts)}`));
  }
  for (const { path, part } of partsOf(definition)) {
    if (part.style !== undefined && styles[part.style] === undefined) {
      const where = [...path, 'style'];
      faults.push(source.fault(where, `there is no style "${part.style}": name one of ${listed(styles)}`));
    }
    for (const field of ['when', 'unless'] as const) {
      const word = part[field];
      if (word === undefined || WORDS.some((one) => one === word)) continue;
      faults.push(source.fault([...path, field], `there is no fact "${word}": name one of ${WORDS.join(', ')}`));
    }
    if (part.image !== undefined && images[part.image] === undefined) {
      const where = [...path, 'image'];
      faults.push(source.fault(where, `there is no image "${part.image}": name one of ${listed(images)}`));
    }
  }
  for (const { path, name } of coloursOf(definition)) {
    if (palette[name] !== undefined) continue;
    faults.push(source.fault(path, `there is no colour "${name}": name one of ${listed(palette)}`));
  }
  const printed = new Set([...OF_TABLE, 'heading', ...textsOf(definition).map(({ name }) => name)]);
  // A family's texts are optional for its templates; a template's own text that nothing mentions is a mistake.
  const own = Object.keys(texts).filter((key) => source.placeOf(['texts', key]).startsWith(`${source.file}:`));
  for (const key of own.filter((name) => !printed.has(name))) {
    faults.push(
      source.fault(['texts', key], 'is not printed anywhere: use it in a part, remove it, or correct its spelling'),
    );
  }
  return faults;
}

/** Placeholders where they have no meaning, and facts that the first page lacks. */
export function wordFaults(source: TemplateSource, definition: TemplateDefinition): string[] {
  const faults: string[] = [];
  const printed = new Set<string>();
  for (const { path, part, pages } of partsOf(definition)) {
    const key = part.text;
    if (pages === 'footer' && (key === undefined || part.link !== undefined)) {
      faults.push(source.fault(path, 'the footer can contain only plain texts: move this part out of the footer'));
    }
    if (key === undefined) continue;
    const words = placeholdersOf(definition.texts[key] ?? '');
    if (pages === 'first') for (const word of words) printed.add(word === 'leadingName' ? 'holderName' : word);
    const counted = words.filter((word) => word === 'page' || word === 'pages');
    if (pages !== 'footer' && counted.length > 0) {
      faults.push(source.fault(['texts', key], `{${counted[0]}} can be used only in the footer: remove it here`));
    }
    const isName = words.some((word) => NAMES.includes(word));
    const fitsName = definition.styles[part.style ?? '']?.fit === 'name';
    const alone = words.length === 1 && definition.texts[key] === `{${words[0]}}`;
    if (pages === 'first' && isName && !(fitsName && alone)) {
      const mend =
        'on the first page a name needs its own part in a style with "fit: name", else it cannot be measured';
      faults.push(source.fault(alone ? [...path, 'style'] : ['texts', key], `${mend}: change it`));
    }
    if (fitsName && !isName) {
      faults.push(
        source.fault(
          [...path, 'style'],
          '"fit: name" can be used only for {holderName}, {latinName}, {leadingName} and {otherName}: use another value',
        ),
      );
    }
    if (part.link === 'project' && !words.includes('projectUrl')) {
      faults.push(
        source.fault([...path, 'link'], 'a link to the project needs {projectUrl} in its text: add the placeholder'),
      );
    }
  }
  for (const word of NEEDED.filter((one) => !printed.has(one))) {
    faults.push(source.fault(['first', 'stacks'], `no text of the first page contains {${word}}: add it there`));
  }
  return faults;
}

/** A text of the first page that combines hours with a required fact; without hours it would be omitted. */
export function textThatNeedsHours(definition: TemplateDefinition): string | null {
  const found = partsOf(definition).find(({ part, pages }) => {
    const words = placeholdersOf(definition.texts[part.text ?? ''] ?? '');
    return pages === 'first' && words.includes('hours') && words.some((word) => NEEDED.includes(word as Word));
  });
  return found?.part.text ?? null;
}

/** Texts of the template that its own faces cannot print. */
export function glyphFaults(
  source: TemplateSource,
  definition: TemplateDefinition,
  faces: Map<string, Face>,
): string[] {
  const chains = chainsOf(definition, faces);
  const written: [PropertyKey[], string][] = [
    ...Object.entries(definition.texts).map(([key, text]): [PropertyKey[], string] => [['texts', key], text]),
    ...Object.entries(definition.hours).map(([key, text]): [PropertyKey[], string] => [['hours', key], text ?? '']),
    ...definition.date.months.map((text, index): [PropertyKey[], string] => [['date', 'months', index], text]),
    [['date', 'pattern'], definition.date.pattern],
  ];
  return written.flatMap(([path, text]) => {
    const lack = glyphFault(text.replace(/[{}]/g, ''), chains);
    return lack === null ? [] : [source.fault(path, lack)];
  });
}

/** Grade words that a template's faces cannot print. */
export function gradeFaults(
  grades: Grades,
  words: Readonly<Record<string, string>>,
  definition: TemplateDefinition,
  faces: Map<string, Face>,
): string[] {
  const chains = chainsOf(definition, faces);
  return [...new Set(Object.values(words))].flatMap((word) => {
    const lack = glyphFault(word, chains);
    return lack === null ? [] : [grades.fault(definition.language, word, lack)];
  });
}

function chainsOf(definition: TemplateDefinition, faces: Map<string, Face>): Face[][] {
  return FACE_ROLES.map((role) => definition.faces[role].flatMap((name) => faces.get(name) ?? []));
}

function glyphFault(text: string, chains: readonly Face[][]): string | null {
  const missing = new Set(chains.flatMap((chain) => missingGlyphs(text, chain)));
  if (missing.size === 0) return null;
  return `no font has a glyph for ${[...missing].map(codePointName).join(', ')}: add a font or use other words`;
}
