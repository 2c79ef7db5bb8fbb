/** The languages of coordinators; the first is that of records, logs and the API's default. */
export const LANGUAGES = ['en', 'ru'] as const;
