Devices from elsewhere, and to elsewhere: counters, watermarks, drift and scratch codes come along.

  $ . "$TESTDIR/setup.sh"
  $ rfc=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
  $ cat > users.oath << EOF
  > # pam_oath
  > HOTP/T30/6 alice - 3132333435363738393031323334353637383930
  > HOTP/E/6 dave - 3132333435363738393031323334353637383930 4 338314 2025-06-15T01:02:03L
  > HOTP/T30/8 erin 1234 3132333435363738393031323334353637383930 0 $(printf %s $rfc | vmfa code - --digits 8 --at $now) $(TZ=UTC date -d @$now +%Y-%m-%dT%H:%M:%SL)
  > HOTP/T30/6 short - 31323334
  > HOTP/T30/6 broken - 3132x
  > HOTP/T30/6
  > EOF
  $ chmod 600 users.oath && export TZ=UTC
  $ ends vmfa device import users.oath --dry-run
  vmfa: note: line 4 (erin): its PIN is not carried over
  vmfa: refused: line 5: a seed has 16 to 64 bytes (RFC 4226), not 4
  vmfa: refused: line 6 (broken): the secret is not hexadecimal
  vmfa: refused: line 7: it has fewer than four fields
  3 would be added, 0 duplicate, 1 skipped, 3 refused
  status 65
  $ ls "$data" 2> /dev/null
  [2]
  $ vmfa device import users.oath --json 2> /dev/null | python3 -c '
  > import json, sys
  > report = json.load(sys.stdin)
  > print(report["added"], report["duplicates"], sorted(entry["entry"] for entry in report["refused"]))'
  3 0 ['line 5', 'line 6 (broken)', 'line 7']

What was spent there is spent here; a counter goes on from where it was:

  $ secret=$rfc
  $ vmfa verify alice $(code) --at $now
  accepted
  $ hotp() { printf %s $rfc | vmfa code - --hotp --counter $1; }
  $ vmfa verify dave $(hotp 4) 2> /dev/null; vmfa verify dave $(hotp 6); vmfa verify dave $(hotp 5) 2> /dev/null
  rejected
  accepted
  rejected
  [1]
  $ vmfa verify erin $(printf %s $rfc | vmfa code - --digits 8 --at $now) --at $now 2> /dev/null
  rejected
  [1]
  $ vmfa device list --user dave --json | python3 -c 'import json, sys; [device] = json.load(sys.stdin); print(device["type"], device["last_step"])'
  hotp 6

Again it adds nothing; with leave it takes the short one, and says so:

  $ sed -i '/broken/d; /^HOTP.T30.6$/d' users.oath
  $ vmfa device import users.oath --allow-short-seeds 2>&1 | grep -v PIN
  vmfa: warning: arn:aws:iam::*:mfa/short: its seed has 4 bytes, and RFC 4226 asks for 16: enrol it anew (glob)
  1 added, 3 duplicate, 1 skipped, 0 refused

The state file of pam_google_authenticator, whose scratch codes become recovery codes:

  $ cat > state << EOF
  > $rfc
  > " RATE_LIMIT 3 30
  > " DISALLOW_REUSE $((now / 30)) $((now / 30 - 1))
  > " TIME_SKEW 2
  > " TOTP_AUTH
  > 12345678
  > 87654321
  > EOF
  $ chmod 400 state && vmfa device import state --user frank
  1 added, 0 duplicate, 0 skipped, 0 refused
  $ vmfa verify frank $(code) --at $now 2> /dev/null; vmfa verify frank $(code 3) --at $now
  rejected
  accepted
  $ vmfa verify frank 87654321 2> /dev/null; vmfa verify frank 87654321 2> /dev/null; vmfa recovery count frank
  accepted
  rejected
  1

