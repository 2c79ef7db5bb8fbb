/**
 * Countries and their zones from the IANA time zone database 2025b (public domain): `zone.tab`, the countries which
 * `zone1970.tab` adds to a zone, and the former names of `backward`. Data only; asked through zone.ts.
 */

/** Country, then its zones, most populous first where the database says so. */
export const COUNTRY_ZONES = `
AD Europe/Andorra
AE Asia/Dubai
AF Asia/Kabul
AG America/Antigua
AI America/Anguilla
AL Europe/Tirane
AM Asia/Yerevan
AO Africa/Luanda
AQ Antarctica/McMurdo Antarctica/Casey Antarctica/Davis Antarctica/DumontDUrville Antarctica/Mawson Antarctica/Palmer Antarctica/Rothera Antarctica/Syowa Antarctica/Troll Antarctica/Vostok
AR America/Argentina/Buenos_Aires America/Argentina/Cordoba America/Argentina/Salta America/Argentina/Jujuy America/Argentina/Tucuman America/Argentina/Catamarca America/Argentina/La_Rioja America/Argentina/San_Juan America/Argentina/Mendoza America/Argentina/San_Luis America/Argentina/Rio_Gallegos America/Argentina/Ushuaia
AS Pacific/Pago_Pago
AT Europe/Vienna
AU Australia/Lord_Howe Antarctica/Macquarie Australia/Hobart Australia/Melbourne Australia/Sydney Australia/Broken_Hill Australia/Brisbane Australia/Lindeman Australia/Adelaide Australia/Darwin Australia/Perth Australia/Eucla
AW America/Aruba
AX Europe/Mariehamn
AZ Asia/Baku
BA Europe/Sarajevo
BB America/Barbados
BD Asia/Dhaka
BE Europe/Brussels
BF Africa/Ouagadougou
BG Europe/Sofia
BH Asia/Bahrain
BI Africa/Bujumbura
BJ Africa/Porto-Novo
BL America/St_Barthelemy
BM Atlantic/Bermuda
BN Asia/Brunei
BO America/La_Paz
BQ America/Kralendijk
BR America/Noronha America/Belem America/Fortaleza America/Recife America/Araguaina America/Maceio America/Bahia America/Sao_Paulo America/Campo_Grande America/Cuiaba America/Santarem America/Porto_Velho America/Boa_Vista America/Manaus America/Eirunepe America/Rio_Branco
BS America/Nassau
BT Asia/Thimphu
BW Africa/Gaborone
BY Europe/Minsk
BZ America/Belize
CA America/St_Johns America/Halifax America/Glace_Bay America/Moncton America/Goose_Bay America/Blanc-Sablon America/Toronto America/Iqaluit America/Atikokan America/Winnipeg America/Resolute America/Rankin_Inlet America/Regina America/Swift_Current America/Edmonton America/Cambridge_Bay America/Inuvik America/Creston America/Dawson_Creek America/Fort_Nelson America/Whitehorse America/Dawson America/Vancouver
CC Indian/Cocos
CD Africa/Kinshasa Africa/Lubumbashi
CF Africa/Bangui
CG Africa/Brazzaville
CH Europe/Zurich
CI Africa/Abidjan
CK Pacific/Rarotonga
CL America/Santiago America/Coyhaique America/Punta_Arenas Pacific/Easter
CM Africa/Douala
CN Asia/Shanghai Asia/Urumqi
CO America/Bogota
CR America/Costa_Rica
CU America/Havana
CV Atlantic/Cape_Verde
CW America/Curacao
CX Indian/Christmas
CY Asia/Nicosia Asia/Famagusta
CZ Europe/Prague
DE Europe/Berlin Europe/Busingen
DJ Africa/Djibouti
DK Europe/Copenhagen
DM America/Dominica
DO America/Santo_Domingo
DZ Africa/Algiers
EC America/Guayaquil Pacific/Galapagos
EE Europe/Tallinn
EG Africa/Cairo
EH Africa/El_Aaiun
ER Africa/Asmara
ES Europe/Madrid Africa/Ceuta Atlantic/Canary
ET Africa/Addis_Ababa
FI Europe/Helsinki
FJ Pacific/Fiji
FK Atlantic/Stanley
FM Pacific/Chuuk Pacific/Pohnpei Pacific/Kosrae
FO Atlantic/Faroe
FR Europe/Paris
GA Africa/Libreville
GB Europe/London
GD America/Grenada
GE Asia/Tbilisi
GF America/Cayenne
GG Europe/Guernsey
GH Africa/Accra
GI Europe/Gibraltar
GL America/Nuuk America/Danmarkshavn America/Scoresbysund America/Thule
GM Africa/Banjul
GN Africa/Conakry
GP America/Guadeloupe
GQ Africa/Malabo
GR Europe/Athens
GS Atlantic/South_Georgia
GT America/Guatemala
GU Pacific/Guam
GW Africa/Bissau
GY America/Guyana
HK Asia/Hong_Kong
HN America/Tegucigalpa
HR Europe/Zagreb
HT America/Port-au-Prince
HU Europe/Budapest
ID Asia/Jakarta Asia/Pontianak Asia/Makassar Asia/Jayapura
IE Europe/Dublin
IL Asia/Jerusalem
IM Europe/Isle_of_Man
IN Asia/Kolkata
IO Indian/Chagos
IQ Asia/Baghdad
IR Asia/Tehran
IS Atlantic/Reykjavik
IT Europe/Rome
JE Europe/Jersey
JM America/Jamaica
JO Asia/Amman
JP Asia/Tokyo
KE Africa/Nairobi
KG Asia/Bishkek
KH Asia/Phnom_Penh
KI Pacific/Tarawa Pacific/Kanton Pacific/Kiritimati
KM Indian/Comoro
KN America/St_Kitts
KP Asia/Pyongyang
KR Asia/Seoul
KW Asia/Kuwait
KY America/Cayman
KZ Asia/Almaty Asia/Qyzylorda Asia/Qostanay Asia/Aqtobe Asia/Aqtau Asia/Atyrau Asia/Oral
LA Asia/Vientiane
LB Asia/Beirut
LC America/St_Lucia
LI Europe/Vaduz
LK Asia/Colombo
LR Africa/Monrovia
LS Africa/Maseru
LT Europe/Vilnius
LU Europe/Luxembourg
LV Europe/Riga
LY Africa/Tripoli
MA Africa/Casablanca
MC Europe/Monaco
MD Europe/Chisinau
ME Europe/Podgorica
MF America/Marigot
MG Indian/Antananarivo
MH Pacific/Majuro Pacific/Kwajalein
MK Europe/Skopje
ML Africa/Bamako
MM Asia/Yangon
MN Asia/Ulaanbaatar Asia/Hovd
MO Asia/Macau
MP Pacific/Saipan
MQ America/Martinique
MR Africa/Nouakchott
MS America/Montserrat
MT Europe/Malta
MU Indian/Mauritius
MV Indian/Maldives
MW Africa/Blantyre
MX America/Mexico_City America/Cancun America/Merida America/Monterrey America/Matamoros America/Chihuahua America/Ciudad_Juarez America/Ojinaga America/Mazatlan America/Bahia_Banderas America/Hermosillo America/Tijuana
MY Asia/Kuala_Lumpur Asia/Kuching
MZ Africa/Maputo
NA Africa/Windhoek
NC Pacific/Noumea
NE Africa/Niamey
NF Pacific/Norfolk
NG Africa/Lagos
NI America/Managua
NL Europe/Amsterdam
NO Europe/Oslo
NP Asia/Kathmandu
NR Pacific/Nauru
NU Pacific/Niue
NZ Pacific/Auckland Pacific/Chatham
OM Asia/Muscat
PA America/Panama
PE America/Lima
PF Pacific/Tahiti Pacific/Marquesas Pacific/Gambier
PG Pacific/Port_Moresby Pacific/Bougainville
PH Asia/Manila
PK Asia/Karachi
PL Europe/Warsaw
PM America/Miquelon
PN Pacific/Pitcairn
PR America/Puerto_Rico
PS Asia/Gaza Asia/Hebron
PT Europe/Lisbon Atlantic/Madeira Atlantic/Azores
PW Pacific/Palau
PY America/Asuncion
QA Asia/Qatar
RE Indian/Reunion
RO Europe/Bucharest
RS Europe/Belgrade
RU Europe/Kaliningrad Europe/Moscow Europe/Kirov Europe/Volgograd Europe/Astrakhan Europe/Saratov Europe/Ulyanovsk Europe/Samara Asia/Yekaterinburg Asia/Omsk Asia/Novosibirsk Asia/Barnaul Asia/Tomsk Asia/Novokuznetsk Asia/Krasnoyarsk Asia/Irkutsk Asia/Chita Asia/Yakutsk Asia/Khandyga Asia/Vladivostok Asia/Ust-Nera Asia/Magadan Asia/Sakhalin Asia/Srednekolymsk Asia/Kamchatka Asia/Anadyr
RW Africa/Kigali
SA Asia/Riyadh
SB Pacific/Guadalcanal
SC Indian/Mahe
SD Africa/Khartoum
SE Europe/Stockholm
SG Asia/Singapore
SH Atlantic/St_Helena
SI Europe/Ljubljana
SJ Arctic/Longyearbyen
SK Europe/Bratislava
SL Africa/Freetown
SM Europe/San_Marino
SN Africa/Dakar
SO Africa/Mogadishu
SR America/Paramaribo
SS Africa/Juba
ST Africa/Sao_Tome
SV America/El_Salvador
SX America/Lower_Princes
SY Asia/Damascus
SZ Africa/Mbabane
TC America/Grand_Turk
TD Africa/Ndjamena
TF Indian/Kerguelen
TG Africa/Lome
TH Asia/Bangkok
TJ Asia/Dushanbe
TK Pacific/Fakaofo
TL Asia/Dili
TM Asia/Ashgabat
TN Africa/Tunis
TO Pacific/Tongatapu
TR Europe/Istanbul
TT America/Port_of_Spain
TV Pacific/Funafuti
TW Asia/Taipei
TZ Africa/Dar_es_Salaam
UA Europe/Simferopol Europe/Kyiv
UG Africa/Kampala
UM Pacific/Midway Pacific/Wake
US America/New_York America/Detroit America/Kentucky/Louisville America/Kentucky/Monticello America/Indiana/Indianapolis America/Indiana/Vincennes America/Indiana/Winamac America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay America/Chicago America/Indiana/Tell_City America/Indiana/Knox America/Menominee America/North_Dakota/Center America/North_Dakota/New_Salem America/North_Dakota/Beulah America/Denver America/Boise America/Phoenix America/Los_Angeles America/Anchorage America/Juneau America/Sitka America/Metlakatla America/Yakutat America/Nome America/Adak Pacific/Honolulu
UY America/Montevideo
UZ Asia/Samarkand Asia/Tashkent
VA Europe/Vatican
VC America/St_Vincent
VE America/Caracas
VG America/Tortola
VI America/St_Thomas
VN Asia/Ho_Chi_Minh
VU Pacific/Efate
WF Pacific/Wallis
WS Pacific/Apia
XK Europe/Belgrade
YE Asia/Aden
YT Indian/Mayotte
ZA Africa/Johannesburg
ZM Africa/Lusaka
ZW Africa/Harare
`;

