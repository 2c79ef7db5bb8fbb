/**
 * Old names, common abbreviations and spellings missing in the language data, one country per line. Only names that
 * always mean one country: «РК», «РБ» and «КР» are left out on purpose.
 */
export const COUNTRY_ALIASES = `
AE uae | u a e | emirates | эмираты | оаэ | birlesen arap emirlikleri | объединенные арабские эмираты
AM hayastan | armeniya | armenya | ормения | арменя | հայաստանի հանրապետություն | армянская республика
AZ azerbaydzhan | azerbaijan | azerbaidzhan | azerbaycan | азербаиджан | azerbaidjan | azerbajan | azarbaijan | azerbeijan | aserbaijan | азербаджан | азербайжан | азербейджан | азирбайджан | азырбайджан | озербайджан | азербайджанская республика
BA bosnia | bosnia herzegovina | босния | босния и герцеговина
BO bolivia | боливия
BY belorussia | byelorussia | bielorussia | belorus | belarusia | белоруссия | белорусия | белорусь | рэспубліка беларусь | belarussia | bielarus | беларуссия | беларусия | белоруссиа | белорусская республика
CD drc | dr congo | d r congo | congo kinshasa | zaire | дрк | др конго | заир | the democratic republic of the congo
CF central african republic | центрально африканская республика | цар | центральноафриканская республика
CG congo brazzaville | конго браззавиль
CI ivory coast | cote d ivoire | кот д ивуар | кот дивуар | берег слоновой кости
CN china | prc | p r china | mainland china | people s republic of china | кнр | китай | китайская народная республика | hytay | peoples republic of china
CV cape verde | кабо верде
CZ czechia | czech republic | чехия | чешская республика | çexiya | ჩეხეთი
DE frg | фрг | германия
DO dominicana | rep dominicana | доминикана | доминиканская республика
FI finlyandiya
FM micronesia | микронезия
GB uk | u k | great britain | britain | england | scotland | wales | northern ireland | англия | британия | шотландия | уэльс | соединенное королевство | соединённое королевство | birlesen patysalyk | united kingdom of great britain and northern ireland | соединенное королевство великобритании и северной ирландии
GE sakartvelo | gruzia | gruziya | gruzija | republic of georgia | gruzya | грузинская республика
HK hong kong | hongkong | гонконг
IQ iraq | yrak | ирак
IR eýran | iran | islamic republic of iran | persia | персия | иран | исламская республика иран
KG kirgizia | kirghizia | kirgiziya | kirghizstan | kirgizstan | kirgistan | kyrgystan | kyrgizstan | kyrgyzstan | kyrgyz republic | kirgiz republic | киргизстан | кыргызыстан | кыргыстан | киргистан | кыргызская республика | киргизская республика | kirgyzstan | kyrghyzstan | kyrgizistan | кыргизстан | киргызстан | кыргызтан | кыргизия | киргизтан | кыргыз республикасы | republique kirghize
KP dprk | north korea | кндр | северная корея | корея северная | democratic peoples republic of korea | democratic people s republic of korea | корейская народно демократическая республика
KR south korea | s korea | korea south | republic of korea | korea republic | korea republic of | южная корея | корея южная | республика корея
KZ kazakstan | kazahstan | kazachstan | kazakhistan | qazaqstan | qazaqistan | qozogiston | kazakhstan | казакстан | казахста | қазакстан | kazahkstan | khazakhstan | kazakhastan | kazaxstan | qazaxstan | qazakhstan | qazaqstan respublikasy | казахтан | казахсан | казахистан | казахастан | казохстан | козахстан | казагстан | казахская республика | казахстанская республика
LA laos | лаос | lao peoples democratic republic | лаосская народно демократическая республика
LK ceylon | цейлон
LT ლიეტუვა
LV latvia | латвия
MD moldavia | moldova | moldaviya | молдавия | молдова | республика молдова | republica moldova | moldavya | молдовия | малдова | малдавия | moldowa | молдавская республика
MK macedonia | fyrom | north macedonia | македония | северная македония | the former yugoslav republic of macedonia | former yugoslav republic of macedonia
MM burma | бирма | мьянма
MN mongolia | mongol uls | mongoliya | монголия | mongolya | манголия | монгалия | монгольская народная республика | mongolian people s republic
NL holland | the netherlands | голландия | нидерланды
PS palestine | palestina | палестина | palestinian territory
RO rumyniya
RU russia | rossiya | rossia | rossija | rusia | russian federation | рф | россия | росия | россия рф | российская федерация | р ф | rossiia | росийская федерация | российская федирация | россея | рассия | russiya
SA ksa | saudi | saudi arabia | саудовская аравия | saud arabystany
SY syria | сирия | сирийская арабская республика
SZ swaziland | свазиленд
TJ tadzhikistan | tadjikistan | tajikistan | tadschikistan | tojikiston | tajikiston | точикистон | тожикистон | таджикистон | тажикистан | tajikstan | tadjikstan | tadzikistan | tojikistan | таджикстан | таджыкистан | тоджикистан | таджикская республика
TL east timor | восточный тимор
TM turkmenia | turkmeniya | turkmenistan | turkmeniston | туркмения | туркменистан | turkmenstan | turkmanistan | туркменстан | туркминистан | туркмянистан | туркменская республика
TR turkey | turkiye | turkiya | turtsiya | турция
TW taiwan | republic of china | тайвань
TZ tanzania | танзания
UA ukraine | ukraina | украина | украйна
US abş | aqsh | ақш | акш | зша | usa | u s a | u s | united states | the united states | сша | соединенные штаты | соединённые штаты америки | amerikanyn birlesen statlary
UZ uzbekiston | ozbekiston | uzbekistan | usbekistan | uzbekstan | узбекистон | ўзбекистон | узбекстан | руз | р уз | ozbekistan | uzbikistan | uzbekisan | узбикистан | узбекестан | узбекисан | узбекиситан | озбекистан | узбекистон республикаси | узбекская республика
VA vatican | ватикан
VE venezuela | венесуэла
VN vietnam | viet nam | вьетнам
XK kosovo | косово
ZA south africa | южно африканская республика | южная африка | юар
AF исламская республика афганистан
AR argentine republic | аргентинская республика
AT австрийская республика
AU commonwealth of australia | австралийский союз
BQ bonaire sint eustatius and saba
CH swiss confederation | швейцарская конфедерация | confederation suisse
DM commonwealth of dominica | содружество доминики
EE эстонская республика
FI финляндская республика
FR french republic | французская республика | republique francaise
GR hellenic republic | греческая республика | эллинская республика
IT italian republic | итальянская республика
JO hashemite kingdom of jordan | иорданское хашимитское королевство
LB lebanese republic | ливанская республика
LT литовская республика
LV латвийская республика
MX united mexican states | мексиканские соединенные штаты
NG federal republic of nigeria | федеративная республика нигерия
OM sultanate of oman | султанат оман
PT portuguese republic | португальская республика
SH saint helena ascension and tristan da cunha
SK slovak republic | словацкая республика
SX saint martin dutch part
TN tunisian republic | тунисская республика
VG virgin islands british | british virgin islands
VI virgin islands us | virgin islands u s | us virgin islands | united states virgin islands
YE йеменская республика
`;

