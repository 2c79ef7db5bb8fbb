import type { APPROVALS } from '../en/approval-texts.ts';
import { translationOf } from '../translation.ts';

/** `APPROVALS` in Russian. No native speaker has read these texts yet. */
export const APPROVALS_RU = translationOf<typeof APPROVALS>()({
  'unknown.contents': 'Такого шаблона или письма нет; есть: {known}.',
  'input.contents-hash': 'нужен SHA-256 содержимого: 64 шестнадцатеричные цифры',
  'state.contents-changed':
    'Содержимое {subject} изменилось, теперь его хеш {hash}. Посмотрите его ещё раз и утвердите.',
  'state.not-approved-yet': '{subject} с хешем {hash} никто не утверждал.',
});