Lines of JSON:

  $ cat > devices << EOF
  > {"user":"gina","secret":"$rfc","name":"g-1","issuer":"Old","digits":8,"algorithm":"SHA256","period":60,"drift":-1,"enabled":false}
  > {"user":"hugo","secret":"$rfc","scratch_codes":["11112222"]}
  > {"user":"ida","secret":"$rfc","digit":8}
  > {"user":"jan","secret":"1nvalid!"}
  > nonsense
  > EOF
  $ chmod 600 devices && ends vmfa device import devices
  vmfa: refused: line 3: it has a member that is not known: digit
  vmfa: refused: line 4: character 1 is not base32: the letters A to Z and the digits 2 to 7 are
  vmfa: refused: line 5: it is not JSON
  2 added, 0 duplicate, 0 skipped, 3 refused
  status 65
  $ vmfa device list --user gina --json | python3 -c 'import json, sys; [d] = json.load(sys.stdin); print(d["status"], d["drift"], d["digits"], d["algorithm"], d["period"], d["serial"][-3:])'
  unassigned -1 8 SHA256 60 g-1

Out again, sealed, and into another database:

  $ echo 'a passphrase of some words' > passphrase && chmod 600 passphrase
  $ vmfa device export out.vmfa --passphrase-file passphrase && stat -c %a out.vmfa
  exported 7 devices to out.vmfa
  600
  $ grep -c "$rfc\|gina" out.vmfa
  0
  [1]
  $ ends vmfa device export out.vmfa --passphrase-file passphrase
  vmfa: error: out.vmfa exists already
  status 73
  $ export VMFA_DATABASE=sqlite:$PWD/other/v.db
  $ vmfa device import out.vmfa --import-passphrase-file passphrase 2> /dev/null
  6 added, 0 duplicate, 0 skipped, 1 refused
  [65]
  $ vmfa verify alice $(code) --at $now 2> /dev/null; vmfa verify alice $(code 1) --at $((now + 30))
  rejected
  accepted
  $ echo wrong > wrong && chmod 600 wrong && ends vmfa device import out.vmfa --import-passphrase-file wrong
  vmfa: error: the passphrase does not open the file
  status 77
  $ vmfa device import out.vmfa --import-passphrase-file passphrase --dry-run 2> /dev/null
  0 would be added, 6 duplicate, 0 skipped, 1 refused
  [65]
  $ sed '2s/./*/9' out.vmfa > odd.vmfa && chmod 600 odd.vmfa && ends vmfa device import odd.vmfa --import-passphrase-file passphrase
  vmfa: error: the archive is broken in line 2
  status 65
  $ sed -i '$d' out.vmfa && ends vmfa device import out.vmfa --import-passphrase-file passphrase
  vmfa: error: the archive is cut off after line 1
  status 65

Whose a device is that the file gives to nobody; and a history that no device has:

  $ export VMFA_DATABASE=sqlite:$PWD/third/v.db; umask 077
  $ echo '{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}' > nobody.jsonl; vmfa device import nobody.jsonl --user bob
  1 added, 0 duplicate, 0 skipped, 0 refused
  $ cat > nobody.xml << 'EOF'
  > <KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage><DeviceInfo><SerialNo>987654321</SerialNo></DeviceInfo>
  > <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp"><Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>
  > <Counter><PlainValue>0</PlainValue></Counter></Data></Key></KeyPackage></KeyContainer>
  > EOF
  $ vmfa device import nobody.xml --user carol 2> /dev/null > /dev/null; vmfa device list --json | python3 -c 'import json, sys; print(sorted({d["user"] for d in json.load(sys.stdin)}))'
  ['bob', 'carol']
  $ printf '{"user":"g1","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJB"}\n{"user":"x","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA","last_step":-9223372036854775808}\n' > far.jsonl
  $ for dry in --dry-run ''; do vmfa device import far.jsonl $dry; done
  vmfa: refused: line 2: its last step or counter is out of range
  1 would be added, 0 duplicate, 0 skipped, 1 refused
  vmfa: refused: line 2: its last step or counter is out of range
  1 added, 0 duplicate, 0 skipped, 1 refused
  [65]
  $ (cat far.jsonl far.jsonl; echo '{"user":"g2","name":"n","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}'; echo '{"user":"g3","name":"n","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}') > doubles.jsonl
  $ export VMFA_DATABASE=sqlite:$PWD/fourth/v.db; for dry in --dry-run ''; do vmfa device import doubles.jsonl $dry 2> /dev/null; done
  2 would be added, 1 duplicate, 0 skipped, 3 refused
  2 added, 1 duplicate, 0 skipped, 3 refused
  [65]
  $ ends vmfa device import far.jsonl --dry-run --database sqlite:none.db --key-file none.key
  vmfa: error: the master key none.key is missing
  vmfa: hint: nothing is sealed under it yet: (umask 077 && openssl rand -hex 32 > 'none.key') makes it
  status 77
  $ printf 'HOTP m\303\274ller - 3132333435363738393031323334353637383930\nHOTP m\366ller - 3132333435363738393031323334353637383931\n' > latin.oath
  $ vmfa device import latin.oath 2>&1 | cut -c 1-60
  vmfa: refused: line 2: the user name holds a character that 
  1 added, 0 duplicate, 0 skipped, 1 refused
  $ umask 022