/**
 * Names that are never accepted: words that mean different countries in different languages, or a continent; and
 * names in distant languages that are one edit away from another country's name in English or Russian ("Chine" for
 * Chile, «тога» for «Тонга»).
 */
export const AMBIGUOUS =
  'congo kongo конго korea korey корея america amerika америка chine sambia ангила гаяна гвиана нигери яман тога';

/** Countries whose names resemble another's so closely that a misspelling is never accepted. */
export const NEVER_FUZZY: ReadonlySet<string> = new Set(
  (
    'AT AU AG AI AS BM BN BT CD CF CG CK CR CU CY DM DO GD GF GM GN GP GQ GU GW GY IE IM IQ IR IS JE JM JO KN KP KR ' +
    'KY LC LR LY MF MG ML MO MP MQ MR MS MU MV MW MZ NC NE NF NG NI NR NU PG PY SD SI SJ SK SM SN SS ST SV SX SZ TC TG TO TV ' +
    'VC VG VI WS YT ZM'
  ).split(' '),
);

/**
 * Codes that people write for another country: by its Russian or own name (KR and KI for Kyrgyzstan, MO for Moldova),
 * its language (KY, TG, TK, BE), or in Cyrillic letters that look Latin (РК, РМ, РТ, КР). They count only when
 * another source agrees.
 */
export const DOUBTFUL_CODES: ReadonlySet<string> = new Set(
  'AR BE BL GR KI KP KR KY MG ML MO MP MR MV PA PK PM PT PY TD TG TK TN'.split(' '),
);

/** Words of official long names beside the country's own name: "Islamic Republic of", «Боливарианская Республика». */
export const OFFICIAL_WORDS: ReadonlySet<string> = new Set(
  (
    'the of and republic state states kingdom commonwealth federation federal federative federated democratic peoples ' +
    'people s islamic arab socialist plurinational bolivarian united independent sovereign cooperative principality ' +
    'grand duchy sultanate union nation oriental most serene ' +
    'и республика государство королевство федерация федеральная федеративная демократическая народная народно исламская ' +
    'арабская социалистическая многонациональное боливарианская объединенная независимое кооперативная княжество великое ' +
    'герцогство султанат союз восточная ' +
    'de du des la le les d l et republique royaume etat federation federale federative democratique populaire islamique ' +
    'arabe socialiste plurinational bolivarienne unie independant cooperative principaute grand duche sultanat orientale'
  ).split(' '),
);

/** Words such as "republic" and "state" that may accompany a country's name. */
export const STATE_WORDS: ReadonlySet<string> = new Set(
  (
    'the of republic rep state kingdom respublika respublikasi respublikasy republica republik republika republique ' +
    'cumhuriyeti республика респ республикасы государство рэспубліка республіка рэспубликасы чумхурии ҷумҳурии ' +
    'հանրապետություն რესპუბლიკა улс uls'
  ).split(' '),
);
