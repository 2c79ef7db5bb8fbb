import type { Language } from '../messages/message.ts';

/** Russian names of the cities in the ids of zones; of the countries that the courses are held in. */
const RUSSIAN: Readonly<Record<string, string>> = {
  'Asia/Almaty': 'Алматы',
  'Asia/Aqtau': 'Актау',
  'Asia/Aqtobe': 'Актобе',
  'Asia/Atyrau': 'Атырау',
  'Asia/Oral': 'Уральск',
  'Asia/Qostanay': 'Костанай',
  'Asia/Qyzylorda': 'Кызылорда',
  'Asia/Ashgabat': 'Ашхабад',
  'Asia/Baku': 'Баку',
  'Asia/Bishkek': 'Бишкек',
  'Asia/Dushanbe': 'Душанбе',
  'Asia/Samarkand': 'Самарканд',
  'Asia/Tashkent': 'Ташкент',
  'Asia/Tbilisi': 'Тбилиси',
  'Asia/Ulaanbaatar': 'Улан-Батор',
  'Asia/Hovd': 'Ховд',
  'Asia/Choibalsan': 'Чойбалсан',
  'Asia/Yerevan': 'Ереван',
  'Europe/Chisinau': 'Кишинёв',
  'Europe/Kyiv': 'Киев',
  'Europe/Minsk': 'Минск',
  'Europe/Moscow': 'Москва',
};

/** The city of an IANA zone: "Ulaanbaatar", «Улан-Батор». Zones without a Russian name keep the one in their id. */
export function cityOf(zone: string, language: Language): string {
  const own = zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;
  return language === 'ru' ? (RUSSIAN[zone] ?? own) : own;
}