Files that are not what they should be (CVE-2013-7322, CVE-2024-47191):

  $ ln -s devices link && ends vmfa device import link
  vmfa: error: link: it is a symbolic link
  status 65
  $ chmod 622 devices && ends vmfa device import devices
  vmfa: error: devices: others may write to it
  status 77
  $ chmod 644 devices && vmfa device import devices 2>&1 | head -1
  vmfa: warning: others may read devices: what is in it is no secret any more
  $ echo 'hello' > text && chmod 600 text && ends vmfa device import text
  vmfa: error: the format is not recognised
  status 65
  $ ends vmfa device import none
  vmfa: error: there is no none
  status 66

A counter is the next code's in every format, and what comes before it is spent; a byte order mark is no part of a file:

  $ export VMFA_DATABASE=sqlite:$PWD/fifth/v.db; umask 077
  $ echo "otpauth://hotp/bo?secret=$rfc&counter=4" > hotp.txt; vmfa device import hotp.txt
  1 added, 0 duplicate, 0 skipped, 0 refused
  $ for counter in 0 3 4; do vmfa verify bo $(hotp $counter) 2> /dev/null; done
  rejected
  rejected
  accepted
  $ for file in otpauth_uris.txt andotp_plain.json google_migration_2batches.txt; do
  >   install -m 600 "$vectors/import/$file" copy; VMFA_DATABASE=sqlite:$PWD/$file/v.db; export VMFA_DATABASE
  >   vmfa device import copy --allow-short-seeds > /dev/null 2>&1; vmfa device list --json | python3 -c 'import json, sys; print([d["last_step"] for d in json.load(sys.stdin) if d["type"] == "hotp"])'
  > done
  [3]
  [3]
  [3]
  $ VMFA_DATABASE=sqlite:$PWD/sixth/v.db; printf '\357\273\277HOTP/T30 al - 3132333435363738393031323334353637383930\nHOTP/T90 bea - 31\nHOTPX cy - 31\n' > marked.oath; vmfa device import marked.oath
  vmfa: note: line 2 (bea): its type is none of pam_oath's, which ignores it
  vmfa: note: line 3 (cy): its type is none of pam_oath's, which ignores it
  1 added, 0 duplicate, 2 skipped, 0 refused

Options of a state file stand behind spaces or tabs; one that lacks its number is not taken for one that is not there:

  $ state() { rm -f pam; printf "$rfc\n$1\n" > pam; vmfa device import pam --user $2 2>&1 | head -1; }
  $ state '" HOTP_COUNTER\t7' tab; vmfa device list --user tab --json | python3 -c 'import json, sys; [d] = json.load(sys.stdin); print(d["type"], d["last_step"])'
  1 added, 0 duplicate, 0 skipped, 0 refused
  hotp 6
  $ state '" HOTP_COUNTER' none; state '" TOTP_AUTH\n" STEP_SIZE' none; state '" DISALLOW_REUSE\t58333333\t58333331' reuse; vmfa device list --user reuse --json | grep -o '"last_step":[0-9]*'
  vmfa: refused: the secret: its HOTP_COUNTER has no number
  vmfa: refused: the secret: its STEP_SIZE has no number
  1 added, 0 duplicate, 0 skipped, 0 refused
  "last_step":58333333

