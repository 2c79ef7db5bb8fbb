import { isMessage, type Language, type MessageCode, messageIn } from '../messages/message.ts';
import type { CriterionSource, PARAMETERS } from './criterion.ts';

type LabelCode = {
  [S in CriterionSource]: `label.${S}.${keyof (typeof PARAMETERS)[S] & string}`;
}[CriterionSource];
/** A parameter without a name does not compile. */
type Named = LabelCode extends MessageCode ? string : never;

const isLabel = (code: string): code is LabelCode | 'label.consent.personal-data' => isMessage(code);

/** A parameter's name in lower case; a kind of consent without a name is quoted. */
export function labelOf(source: CriterionSource, parameter: Named, language: Language): string {
  const code = `label.${source}.${parameter}`;
  if (isLabel(code)) return messageIn(language, code);
  if (source === 'consent') return messageIn(language, 'label.consent-of', { kind: parameter });
  return messageIn(language, 'label.unnamed', { source, parameter });
}
