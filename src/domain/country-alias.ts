/**
 * Old names, usual abbreviations and spellings that the language data does not hold, one country a line. Only what
 * means one country wherever it is written: «РК», «РБ» and «КР» are left out on purpose.
 */
export const COUNTRY_ALIASES = `
AE uae | u a e | emirates | эмираты | оаэ | birlesen arap emirlikleri
AM hayastan | armeniya | armenya | ормения | арменя | հայաստանի հանրապետություն
AZ azerbaydzhan | azerbaijan | azerbaidzhan | azerbaycan | азербаиджан | azerbaidjan | azerbajan | azarbaijan | azerbeijan | aserbaijan | азербаджан | азербайжан | азербейджан | азирбайджан | азырбайджан | озербайджан
BA bosnia | bosnia herzegovina | босния | босния и герцеговина
BO bolivia | боливия
BY belorussia | byelorussia | bielorussia | belorus | belarusia | белоруссия | белорусия | белорусь | рэспубліка беларусь | belarussia | bielarus | беларуссия | беларусия | белоруссиа
CD drc | dr congo | d r congo | congo kinshasa | zaire | дрк | др конго | заир
CF central african republic | центрально африканская республика | цар
CG congo brazzaville | конго браззавиль
CI ivory coast | cote d ivoire | кот д ивуар | кот дивуар | берег слоновой кости
CN china | prc | p r china | mainland china | people s republic of china | кнр | китай | китайская народная республика | hytay
CV cape verde | кабо верде
CZ czechia | czech republic | чехия | чешская республика | çexiya | ჩეხეთი
DE frg | фрг | германия
DO dominicana | rep dominicana | доминикана | доминиканская республика
FI finlyandiya
FM micronesia | микронезия
GB uk | u k | great britain | britain | england | scotland | wales | northern ireland | англия | британия | шотландия | уэльс | соединенное королевство | соединённое королевство | birlesen patysalyk
GE sakartvelo | gruzia | gruziya | gruzija | republic of georgia | gruzya
HK hong kong | hongkong | гонконг
IQ iraq | yrak | ирак
IR eýran | iran | islamic republic of iran | persia | персия | иран | исламская республика иран
KG kirgizia | kirghizia | kirgiziya | kirghizstan | kirgizstan | kirgistan | kyrgystan | kyrgizstan | kyrgyzstan | kyrgyz republic | kirgiz republic | киргизстан | кыргызыстан | кыргыстан | киргистан | кыргызская республика | киргизская республика | kirgyzstan | kyrghyzstan | kyrgizistan | кыргизстан | киргызстан | кыргызтан | кыргизия | киргизтан | кыргыз республикасы
KP dprk | north korea | кндр | северная корея | корея северная
KR south korea | s korea | korea south | republic of korea | korea republic | korea republic of | южная корея | корея южная | республика корея
KZ kazakstan | kazahstan | kazachstan | kazakhistan | qazaqstan | qazaqistan | qozogiston | kazakhstan | казакстан | казахста | қазакстан | kazahkstan | khazakhstan | kazakhastan | kazaxstan | qazaxstan | qazakhstan | qazaqstan respublikasy | казахтан | казахсан | казахистан | казахастан | казохстан | козахстан | казагстан
LA laos | лаос
LK ceylon | цейлон
LT ლიეტუვა
LV latvia | латвия
MD moldavia | moldova | moldaviya | молдавия | молдова | республика молдова | republica moldova | moldavya | молдовия | малдова | малдавия | moldowa
MK macedonia | fyrom | north macedonia | македония | северная македония
MM burma | бирма | мьянма
MN mongolia | mongol uls | mongoliya | монголия | mongolya | манголия | монгалия
NL holland | the netherlands | голландия | нидерланды
PS palestine | palestina | палестина
RO rumyniya
RU russia | rossiya | rossia | rossija | rusia | russian federation | рф | россия | росия | россия рф | российская федерация | р ф | rossiia | росийская федерация | российская федирация | россея | рассия | russiya
SA ksa | saudi | saudi arabia | саудовская аравия | saud arabystany
SY syria | сирия
SZ swaziland | свазиленд
TJ tadzhikistan | tadjikistan | tajikistan | tadschikistan | tojikiston | tajikiston | точикистон | тожикистон | таджикистон | тажикистан | tajikstan | tadjikstan | tadzikistan | tojikistan | таджикстан | таджыкистан | тоджикистан
TL east timor | восточный тимор
TM turkmenia | turkmeniya | turkmenistan | turkmeniston | туркмения | туркменистан | turkmenstan | turkmanistan | туркменстан | туркминистан | туркмянистан
TR turkey | turkiye | turkiya | turtsiya | турция
TW taiwan | republic of china | тайвань
TZ tanzania | танзания
UA ukraine | ukraina | украина | украйна
US abş | aqsh | ақш | акш | зша | usa | u s a | u s | united states | the united states | сша | соединенные штаты | соединённые штаты америки | amerikanyn birlesen statlary
UZ uzbekiston | ozbekiston | uzbekistan | usbekistan | uzbekstan | узбекистон | ўзбекистон | узбекстан | руз | р уз | ozbekistan | uzbikistan | uzbekisan | узбикистан | узбекестан | узбекисан | узбекиситан | озбекистан | узбекистон республикаси
VA vatican | ватикан
VE venezuela | венесуэла
VN vietnam | viet nam | вьетнам
XK kosovo | косово
ZA south africa | южно африканская республика | южная африка | юар
`;

/**
 * Never read: what some languages call one country and others another, or a whole continent; and names in languages far
 * from here that are one slip from another country's in English or Russian ("Chine" for Chile, «тога» for «Тонга»).
 */
export const AMBIGUOUS =
  'congo kongo конго korea korey корея america amerika америка chine sambia ангила гаяна гвиана нигери яман тога';

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