/** Zone, then further countries whose clocks it serves. */
export const SHARED_ZONES = `
Africa/Abidjan BF GH GM GN IS ML MR SH SL SN TG
Africa/Johannesburg LS SZ
Africa/Lagos AO BJ CD CF CG CM GA GQ NE
Africa/Maputo BI BW CD MW RW ZM ZW
Africa/Nairobi DJ ER ET KM MG SO TZ UG YT
America/Panama CA KY
America/Phoenix CA
America/Puerto_Rico AG CA AI AW BL BQ CW DM GD GP KN LC MF MS SX TT VC VG VI
America/Toronto BS
Asia/Bangkok CX KH LA VN
Asia/Dubai OM RE SC
Asia/Kuching BN
Asia/Qatar BH
Asia/Riyadh KW YE
Asia/Singapore MY
Asia/Yangon CC
Europe/Belgrade BA HR ME MK SI
Europe/Berlin DK NO SE SJ
Europe/Brussels LU NL
Europe/Helsinki AX
Europe/London GG IM JE
Europe/Paris MC
Europe/Prague SK
Europe/Rome SM VA
Europe/Simferopol RU
Europe/Zurich DE LI
Pacific/Guadalcanal FM
Pacific/Guam MP
Pacific/Pago_Pago UM
Pacific/Port_Moresby FM
Pacific/Tarawa MH TV UM WF
`;

