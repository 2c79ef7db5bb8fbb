#!/usr/bin/env bash
# Guess: a package that validates mobile numbers by country accepts the numbers of the great operators of the countries it lists.
# Seen on 30 November 2026 (validator 13.15.35, libphonenumber-js 1.13.16 with full metadata, as the second opinion): `isMobilePhone`
#   - "tg-TJ" accepts numbers with 55 alone. All others are refused: 90, 91, 92, 93, 98, 11, 50, 77, 88 and more;
#   - "mn-MN" refuses 80, 83, 85, 86, 89, 90, 97, 98 and more;
#   - "uz-UZ" refuses 20, 33, 50, 77 and 87, "az-AZ" 60, "ky-KG" 20, "am-AM" 49, "ro-MD" 65;
#   - "tk-TM" agrees. For the second package each refused number is a valid mobile number.
# Why it matters: a teacher's telephone is one of the sources of her country. Whoever validates the form with this package turns
#   nearly all teachers of Tajikistan away, and tests with one number of each country may pass. Gramota reads numbers with libphonenumber.
# Needs: node, npm. The numbers are made up: an operator's code and 1234567. Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
for tool in node npm; do command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }; done
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent validator@13.15.35 libphonenumber-js@1.13.16
cat > numbers.cjs <<'JS'
const validator = require('validator');
const { parsePhoneNumber } = require('libphonenumber-js/max');
const cases = {
  'tg-TJ': ['992', '1234567', ['11', '50', '55', '77', '88', '90', '91', '92', '93', '98']],
  'mn-MN': ['976', '123456', ['80', '83', '85', '86', '88', '89', '90', '91', '94', '95', '96', '97', '98', '99']],
  'uz-UZ': ['998', '1234567', ['20', '33', '50', '77', '87', '88', '90', '91', '93', '94', '95', '97', '98', '99']],
  'az-AZ': ['994', '4234567', ['10', '50', '51', '55', '60', '70', '77', '99']],
  'ky-KG': ['996', '1234567', ['20', '50', '55', '70', '77']],
  'am-AM': ['374', '123456', ['49', '55', '77', '91', '93', '94', '98']],
  'ro-MD': ['373', '123456', ['60', '65', '68', '69', '78', '79']],
  'tk-TM': ['993', '123456', ['61', '62', '63', '64', '65', '71']],
};
for (const [locale, [country, rest, codes]] of Object.entries(cases)) {
  const refused = codes.filter((code) => {
    const number = `+${country}${code}${rest}`;
    const other = parsePhoneNumber(number);
    if (!other.isValid() || other.getType() !== 'MOBILE') throw new Error(`no mobile number for libphonenumber: ${number}`);
    return !validator.isMobilePhone(number, locale);
  });
  console.log(`${locale}: ${codes.length} codes, refused ${refused.join(' ') || 'none'}`);
}
JS
seen=$(node numbers.cjs)
echo "$seen"
expected='tg-TJ: 10 codes, refused 11 50 77 88 90 91 92 93 98
mn-MN: 14 codes, refused 80 83 85 86 89 90 97 98
uz-UZ: 14 codes, refused 20 33 50 77 87
az-AZ: 8 codes, refused 60
ky-KG: 5 codes, refused 20
am-AM: 7 codes, refused 49
ro-MD: 6 codes, refused 65
tk-TM: 6 codes, refused none'
[ "$seen" = "$expected" ] && echo PASS && exit 0
echo CHANGED; exit 1
