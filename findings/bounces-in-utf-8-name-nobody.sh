#!/usr/bin/env bash
# Guess: a reader of bounce messages that knows `message/delivery-status` (RFC 3464) reads a bounce in the newer form too: RFC 6533 of 2012 changes
#   the name of the type, `message/global-delivery-status`, and allows UTF-8; the fields are the same.
# Seen on 30 November 2026 (flufl.bounce 4.0, the detector of Mailman, and Mail::DeliveryStatus::BounceParser 1.543, both of Debian 12): with
#   the old type both name the address. With the new type, and no other change, flufl.bounce finds no failure, and BounceParser says that
#   it is a bounce but of nobody, even for an address in ASCII. With the old type and an address of the new kind (`Final-Recipient: utf-8; …`),
#   flufl.bounce finds no failure; BounceParser gives the address with its escapes, `\x{430}nna@…`, which nobody has.
# Why it matters: a server that takes UTF-8 letters may answer in this form. The address is never suppressed, and letters to it
#   go on. Gramota is not affected: the mail provider reads bounces and tells them by its API.
# Needs: /usr/bin/python3 with flufl.bounce (python3-flufl.bounce), perl with Mail::DeliveryStatus::BounceParser
#   (libmail-deliverystatus-bounceparser-perl). Exit code 0 while this holds, 1 when it changes.
set -euo pipefail
/usr/bin/python3 -c 'import flufl.bounce' && perl -MMail::DeliveryStatus::BounceParser -e 1 || { echo 'missing: flufl.bounce or BounceParser'; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
cat > read.py <<'PY'
import sys
from email import message_from_file
from flufl.bounce import scan_message
print('flufl.bounce', ' '.join(address.decode() for address in scan_message(message_from_file(open(sys.argv[1])))) or 'no failure')
PY
cat > read.pl <<'PERL'
use Mail::DeliveryStatus::BounceParser;
open my $file, '<', $ARGV[0];
my $bounce = Mail::DeliveryStatus::BounceParser->new(join '', <$file>);
print 'BounceParser ', join(' ', $bounce->addresses) || ($bounce->is_bounce ? 'a bounce of nobody' : 'no bounce'), "\n";
PERL
bounce() {
  cat <<MAIL
From: Mail server <MAILER-DAEMON@mx.example>
To: school@school.example
Subject: Delivery Status Notification (Failure)
Date: Mon, 30 Nov 2026 09:00:00 +0500
MIME-Version: 1.0
Content-Type: multipart/report; report-type=$1; boundary=part

--part
Content-Type: text/plain; charset=utf-8

Your letter was not delivered.

--part
Content-Type: message/$1

Reporting-MTA: dns; mx.example

Final-Recipient: $2
Action: failed
Status: 5.1.1

--part--
MAIL
}
seen=$(
  while read -r type recipient; do
    bounce "$type" "$recipient" >bounce.eml
    echo "$type, $recipient: $(/usr/bin/python3 -W ignore read.py bounce.eml), $(perl read.pl bounce.eml)"
  done <<'LIST'
delivery-status rfc822; anna@mail.example
global-delivery-status rfc822; anna@mail.example
global-delivery-status utf-8; анна@mail.example
delivery-status utf-8; anna@mail.example
delivery-status utf-8; \x{430}nna@mail.example
LIST
)
echo "$seen"
expected='delivery-status, rfc822; anna@mail.example: flufl.bounce anna@mail.example, BounceParser anna@mail.example
global-delivery-status, rfc822; anna@mail.example: flufl.bounce no failure, BounceParser a bounce of nobody
global-delivery-status, utf-8; анна@mail.example: flufl.bounce no failure, BounceParser a bounce of nobody
delivery-status, utf-8; anna@mail.example: flufl.bounce no failure, BounceParser anna@mail.example
delivery-status, utf-8; \x{430}nna@mail.example: flufl.bounce no failure, BounceParser \x{430}nna@mail.example'
[ "$seen" = "$expected" ] && echo PASS || { echo 'FAIL: the behaviour has changed'; exit 1; }
