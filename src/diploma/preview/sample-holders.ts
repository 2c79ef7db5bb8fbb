/** Invented teachers, one per script. */
export interface SampleHolder {
  readonly id: string;
  readonly holderName: string;
  readonly latinName: string | null;
  /** Country as ISO 3166-1 alpha-2 code. */
  readonly country: string;
  /** Template languages that use this holder when no sample is named. */
  readonly languages: readonly string[];
}

export const SAMPLE_HOLDERS: readonly SampleHolder[] = [
  { id: 'latin', holderName: 'Anna Example', latinName: null, country: 'GB', languages: ['en'] },
  { id: 'cyrillic', holderName: 'Анна Примерова', latinName: 'Anna Primerova', country: 'BY', languages: ['ru', 'be'] },
  { id: 'kazakh', holderName: 'Әсем Үлгібаева', latinName: 'Asem Ulgibayeva', country: 'KZ', languages: ['kk'] },
  { id: 'uzbek', holderName: 'Oʻgʻiloy Namunayeva', latinName: null, country: 'UZ', languages: ['uz'] },
  { id: 'kyrgyz', holderName: 'Үмүт Үлгүбаева', latinName: 'Umut Ulgubaeva', country: 'KG', languages: ['ky'] },
  { id: 'tajik', holderName: 'Ҷамила Намунаева', latinName: 'Jamila Namunaeva', country: 'TJ', languages: ['tg'] },
  { id: 'azerbaijani', holderName: 'Şəhla Nümunəyeva', latinName: null, country: 'AZ', languages: ['az'] },
  { id: 'armenian', holderName: 'Աննա Օրինակյան', latinName: 'Anna Orinakyan', country: 'AM', languages: ['hy'] },
  { id: 'georgian', holderName: 'ანა ნიმუშაძე', latinName: 'Ana Nimushadze', country: 'GE', languages: ['ka'] },
  { id: 'greek', holderName: 'Άννα Παραδειγματίδου', latinName: 'Anna Paradeigmatidou', country: 'CY', languages: [] },
  { id: 'hebrew', holderName: 'חנה דוגמאי', latinName: 'Hannah Dugmai', country: 'IL', languages: [] },
  { id: 'arabic', holderName: 'آمنة المثالية', latinName: 'Amina Al-Mithaliya', country: 'JO', languages: [] },
  { id: 'persian', holderName: 'پریسا نمونه‌پور', latinName: 'Parisa Nemunepour', country: 'IR', languages: [] },
  { id: 'devanagari', holderName: 'आशा उदाहरणी', latinName: 'Asha Udaharani', country: 'IN', languages: [] },
  { id: 'thai', holderName: 'สมหญิง ตัวอย่างดี', latinName: 'Somying Tuayangdi', country: 'TH', languages: [] },
  { id: 'vietnamese', holderName: 'Nguyễn Thị Thí Dụ', latinName: null, country: 'VN', languages: [] },
];