/** Zone = former names; zones are separated by semicolons. */
export const FORMER_ZONE_NAMES = `
Africa/Asmara = Africa/Asmera; Africa/Bamako = Africa/Timbuktu; Africa/Cairo = Egypt; Africa/Tripoli = Libya;
America/Adak = US/Aleutian America/Atka; America/Anchorage = US/Alaska;
America/Argentina/Buenos_Aires = America/Buenos_Aires;
America/Argentina/Catamarca = America/Catamarca America/Argentina/ComodRivadavia;
America/Argentina/Cordoba = America/Cordoba America/Rosario; America/Argentina/Jujuy = America/Jujuy;
America/Argentina/Mendoza = America/Mendoza; America/Atikokan = America/Coral_Harbour; America/Chicago = US/Central;
America/Denver = Navajo US/Mountain America/Shiprock; America/Detroit = US/Michigan;
America/Edmonton = Canada/Mountain America/Yellowknife; America/Halifax = Canada/Atlantic; America/Havana = Cuba;
America/Indiana/Indianapolis = US/East-Indiana America/Indianapolis America/Fort_Wayne;
America/Indiana/Knox = US/Indiana-Starke America/Knox_IN; America/Iqaluit = America/Pangnirtung;
America/Jamaica = Jamaica; America/Kentucky/Louisville = America/Louisville; America/Los_Angeles = US/Pacific;
America/Manaus = Brazil/West; America/Mazatlan = Mexico/BajaSur; America/Mexico_City = Mexico/General;
America/New_York = US/Eastern; America/Noronha = Brazil/DeNoronha; America/Nuuk = America/Godthab;
America/Phoenix = US/Arizona; America/Regina = Canada/Saskatchewan;
America/Rio_Branco = Brazil/Acre America/Porto_Acre; America/Santiago = Chile/Continental;
America/Sao_Paulo = Brazil/East; America/St_Johns = Canada/Newfoundland; America/St_Thomas = America/Virgin;
America/Tijuana = Mexico/BajaNorte America/Ensenada America/Santa_Isabel;
America/Toronto = Canada/Eastern America/Montreal America/Nipigon America/Thunder_Bay;
America/Vancouver = Canada/Pacific; America/Whitehorse = Canada/Yukon;
America/Winnipeg = Canada/Central America/Rainy_River; Arctic/Longyearbyen = Atlantic/Jan_Mayen;
Asia/Ashgabat = Asia/Ashkhabad; Asia/Dhaka = Asia/Dacca; Asia/Ho_Chi_Minh = Asia/Saigon; Asia/Hong_Kong = Hongkong;
Asia/Jerusalem = Israel Asia/Tel_Aviv; Asia/Kathmandu = Asia/Katmandu; Asia/Kolkata = Asia/Calcutta;
Asia/Macau = Asia/Macao; Asia/Makassar = Asia/Ujung_Pandang; Asia/Nicosia = Europe/Nicosia; Asia/Seoul = ROK;
Asia/Shanghai = PRC Asia/Chongqing Asia/Harbin Asia/Chungking; Asia/Singapore = Singapore; Asia/Taipei = ROC;
Asia/Tehran = Iran; Asia/Thimphu = Asia/Thimbu; Asia/Tokyo = Japan;
Asia/Ulaanbaatar = Asia/Choibalsan Asia/Ulan_Bator; Asia/Urumqi = Asia/Kashgar; Asia/Yangon = Asia/Rangoon;
Atlantic/Faroe = Atlantic/Faeroe; Atlantic/Reykjavik = Iceland; Australia/Adelaide = Australia/South;
Australia/Brisbane = Australia/Queensland; Australia/Broken_Hill = Australia/Yancowinna;
Australia/Darwin = Australia/North; Australia/Hobart = Australia/Tasmania Australia/Currie;
Australia/Lord_Howe = Australia/LHI; Australia/Melbourne = Australia/Victoria; Australia/Perth = Australia/West;
Australia/Sydney = Australia/ACT Australia/NSW Australia/Canberra; Europe/Chisinau = Europe/Tiraspol;
Europe/Dublin = Eire; Europe/Istanbul = Turkey Asia/Istanbul;
Europe/Kyiv = Europe/Uzhgorod Europe/Zaporozhye Europe/Kiev; Europe/Lisbon = Portugal;
Europe/London = GB GB-Eire Europe/Belfast; Europe/Moscow = W-SU; Europe/Warsaw = Poland;
Pacific/Auckland = NZ Antarctica/South_Pole; Pacific/Chatham = NZ-CHAT; Pacific/Chuuk = Pacific/Truk Pacific/Yap;
Pacific/Easter = Chile/EasterIsland; Pacific/Honolulu = US/Hawaii Pacific/Johnston;
Pacific/Kanton = Pacific/Enderbury; Pacific/Kwajalein = Kwajalein; Pacific/Pago_Pago = US/Samoa Pacific/Samoa;
Pacific/Pohnpei = Pacific/Ponape;
`;
