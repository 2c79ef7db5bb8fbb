import { declareWords } from '../frame/words.ts';

export const SIGN_IN_WORDS = declareWords(
  {
    title: 'Sign in',
    lead: 'The console of the people who issue certificates.',
    token: 'Access token',
    tokenHint: 'It begins with gr_. Your operator creates it (gramota token create).',
    submit: 'Sign in',
    provider: 'Sign in with the school’s account',
    or: 'or with a token',
    wrong: 'This token is not valid. Check that it was copied whole; it may also have been revoked.',
    role: 'This token may only read the API. The console needs the role coordinator or admin.',
    many: 'Too many attempts. Try again in {seconds} seconds.',
    plain:
      'This connection is not encrypted (http). That is only acceptable because browser and Gramota are on the same computer: the session cookie has no Secure attribute and no __Host- prefix here.',
    insecure:
      'This connection is not encrypted (http), so the browser will not keep the session. Open the console by its https address.',
    ended: 'Your session has ended. Sign in again: nothing that you typed is lost.',
    endedFile:
      'Your session has ended. Sign in again: what you typed is kept, but the file {name} is not. You will choose it once more.',
    file: 'File',
    fileLost: 'The file {name} was not kept: please choose it once more.',
    resumeTitle: 'You are signed in again',
    resumeText: 'Your last form was not carried out yet. Check it and send it now.',
    resume: 'Send the form now',
    field: 'Field',
    value: 'Value',
    discard: 'Do not send it',
    providerFailed: 'The sign-in at the school’s account did not succeed: {cause} Try again, or sign in with a token.',
    providerRole: 'Your account has no role here. Ask your operator to give it one.',
  },
  {
    title: 'Вход',
    lead: 'Рабочее место тех, кто выдаёт дипломы.',
    token: 'Токен доступа',
    tokenHint: 'Начинается с gr_. Его создаёт администратор (gramota token create).',
    submit: 'Войти',
    provider: 'Войти через учётную запись школы',
    or: 'или с токеном',
    wrong: 'Токен недействителен. Проверьте, что он скопирован целиком; возможно, его отозвали.',
    role: 'С этим токеном можно только читать API. Для рабочего места нужна роль coordinator или admin.',
    many: 'Слишком много попыток. Повторите через {seconds} с.',
    plain:
      'Соединение не зашифровано (http). Это допустимо лишь потому, что браузер и Gramota на одном компьютере: у файла cookie сеанса здесь нет атрибута Secure и приставки __Host-.',
    insecure:
      'Соединение не зашифровано (http), поэтому браузер не сохранит сеанс. Откройте рабочее место по адресу https.',
    ended: 'Сеанс закончился. Войдите снова: то, что вы ввели, не потеряно.',
    endedFile:
      'Сеанс закончился. Войдите снова: то, что вы ввели, сохранено, но файл {name} — нет. Его надо будет выбрать ещё раз.',
    file: 'Файл',
    fileLost: 'Файл {name} не сохранился: выберите его, пожалуйста, ещё раз.',
    resumeTitle: 'Вы снова вошли',
    resumeText: 'Последняя форма ещё не выполнена. Проверьте её и отправьте.',
    resume: 'Отправить форму',
    field: 'Поле',
    value: 'Значение',
    discard: 'Не отправлять',
    providerFailed: 'Вход через учётную запись школы не удался: {cause} Попробуйте ещё раз или войдите с токеном.',
    providerRole: 'У вашей учётной записи нет роли в Gramota. Попросите администратора её назначить.',
  },
);
