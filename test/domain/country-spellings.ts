/**
 * Country names in twelve languages from CLDR 48.0 (as in `Intl.DisplayNames` of Node 20.20.2); the product does not
 * read these data. Order: en, ru, kk, uz, ky, hy, ka, az, tg, tk, mn, tr; repeated names are left out.
 */
export const CLDR_NAMES = `
AM: Armenia | Армения | Armaniston | Հայաստան | სომხეთი | Ermənistan | Арманистон | Ermenistan | Армени
AZ: Azerbaijan | Азербайджан | Әзірбайжан | Ozarbayjon | Азербайжан | Ադրբեջան | აზერბაიჯანი | Azərbaycan | Озарбойҷон | Azerbaýjan | Azerbaycan
BY: Belarus | Беларусь | Բելառուս | ბელარუსი | Белорус
GE: Georgia | Грузия | Gruziya | Վրաստան | საქართველო | Gürcüstan | Гурҷистон | Gruziýa | Гүрж | Gürcistan
KG: Kyrgyzstan | Киргизия | Қырғызстан | Qirgʻiziston | Кыргызстан | Ղրղզստան | ყირგიზეთი | Qırğızıstan | Қирғизистон | Gyrgyzystan | Киргиз | Kırgızistan
KZ: Kazakhstan | Казахстан | Қазақстан | Qozogʻiston | Казакстан | Ղազախստան | ყაზახეთი | Qazaxıstan | Қазоқистон | Gazagystan | Kazakistan
MD: Moldova | Молдова | Մոլդովա | მოლდოვა | Moldowa
MN: Mongolia | Монголия | Моңғолия | Mongoliya | Մոնղոլիա | მონღოლეთი | Monqolustan | Муғулистон | Mongoliýa | Монгол | Moğolistan
RU: Russia | Россия | Ресей | Rossiya | Ռուսաստան | რუსეთი | Rusiya | Русия | Russiýa | Орос | Rusya
TJ: Tajikistan | Таджикистан | Тәжікстан | Tojikiston | Тажикстан | Տաջիկստան | ტაჯიკეთი | Tacikistan | Тоҷикистон | Täjigistan | Тажикистан
TM: Turkmenistan | Туркменистан | Түрікменстан | Turkmaniston | Түркмөнстан | Թուրքմենստան | თურქმენეთი | Türkmənistan | Туркманистон | Türkmenistan
UA: Ukraine | Украина | Ukraina | Ուկրաինա | უკრაინა | Ukrayna | Украин
UZ: Uzbekistan | Узбекистан | Өзбекстан | Oʻzbekiston | Ուզբեկստան | უზბეკეთი | Özbəkistan | Ӯзбекистон | Özbegistan | Özbekistan
AF: Afghanistan | Афганистан | Ауғанстан | Afgʻoniston | Աֆղանստան | ავღანეთი | Əfqanıstan | Афғонистон | Owganystan | Afganistan
CN: China | Китай | Қытай | Xitoy | Кытай | Չինաստան | ჩინეთი | Çin | Хитой | Hytaý | Хятад
IR: Iran | Иран | Eron | Իրան | ირანი | İran | Эрон | Eýran
TR: Türkiye | Турция | Түркия | Turkiya | Թուրքիա | თურქეთი | Türkiyə | Туркия | Türkiýe | Турк
EE: Estonia | Эстония | Estoniya | Էստոնիա | ესტონეთი | Estoniýa | Эстони | Estonya
LV: Latvia | Латвия | Latviya | Լատվիա | ლატვია | Latwiýa | Латви | Letonya
LT: Lithuania | Литва | Litva | Լիտվա | ლიეტუვა | Litwa | Litvanya
PL: Poland | Польша | Polsha | Լեհաստան | პოლონეთი | Polşa | Лаҳистон | Польш | Polonya
RO: Romania | Румыния | Ruminiya | Ռումինիա | რუმინეთი | Rumıniya | Руминия | Rumyniýa | Румын | Romanya
FI: Finland | Финляндия | Finlandiya | Ֆինլանդիա | ფინეთი | Finlýandiýa | Финланд
NO: Norway | Норвегия | Norvegiya | Նորվեգիա | ნორვეგია | Norveç | Norwegiýa | Норвег
IN: India | Индия | Үндістан | Hindiston | Հնդկաստան | ინდოეთი | Hindistan | Ҳиндустон | Энэтхэг
PK: Pakistan | Пакистан | Пәкістан | Pokiston | Պակիստան | პაკისტანი | Покистон
KR: South Korea | Республика Корея | Оңтүстік Корея | Janubiy Koreya | Түштүк Корея | Հարավային Կորեա | სამხრეთ კორეა | Cənubi Koreya | Кореяи Ҷанубӣ | Günorta Koreýa | Өмнөд Солонгос | Güney Kore
KP: North Korea | КНДР | Солтүстік Корея | Shimoliy Koreya | Түндүк Корея | Հյուսիսային Կորեա | ჩრდილოეთ კორეა | Şimali Koreya | Кореяи Шимолӣ | Demirgazyk Koreýa | Хойд Солонгос | Kuzey Kore
JP: Japan | Япония | Жапония | Yaponiya | Ճապոնիա | იაპონია | Ýaponiýa | Япон | Japonya
DE: Germany | Германия | Germaniya | Գերմանիա | გერმანია | Almaniya | Germaniýa | Герман | Almanya
US: United States | Соединенные Штаты | Америка Құрама Штаттары | Amerika Qo‘shma Shtatlari | Кошмо Штаттар | Միացյալ Նահանգներ | ამერიკის შეერთებული შტატები | Amerika Birləşmiş Ştatları | Иёлоти Муттаҳида | Amerikanyň Birleşen Ştatlary | Америкийн Нэгдсэн Улс | Amerika Birleşik Devletleri
GB: United Kingdom | Великобритания | Ұлыбритания | Buyuk Britaniya | Улуу Британия | Միացյալ Թագավորություն | გაერთიანებული სამეფო | Birləşmiş Krallıq | Шоҳигарии Муттаҳида | Birleşen Patyşalyk | Их Британи | Birleşik Krallık
FR: France | Франция | Fransiya | Ֆրանսիա | საფრანგეთი | Fransa | Фаронса | Fransiýa | Франц
IT: Italy | Италия | Italiya | Իտալիա | იტალია | İtaliya | Italiýa | Итали | İtalya
ES: Spain | Испания | Ispaniya | Իսպանիա | ესპანეთი | İspaniya | Ispaniýa | Испани | İspanya
IL: Israel | Израиль | Isroil | Իսրայել | ისრაელი | İsrail | Исроил | Ysraýyl | Израил
CZ: Czechia | Чехия | Chexiya | Չեխիա | ჩეხეთი | Çexiya | Ҷумҳурии Чех | Çehiýa | Чех | Çekya
BG: Bulgaria | Болгария | Bolgariya | Բուլղարիա | ბულგარეთი | Bolqarıstan | Булғория | Bolgariýa | Болгар | Bulgaristan
RS: Serbia | Сербия | Serbiya | Սերբիա | სერბეთი | Serbiýa | Серби | Sırbistan
GR: Greece | Греция | Грекия | Gretsiya | Հունաստան | საბერძნეთი | Yunanıstan | Юнон | Gresiýa | Грек | Yunanistan
AE: United Arab Emirates | ОАЭ | Біріккен Араб Әмірліктері | Birlashgan Arab Amirliklari | Бириккен Араб Эмираттары | Արաբական Միացյալ Էմիրություններ | არაბთა გაერთიანებული საამიროები | Birləşmiş Ərəb Əmirlikləri | Аморатҳои Муттаҳидаи Араб | Birleşen Arap Emirlikleri | Арабын Нэгдсэн Эмират Улс | Birleşik Arap Emirlikleri
EG: Egypt | Египет | Мысыр | Misr | Եգիպտոս | ეგვიპტე | Misir | Миср | Müsür | Mısır
VN: Vietnam | Вьетнам | Vyetnam | Վիետնամ | ვიეტნამი | Ветнам | Wýetnam
CY: Cyprus | Кипр | Kipr | Կիպրոս | კვიპროსი | Kıbrıs
CA: Canada | Канада | Kanada | Կանադա | კანადა | Канад
SK: Slovakia | Словакия | Slovakiya | Սլովակիա | სლოვაკეთი | Slowakiýa | Словак | Slovakya
HU: Hungary | Венгрия | Vengriya | Հունգարիա | უნგრეთი | Macarıstan | Маҷористон | Wengriýa | Унгар | Macaristan
SE: Sweden | Швеция | Shvetsiya | Շվեդիա | შვედეთი | İsveç | Шветсия | Şwesiýa | Швед
CH: Switzerland | Швейцария | Shveytsariya | Շվեյցարիա | შვეიცარია | İsveçrə | Швейтсария | Şweýsariýa | Швейцар | İsviçre
AT: Austria | Австрия | Аустрия | Avstriya | Ավստրիա | ავსტრია | Awstriýa | Австри | Avusturya
NL: Netherlands | Нидерланды | Нидерланд | Niderlandiya | Նիդեռլանդներ | ნიდერლანდები | Niderland | Нидерландия | Niderlandlar | Hollanda
PT: Portugal | Португалия | Portugaliya | Պորտուգալիա | პორტუგალია | Portuqaliya | Portugaliýa | Португал | Portekiz
BR: Brazil | Бразилия | Braziliya | Բրազիլիա | ბრაზილია | Braziliýa | Бразил | Brezilya
IQ: Iraq | Ирак | Iroq | Իրաք | ერაყი | İraq | Ироқ | Yrak | Irak
SY: Syria | Сирия | Suriya | Սիրիա | სირია | Сурия | Siriýa | Сири | Suriye
SA: Saudi Arabia | Саудовская Аравия | Сауд Арабиясы | Saudiya Arabistoni | Սաուդյան Արաբիա | საუდის არაბეთი | Səudiyyə Ərəbistanı | Арабистони Саудӣ | Saud Arabystany | Саудын Араб | Suudi Arabistan
TH: Thailand | Таиланд | Tailand | Тайланд | Թաիլանդ | ტაილანდი | Taýland | Tayland
`;

