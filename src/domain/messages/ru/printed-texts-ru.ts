import type { PRINTED_TEXTS } from '../en/printed-texts.ts';
import { translationOf } from '../translation.ts';

/** `PRINTED_TEXTS` in Russian. No native speaker has read these texts yet. */
export const PRINTED_TEXTS_RU = translationOf<typeof PRINTED_TEXTS>()({
  'text-foreign':
    'на дипломах по шаблонам {templates} этот текст ({field}) стоит буквами другого языка; добавьте его на языке диплома в {file}',
  'signatory-unknown':
    'release.signatory.name нет среди подписывающих в issuer.yaml, поэтому имя печатается так, как его пишет LMS, и без подписи; добавьте туда этого человека или допишите такое имя в "knownAs"',
});
