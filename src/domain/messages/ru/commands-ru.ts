import type { COMMANDS } from '../en/commands.ts';
import { translationOf } from '../translation.ts';

/** `COMMANDS` in Russian. No native speaker has read these wordings yet. */
export const COMMANDS_RU = translationOf<typeof COMMANDS>()({
  'decision.decision': 'решение',
  'decision.of': 'о группе студента',
  'decision.dryRun': 'пробный прогон: ничего не выдано',
  'decision.outcome': 'итог',
  'decision.programme': 'программа',
  'decision.rules': 'правила',
  'decision.template': 'шаблон',
  'decision.country': 'страна',
  'decision.unknown': 'неизвестна',
  'decision.from': 'источник',
  'decision.overrides': 'правки',
  'decision.criteria': 'критерии',
  'decision.erased': 'данные этого решения удалены',
  'decision.met': 'выполнен',
  'decision.unmet': 'не выполнен',
  'decision.waived': 'снят',
  'decision.change': 'что изменило бы итог',
  'decision.suggestion': 'подсказка',
  'decision.suggested': 'исправление предложено; его показывает GET /api/student-groups/ID',
  'outcome.met': 'выполнено',
  'outcome.not-met': 'не выполнено',
  'outcome.held': 'ждёт человека',
  'outcome.excluded': 'исключено',
});