What a PSKC key says beside its secret: whose it is, and what is not carried over; one with a check digit is not taken:

  $ pskc() { printf '<KeyPackage><DeviceInfo><SerialNo>%s</SerialNo><UserId>%s</UserId></DeviceInfo><Key Id="k" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"><AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL" %s/></AlgorithmParameters><Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret></Data><Policy>%s</Policy></Key></KeyPackage>' "$@"; }
  $ (echo '<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">'; pskc 1 uma '' '<ExpiryDate>2001-01-01T00:00:00Z</ExpiryDate><PINPolicy PINUsageMode="Prepend"/>'
  >   pskc 2 una 'CheckDigits="true"' ''; pskc 4 una 'CheckDigit="1"' ''; pskc 3 ugo '' '<PINPolicy PINUsageMode="Local"/><KeyUsage>OTP</KeyUsage>'; echo '</KeyContainer>') > keys.xml
  $ ends vmfa device import keys.xml; vmfa device list --user uma | wc -l
  vmfa: refused: entry 2 (2): its codes have a check digit
  vmfa: refused: entry 3 (4): its codes have a check digit
  vmfa: note: entry 1 (1): its PIN (Prepend) is not carried over
  vmfa: note: entry 1 (1): its ExpiryDate (2001-01-01T00:00:00Z) is not carried over
  2 added, 0 duplicate, 2 skipped, 2 refused
  status 65
  2

The path of a serial goes with a device, and a passphrase is the same in every spelling:

  $ printf '{"user":"al","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","path":"/a/","name":"phone"}\n{"user":"bo","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","path":"/b/","name":"phone"}\n{"user":"cy","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","path":"b","name":"phone"}\n{"user":"di","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","path":"/a?b/"}\n' > paths.jsonl
  $ export VMFA_DATABASE=sqlite:$PWD/seventh/v.db; vmfa device import paths.jsonl --dry-run 2> /dev/null; ends vmfa device import paths.jsonl
  2 would be added, 0 duplicate, 0 skipped, 2 refused
  vmfa: refused: line 3: the path of a device is /, or /DIVISION/TEAM/, of letters, digits and _+=:,.@- (ASCII)
  vmfa: refused: line 4: the path of a device is /, or /DIVISION/TEAM/, of letters, digits and _+=:,.@- (ASCII)
  2 added, 0 duplicate, 0 skipped, 2 refused
  status 65

The order of a file decides, and not which is faster: whose a serial is, what number a device gets, what is told first:

  $ for pair in $(seq 40); do
  >   printf '{"user":"%s","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","name":"n'$pair'"}\n' first-$pair second-$pair
  >   echo '{"user":"many","secret":"'$(printf GEZDGNBVGY3TQOJQGEZDGNBVGY3TQ%03d $pair | tr 0189 ABCD)'","issuer":"i'$pair'"}'
  > done > pairs.jsonl
  $ export VMFA_DATABASE=sqlite:$PWD/eighth/v.db
  $ seq -f 'line %g' 2 3 119 > order
  $ for mode in --dry-run ''; do vmfa device import pairs.jsonl $mode 2> refused; grep -o 'line [0-9]*' refused | cmp - order; done
  80 would be added, 0 duplicate, 0 skipped, 40 refused
  80 added, 0 duplicate, 0 skipped, 40 refused
  $ vmfa device list --json | python3 -c '
  > import json, sys
  > devices = json.load(sys.stdin)
  > many = {device["serial"].partition("mfa/")[2]: device["issuer"] for device in devices if device["user"] == "many"}
  > print([many["many" if n == 1 else f"many-{n}"] for n in range(1, 41)] == [f"i{n}" for n in range(1, 41)])
  > print({device["user"].partition("-")[0] for device in devices} - {"many"})'
  True
  {'first'}
  $ export VMFA_DATABASE=sqlite:$PWD/seventh/v.db
  $ printf 'se\314\201cret words\n' > nfd; printf 's\303\251cret words\n' > nfc
  $ for spelling in nfc nfd; do vmfa device export $spelling.out --passphrase-file $spelling; done
  exported 2 devices to nfc.out
  exported 2 devices to nfd.out
  $ for spelling in nfc nfd; do
  >   export VMFA_DATABASE=sqlite:$PWD/from-$spelling/v.db; vmfa device import $spelling.out --import-passphrase-file nfd; vmfa device import $spelling.out --import-passphrase-file nfc
  > done; vmfa device list --json | grep -o 'mfa/./phone'
  2 added, 0 duplicate, 0 skipped, 0 refused
  0 added, 2 duplicate, 0 skipped, 0 refused
  2 added, 0 duplicate, 0 skipped, 0 refused
  0 added, 2 duplicate, 0 skipped, 0 refused
  mfa/a/phone
  mfa/b/phone

