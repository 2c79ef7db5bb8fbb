/**
 * Old names, usual abbreviations and spellings that the language data does not hold, one country a line. Only what
 * means one country wherever it is written: «РК», «РБ», «КР», "Korea" and "Congo" are left out on purpose.
 */
export const COUNTRY_ALIASES = `
AE uae | u a e | emirates | эмираты | оаэ
AM hayastan | armeniya
AZ azerbaydzhan | azerbaijan | azerbaidzhan | azerbaycan | азербаиджан
BA bosnia | bosnia herzegovina | босния | босния и герцеговина
BO bolivia | боливия
BY belorussia | byelorussia | bielorussia | belorus | belarusia | белоруссия | белорусия | белорусь | рэспубліка беларусь
CD drc | dr congo | d r congo | congo kinshasa | zaire | дрк | др конго | заир
CF central african republic | центрально африканская республика | цар
CG congo brazzaville | конго браззавиль
CI ivory coast | cote d ivoire | кот д ивуар | кот дивуар | берег слоновой кости
CN china | prc | p r china | mainland china | people s republic of china | кнр | китай | китайская народная республика
CV cape verde | кабо верде
CZ czechia | czech republic | чехия | чешская республика
DE frg | фрг | германия
DO dominicana | dominican | rep dominicana | доминикана | доминиканская республика
FM micronesia | микронезия
GB uk | u k | great britain | britain | england | scotland | wales | northern ireland | англия | британия | шотландия | уэльс | соединенное королевство | соединённое королевство
GE sakartvelo | gruzia | gruziya | gruzija | republic of georgia
HK hong kong | hongkong | гонконг
IQ iraq | yrak | ирак
IR eýran | iran | islamic republic of iran | persia | иран | исламская республика иран
KG kirgizia | kirghizia | kirgiziya | kirghizstan | kirgizstan | kirgistan | kyrgystan | kyrgizstan | kyrgyzstan | kyrgyz republic | kirgiz republic | киргизстан | кыргызыстан | кыргыстан | киргистан | кыргызская республика | киргизская республика
KP dprk | north korea | кндр | северная корея | корея северная
KR south korea | s korea | korea south | republic of korea | korea republic | korea republic of | южная корея | корея южная | республика корея
KZ kazakstan | kazahstan | kazachstan | kazakhistan | qazaqstan | qazaqistan | qozogiston | kazakhstan | казакстан | казахста | қазакстан
LA laos | лаос
LK ceylon | цейлон
LV latvia | латвия
MD moldavia | moldova | moldaviya | молдавия | молдова | республика молдова | republica moldova
MK macedonia | fyrom | north macedonia | македония | северная македония
MM burma | бирма | мьянма
MN mongolia | mongol uls | mongoliya | монголия
NL holland | the netherlands | голландия | нидерланды
PS palestine | palestina | палестина
RU russia | rossiya | rossia | rossija | rusia | russian federation | рф | россия | росия | россия рф | российская федерация | р ф
SA ksa | saudi | saudi arabia | саудовская аравия
SY syria | сирия
SZ swaziland | свазиленд
TJ tadzhikistan | tadjikistan | tajikistan | tadschikistan | tojikiston | tajikiston | точикистон | тожикистон | таджикистон | тажикистан
TL east timor | восточный тимор
TM turkmenia | turkmeniya | turkmenistan | turkmeniston | туркмения | туркменистан
TR turkey | turkiye | turkiya | turtsiya | турция
TW taiwan | republic of china | тайвань
TZ tanzania | танзания
UA ukraine | ukraina | украина
US abş | aqsh | ақш | акш | зша | usa | u s a | u s | united states | the united states | america | сша | америка | соединенные штаты | соединённые штаты америки
UZ uzbekiston | ozbekiston | uzbekistan | usbekistan | uzbekstan | узбекистон | ўзбекистон | узбекстан | руз | р уз
VA vatican | ватикан
VE venezuela | венесуэла
VN vietnam | viet nam | вьетнам
XK kosovo | косово
ZA south africa | южно африканская республика | южная африка | юар
`;

/** Countries whose names resemble another's so closely that a misspelling of theirs is never read. */
export const NEVER_FUZZY: ReadonlySet<string> = new Set(
  (
    'AT AU AG AI AS BM BN BT CD CF CG CK CR CU CY DM DO GD GF GM GN GP GQ GU GW GY IE IM IQ IR IS JE JM JO KN KP KR ' +
    'KY LC LR LY MF MG ML MO MP MQ MR MS MU MV MW MZ NC NE NF NG NI NR NU PG PY SD SI SJ SK SM SN SS ST SV SX SZ TC TG TO TV ' +
    'VC VG VI WS YT ZM'
  ).split(' '),
);

/** Words for "republic", "state" and the like that may stand beside a country's name. */
export const STATE_WORDS: ReadonlySet<string> = new Set(
  (
    'the of republic rep state kingdom respublika respublikasi respublikasy republica republik republika republique ' +
    'cumhuriyeti республика респ республикасы государство рэспубліка республіка рэспубликасы чумхурии ҷумҳурии ' +
    'հանրապետություն რესპუბლიკა улс uls'
  ).split(' '),
);
