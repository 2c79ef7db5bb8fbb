import type { SeenCountry } from './country.ts';

/** One line for the coordinator, in each of the coordinators' languages. */
export interface Question {
  en: string;
  ru: string;
}

const EN: Record<SeenCountry['source'], string> = {
  override: 'the override',
  'registration.country': 'the registration',
  'student.country': 'the profile',
  phone: 'the phone',
  timezone: 'the time zone',
};
const RU: Record<SeenCountry['source'], string> = {
  override: 'правка',
  'registration.country': 'регистрация',
  'student.country': 'профиль',
  phone: 'телефон',
  timezone: 'часовой пояс',
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sayings(all: readonly SeenCountry[]): Question {
  const seen = all.filter(({ source, code }) => code !== null || (source !== 'phone' && source !== 'timezone'));
  const en = seen.map(({ source, code, match }) => {
    if (code === null) return `${EN[source]} names no single country`;
    if (match === 'doubtful-code') return `${EN[source]} has the code ${code}, also written for another country`;
    return match === 'fuzzy' ? `${EN[source]} seems to say ${code}, misspelt` : `${EN[source]} says ${code}`;
  });
  const ru = seen.map(({ source, code, match }) => {
    if (code === null) return `${RU[source]} — страна неясна`;
    if (match === 'doubtful-code') return `${RU[source]} — код ${code}, которым пишут и другую страну`;
    return match === 'fuzzy' ? `${RU[source]} — похоже на ${code}, но с ошибкой` : `${RU[source]} — ${code}`;
  });
  return { en: capital(en.join(', ')), ru: capital(ru.join(', ')) };
}

/** The question when no country is certain. It names sources and ISO codes, never the original text. */
export function askCountry(seen: readonly SeenCountry[]): Question {
  const { en, ru } = sayings(seen);
  if (en === '')
    return {
      en: 'Nothing says which country the teacher is in: which is it?',
      ru: 'Страна преподавателя нигде не указана: какая это страна?',
    };
  return { en: `${en}: which country is the teacher in?`, ru: `${ru}: в какой стране преподаватель?` };
}

/** The question when the only country comes from a misspelling that nothing confirms. */
export function askWhetherMeant(code: string, seen: readonly SeenCountry[]): Question {
  const { en, ru } = sayings(seen);
  return { en: `${en}: is the teacher in ${code}?`, ru: `${ru}: преподаватель в стране ${code}?` };
}