Tokens of a table, and users of Authelia and Keycloak; from a pipe as well:

  $ export VMFA_DATABASE=sqlite:$PWD/ninth/v.db
  $ device() { vmfa device list --user $1 --json | python3 -c 'import json, sys; [print(d["serial"].split("/")[-1], d["type"], d["algorithm"], d["digits"], d["period"], d.get("last_step")) for d in json.load(sys.stdin)]'; }
  $ install -m 600 "$vectors/bugs/oath.csv" "$vectors/bugs/authelia.csv" .; vmfa device import oath.csv --user stock; device stock
  2 added, 0 duplicate, 0 skipped, 0 refused
  stock totp SHA1 6 30 None
  stock-2 hotp SHA1 6 30 6
  $ vmfa device import - < authelia.csv; vmfa device import <(cat authelia.csv); vmfa verify ann 977199 --at 59
  1 added, 0 duplicate, 0 skipped, 0 refused
  0 added, 1 duplicate, 0 skipped, 0 refused
  accepted
  $ cat > authelia.yml << EOF
  > # an export
  > ---
  > totp_configurations:
  >     - created_at: 2024-01-01T00:00:00Z
  >       username: john
  >       issuer: Authelia
  >       algorithm: SHA256
  >       digits: 8
  >       period: 60
  >       secret: $(printf $rfc | base64)
  >     - username: "jane"
  >       secret: $rfc
  >     - username: jim
  >       secret: [$rfc]
  >     - username: joe
  >       digit: 8
  > EOF
  $ vmfa device import authelia.yml; device john; device jane
  vmfa: refused: line 13 (jim): line 14 has a value of a kind that is not read
  vmfa: refused: line 15 (joe): line 16 has a name that is not known
  2 added, 0 duplicate, 0 skipped, 2 refused
  john totp SHA256 8 60 None
  jane totp SHA1 6 30 None
  $ cat > realm.json << EOF
  > {"realm": "shop", "users": [
  >  {"username": "kim", "credentials": [{"type": "password", "secretData": "{}"},
  >   {"type": "otp", "secretData": "{\\"value\\":\\"12345678901234567890\\"}", "credentialData": "{\\"subType\\":\\"totp\\",\\"digits\\":6,\\"counter\\":0,\\"period\\":30,\\"algorithm\\":\\"HmacSHA1\\"}"}]},
  >  {"username": "kay", "credentials": [
  >   {"type": "otp", "secretData": "{\\"value\\":\\"$rfc\\"}", "credentialData": "{\\"subType\\":\\"hotp\\",\\"digits\\":8,\\"counter\\":4,\\"period\\":30,\\"algorithm\\":\\"HmacSHA1\\",\\"secretEncoding\\":\\"BASE32\\"}"}]},
  >  {"username": "ken", "credentials": [
  >   {"type": "otp", "secretData": "{\\"value\\":\\"$rfc\\"}", "credentialData": "{\\"subType\\":\\"totp\\",\\"secretEncoding\\":\\"HEX\\"}"}]}]}
  > EOF
  $ vmfa device import realm.json; device kay; vmfa verify kim 287082 --at 59
  vmfa: refused: entry 3 (ken): its secretEncoding is not BASE32
  2 added, 0 duplicate, 0 skipped, 1 refused
  kay hotp SHA1 8 30 3
  accepted

The seed of a device under another moving factor is the same device:

  $ echo '{"user":"kim","secret":"'$rfc'","type":"hotp","last_step":3}' > kim.jsonl; for dry in --dry-run ''; do vmfa device import kim.jsonl $dry; done; device kim
  0 would be added, 1 duplicate, 0 skipped, 0 refused
  0 added, 1 duplicate, 0 skipped, 0 refused
  kim totp SHA1 6 30 1
  $ umask 022
