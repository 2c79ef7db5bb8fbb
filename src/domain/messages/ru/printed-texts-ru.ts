import type { PRINTED_TEXTS } from '../en/printed-texts.ts';
import { translationOf } from '../translation.ts';

/** `PRINTED_TEXTS` in Russian. No native speaker has read these texts yet. */
export const PRINTED_TEXTS_RU = translationOf<typeof PRINTED_TEXTS>()({
  'text-foreign':
    'шаблоны {templates} печатают {field} буквами другого языка; добавьте этот текст на их языках в {file}',
  'signatory-unknown':
    'release.signatory.name нет среди подписывающих в issuer.yaml, поэтому имя печатается так, как его пишет LMS, и без подписи; добавьте туда этого человека или допишите такое имя в "knownAs"',
});