/** Old names, abbreviations, other alphabets and common misspellings, with the expected country. */
export const OTHER_SPELLINGS = `
KZ: KZ | kz | KAZ | КАЗАХСТАН | казахстан. | Республика Казахстан | Қазақстан Республикасы | Republic of Kazakhstan | Kazahstan | Казакстан | Qazaqstan | Казахстан, KZ | Казахстан (KZ) | 🇰🇿 | Казахтан | Казахсан | Казахистан | Казохстан | Kazakstan | Kazachstan | Kazahkstan | Qazaqstan Respublikasy | Kazakhstan / Казахстан | KАЗАХСТАН | Кaзaхстaн | Kasachstan
UZ: O'zbekiston | O‘zbekiston Respublikasi | Ўзбекистон | Uzbekiston | UZB | Узбекстан | Узбикистан | Узбекестан | O'zbekistan | Республика Узбекистан | Ўзбекистон Республикаси | РУз | Узбeкистан | Usbekistan
KG: Кыргызстан | Kyrgyz Republic | Кыргызская Республика | Кыргыз Республикасы | KGZ | Kirgizstan | Kirghizia | Киргизстан | Кыргызтан | Кыргизстан | Kyrgystan
TJ: Tadzhikistan | Ҷумҳурии Тоҷикистон | Таджикстан | Tajikstan | TJK | Tadschikistan | Республика Таджикистан
TM: Туркмения | Türkmenistan | Туркменстан | Turkmenia | TKM
AM: Hayastan | Հայաստանի Հանրապետություն | Республика Армения | Armeniya | ARM
AZ: Азербаджан | Азербайжан | Azərbaycan Respublikası | Azerbaidzhan | Azerbaijan Republic | AZE
BY: Белоруссия | Белорусия | Беларуссия | Белорусь | Рэспубліка Беларусь | Республика Беларусь | Belorussia | BLR
GE: Sakartvelo | Republic of Georgia | Gruzia | GEO
MD: Молдавия | Молдова, Республика | Republica Moldova | Moldova, Republic of | Moldavia | Малдова | MDA
MN: Монгол Улс | Mongolia | Манголия | MNG
RU: РФ | Российская Федерация | Russian Federation | Росия | Rossiya | RUS | Российская федирация
UA: Україна | Украйна | UKR
US: USA | U.S.A. | США | Соединенные Штаты | Соединённые Штаты Америки | United States of America
GB: UK | United Kingdom | England | Англия | Шотландия | Great Britain
KR: Республика Корея | Republic of Korea | Korea, South | 대한민국
KP: North Korea | КНДР
CN: КНР | 中国 | PRC
CD: DR Congo | Демократическая Республика Конго | Zaire
CG: Republic of the Congo | Республика Конго
TR: Turkey | Türkiye Cumhuriyeti
CZ: Czech Republic | Чешская Республика
MM: Burma | Бирма
LK: Ceylon | Цейлон
TW: Republic of China
DE: ФРГ | Deutschland
IR: Islamic Republic of Iran | Персия, Иран, IR
held: Korea | Корея | Congo | Конго | Kongo | Америка | America | South America | Южная Америка | Dominican Rep of | Slovania | Австрлия | Иландия | Swedan | Siberia | Tatarstan | Дагестан | Almaty | Ташкент | Atlanta, Georgia | Georgia, USA | KZ/UZ | Kazakhstan, Uzbekistan | РК | РБ | КР | ZZ | XX | QQQ | 7 | 398 | ? | - | n/a | нет | СНГ | Абхазия | Южная Осетия | Приднестровье | Каракалпакстан | Земля | USSR | СССР | Чехословакия | Югославия | Stan | Guinee Bis | Iraan | Irann | Северный Казахстан | не Россия | Казахстан Россия | узбек | казашка | Туркестан | Курдистан | Индостан | Алматы, Казахстан
`;
