Other programs' files: imported, imported again, exported, and imported from there.

  $ . "$TESTDIR/setup.sh"
  $ printf 'correct horse battery\n' > pass; export VMFA_PASSPHRASE_FILE=$PWD/pass
  $ printf vmfa-test > theirs
  $ imported() { vmfa import "$@" --import-passphrase-file theirs 2> /dev/null | tail -n 1; }
  $ for file in otpauth_uris.txt aegis_plain.json aegis_encrypted.json 2fas_v4_plain.2fas 2fas_v4_encrypted.2fas andotp_plain.json \
  >   freeotp_plus.json bitwarden.json google_migration_2batches.txt google_authenticator_state.txt users.oath; do
  >   export VMFA_VAULT=$PWD/vaults/$file.vault; vmfa vault init > /dev/null
  >   echo "$file: $(imported "$vectors/import/$file"); again: $(imported "$vectors/import/$file")"
  > done
  otpauth_uris.txt: 9 added, 0 duplicate, 0 skipped, 0 refused; again: 0 added, 9 duplicate, 0 skipped, 0 refused
  aegis_plain.json: 9 added, 0 duplicate, 0 skipped, 0 refused; again: 0 added, 9 duplicate, 0 skipped, 0 refused
  aegis_encrypted.json: 9 added, 0 duplicate, 0 skipped, 0 refused; again: 0 added, 9 duplicate, 0 skipped, 0 refused
  2fas_v4_plain.2fas: 9 added, 0 duplicate, 0 skipped, 0 refused; again: 0 added, 9 duplicate, 0 skipped, 0 refused
  2fas_v4_encrypted.2fas: 9 added, 0 duplicate, 0 skipped, 0 refused; again: 0 added, 9 duplicate, 0 skipped, 0 refused
  andotp_plain.json: 9 added, 0 duplicate, 0 skipped, 0 refused; again: 0 added, 9 duplicate, 0 skipped, 0 refused
  freeotp_plus.json: 8 added, 0 duplicate, 0 skipped, 0 refused; again: 0 added, 8 duplicate, 0 skipped, 0 refused
  bitwarden.json: 9 added, 0 duplicate, 2 skipped, 0 refused; again: 0 added, 9 duplicate, 2 skipped, 0 refused
  google_migration_2batches.txt: 7 added, 0 duplicate, 0 skipped, 0 refused; again: 0 added, 7 duplicate, 0 skipped, 0 refused
  google_authenticator_state.txt: 1 added, 0 duplicate, 1 skipped, 0 refused; again: 0 added, 1 duplicate, 1 skipped, 0 refused
  users.oath: 4 added, 0 duplicate, 2 skipped, 0 refused; again: 0 added, 4 duplicate, 2 skipped, 0 refused

The codes are those that oathtool computed:

  $ for vault in vaults/*.vault; do python3 - "$vectors/import/expected_codes.json" $vault <<'EOF'
  > import json, subprocess, sys
  > expected = {(e["issuer"], e["name"]): e["codes"] for e in json.load(open(sys.argv[1]))}
  > checked = wrong = 0
  > for time in ["59", "1111111109", "1234567890", "2000000000"]:
  >     listed = json.loads(subprocess.run(["vmfa", "list", "--codes", "--json", "--at", time, "--vault", sys.argv[2]], capture_output=True).stdout)
  >     for account in listed:
  >         codes = expected.get((account["issuer"], account["name"]), {})
  >         if "code" in account and time in codes:
  >             checked += 1
  >             wrong += codes[time] != account["code"]
  > print(checked, wrong)
  > EOF
  > done
  28 0
  28 0
  28 0
  28 0
  28 0
  28 0
  28 0
  0 0
  24 0
  28 0
  0 0

Exports come back as the same accounts; what cannot be carried is named:

  $ export VMFA_VAULT=$PWD/vaults/otpauth_uris.txt.vault
  $ for format in otpauth google 2fas aegis; do
  >   vmfa export --format $format --plaintext --output $format.out 2> $format.said; stat -c %a $format.out
  >   VMFA_VAULT=$PWD/back.$format; export VMFA_VAULT; vmfa vault init > /dev/null; imported $format.out; VMFA_VAULT=$PWD/vaults/otpauth_uris.txt.vault
  > done
  600
  9 added, 0 duplicate, 0 skipped, 0 refused
  600
  7 added, 0 duplicate, 0 skipped, 0 refused
  600
  9 added, 0 duplicate, 0 skipped, 0 refused
  600
  9 added, 0 duplicate, 0 skipped, 0 refused
  $ cat *.said
  vmfa: warning: Period60:seven digits was left out: the format has no period but 30 s
  vmfa: warning: Steam:gamer was left out: the format has no Steam codes
  $ ends vmfa export --format otpauth
  vmfa: error: this format is written in the clear only
  vmfa: hint: --plaintext if that is meant, or --format aegis or 2fas
  status 64
  $ vmfa export --format aegis > sealed.json && grep -c GEZDGNBV sealed.json
  0
  [1]
  $ "$TESTDIR/../../.build/tools/venv/bin/python" "$TESTDIR/aegis.py" sealed.json pass | wc -l
  9

QR codes of images, one and several in one:

  $ vmfa show no-issuer --png one.png --no-input; vmfa show counter --png two.png --no-input
  $ VMFA_VAULT=$PWD/qr.vault; vmfa vault init > /dev/null
  $ vmfa add --qr one.png; vmfa add mine --qr - < two.png; vmfa import one.png two.png
  added no-issuer
  added RFC4226:mine
  duplicate no-issuer
  duplicate RFC4226:counter
  0 added, 2 duplicate, 0 skipped, 0 refused
  $ printf 'P5 10 10 255\n%100s' '' > blank.pgm; ends vmfa add --qr blank.pgm
  vmfa: error: no QR code was found in blank.pgm
  vmfa: hint: crop the image, or take a sharper one
  status 65
  $ ends vmfa add --qr nothing.png
  vmfa: error: there is no nothing.png
  status 66
  $ for name in '@one' '-two' 'png:%d[0]*'; do cp one.png "./$name"; done; vmfa import --dry-run -- @one -two 'png:%d[0]*' | tail -n 1
  0 added, 3 duplicate, 0 skipped, 0 refused

Google's batches as images, in any order, and as drawings:

  $ VMFA_VAULT=$PWD/vaults/google_migration_2batches.txt.vault; for n in 1 2 3 4 5; do printf GEZDGNBVGY3TQOJQ | vmfa add "more $n" > /dev/null; done
  $ vmfa export --format google --plaintext --png batch && ls batch-*
  batch-1.png
  batch-2.png
  $ vmfa export --format google --plaintext --qr --qr-mode ascii | grep -c ' of 2$'
  2
  $ VMFA_VAULT=$PWD/batches.vault; vmfa vault init > /dev/null; vmfa import batch-2.png batch-1.png | tail -1
  12 added, 0 duplicate, 0 skipped, 0 refused
  $ VMFA_VAULT=$PWD/qr.vault

2FAS's backup is sealed unless that is not wanted, under the vault's passphrase or another, with the app's own check:

  $ ends vmfa export --format otpauth | tail -n 2
  vmfa: hint: --plaintext if that is meant, or --format aegis or 2fas
  status 64
  $ VMFA_VAULT=$PWD/vaults/otpauth_uris.txt.vault vmfa export --format 2fas --export-passphrase-file theirs --output sealed.2fas && grep -c 'GEZDGNBV' sealed.2fas
  0
  [1]
  $ printf 'se\314\201cret' > nfd; vmfa export --format 2fas --export-passphrase-file nfd --output nfd.2fas; vmfa import nfd.2fas --dry-run --import-passphrase-file nfd 2> /dev/null | tail -n 1
  0 added, 2 duplicate, 0 skipped, 0 refused
  $ VMFA_VAULT=$PWD/sealed.vault; vmfa vault init > /dev/null; imported sealed.2fas; ends vmfa import sealed.2fas --import-passphrase-file pass | tail -n 2
  9 added, 0 duplicate, 0 skipped, 0 refused
  vmfa: error: the passphrase does not open the file
  status 77
  $ python3 -c '
  > import base64, hashlib, json
  > file = json.load(open("sealed.2fas")); parts = [[base64.b64decode(part) for part in file[name].split(":")] for name in ("servicesEncrypted", "reference")]
  > print(file["services"], [[len(part) for part in found[1:]] for found in parts], len(parts[1][0]), parts[0][1] == parts[1][1], parts[0][2] != parts[1][2])'
  [] [[256, 12], [256, 12]] 272 True True
  $ VMFA_VAULT=$PWD/qr.vault

One bad entry, one bad file:

  $ printf 'otpauth://totp/nine?secret=GEZDGNBVGY3TQOJQ&digits=9\notpauth://totp/fine?secret=GEZDGNBVGY3TQOJQ\n' > mixed.txt
  $ ends vmfa import mixed.txt --dry-run
  vmfa: refused: line 1: digits must be 6, 7 or 8, not 9
  would add fine
  1 added, 0 duplicate, 0 skipped, 1 refused
  status 65
  $ printf nonsense > nonsense; mkdir folder; mkfifo fifo; ln -s mixed.txt link
  $ ends vmfa import mixed.txt nonsense folder fifo link nothing
  vmfa: refused: mixed.txt: line 1: digits must be 6, 7 or 8, not 9
  vmfa: refused: nonsense: the format is not recognised
  vmfa: refused: folder: folder: it is a folder
  vmfa: refused: fifo: fifo: it is no regular file
  vmfa: refused: link: link: it is a symbolic link
  vmfa: refused: nothing: there is no nothing
  added fine
  1 added, 0 duplicate, 0 skipped, 6 refused
  status 65
  $ ends vmfa import "$vectors/import/aegis_encrypted.json" --import-passphrase-file pass
  vmfa: error: the passphrase does not open the file
  status 77
  $ ends setsid -w vmfa import "$vectors/import/2fas_v4_encrypted.2fas"
  vmfa: error: the file is encrypted, and needs its passphrase
  status 77

What somebody else may have written is not imported:

  $ cp "$vectors/import/otpauth_uris.txt" loose && chmod 646 loose && ends vmfa import loose
  vmfa: error: loose: others may write to it
  vmfa: hint: import a copy that only you can write to, if all of it is yours
  status 77

A byte order mark is no part of the file; JSON that is cut off holds nothing; a token of FreeOTP+ that was never used has -1:

  $ export VMFA_VAULT=$PWD/marked.vault; vmfa vault init > /dev/null
  $ for file in 2fas_v4_plain.2fas aegis_plain.json bitwarden.json; do
  >   printf '\357\273\277' | cat - "$vectors/import/$file" > marked; vmfa import marked --dry-run 2> /dev/null | tail -n 1
  > done
  9 added, 0 duplicate, 0 skipped, 0 refused
  9 added, 0 duplicate, 0 skipped, 0 refused
  9 added, 0 duplicate, 2 skipped, 0 refused
  $ printf '{"items": [{"name": "a", "login":\n{"totp": "otpauth://totp/AWS:bob?secret=GEZDGNBVGY3TQOJQ&issuer=AWS",\n' > cut.json; ends vmfa import cut.json
  vmfa: error: the file begins like JSON, and is broken or cut off
  status 65
  $ printf '[work]\notpauth://totp/AWS:bob?secret=GEZDGNBVGY3TQOJQ&issuer=AWS\n' > heading.txt; vmfa import heading.txt --dry-run
  vmfa: refused: line 1: it holds no otpauth URI
  would add AWS:bob
  1 added, 0 duplicate, 0 skipped, 1 refused
  [65]
  $ echo '{"tokenOrder": ["a"], "tokens": [{"type": "HOTP", "label": "fresh", "secret": [49,50,51,52,53,54,55,56,57,48,49,50,51,52,53,54,55,56,57,48], "algo": "SHA1", "digits": 6, "counter": -1, "period": 30}]}' > fresh.json
  $ vmfa import fresh.json | tail -n 1; vmfa code fresh
  1 added, 0 duplicate, 0 skipped, 0 refused
  755224

What is wrong with a file is the file's fault (65), whichever part of it is; a format that was named has to be the file's:

  $ broken() { python3 -c 'import json, sys; file = json.load(open(sys.argv[1])); exec(sys.argv[2]); json.dump(file, open("broken.json", "w"))' "$vectors/import/$1" "$2"; ends vmfa import broken.json --import-passphrase-file theirs --dry-run | tail -n 2; }
  $ broken andotp_plain.json 'del file[0]["label"]'; broken andotp_plain.json 'file[0] = None'
  8 added, 1 duplicate, 0 skipped, 0 refused
  status 0
  7 added, 1 duplicate, 0 skipped, 1 refused
  status 65
  $ broken 2fas_v4_encrypted.2fas 'file["servicesEncrypted"] = "!" + file["servicesEncrypted"]'
  vmfa: error: the file is damaged: it is not base64
  status 65
  $ broken 2fas_v4_encrypted.2fas 'file["servicesEncrypted"] = file["servicesEncrypted"][:-4] + "AA=="'
  vmfa: error: the file is damaged: a nonce of 10 bytes is not allowed
  status 65
  $ broken 2fas_v4_encrypted.2fas 'file["servicesEncrypted"] = 5'
  vmfa: error: the backup's servicesEncrypted is no text
  status 65
  $ broken aegis_encrypted.json 'file["db"] = "!" + file["db"]'; broken aegis_encrypted.json 'file["header"]["params"]["nonce"] = "00"'
  vmfa: error: its contents do not fit its key: it is damaged
  status 65
  vmfa: error: its contents do not fit its key: it is damaged
  status 65
  $ broken aegis_encrypted.json 'file["header"]["params"]["tag"] = "00"'
  vmfa: error: its contents do not fit its key: it is damaged
  status 65
  $ broken bitwarden.json 'file["items"][0] = None; file["items"][1]["login"]["totp"] = 5'
  7 added, 0 duplicate, 2 skipped, 2 refused
  status 65
  $ for format in freeotp bitwarden andotp oath-users 2fas; do ends vmfa import --format $format "$vectors/import/aegis_plain.json"; done
  vmfa: error: the file is no export of FreeOTP+
  status 65
  vmfa: error: the file is no export of Bitwarden
  status 65
  vmfa: error: the file is no backup of andOTP
  status 65
  vmfa: error: no line of the file is an entry of pam_oath
  status 65
  vmfa: error: the backup holds no services
  status 65

What other programs write comes out as TestVectors/bugs/expected.json has it:

  $ for file in "$vectors"/bugs/*.csv "$vectors"/bugs/*.json "$vectors"/bugs/*.txt "$vectors"/bugs/*.xml; do
  >   case $(basename "$file") in expected.json | secret_* | two_secrets.txt) continue;; esac
  >   export VMFA_VAULT=$PWD/bugs/$(basename "$file"); vmfa vault init > /dev/null
  >   echo "$(basename "$file"): $(vmfa import "$file" 2> said | tail -n 1)"; cat said
  >   vmfa list --codes --json --at 59 | python3 -c '
  > import json, sys
  > expected = json.load(open(sys.argv[1]))["files"][sys.argv[2]]
  > listed = [account for account in json.load(sys.stdin) if account["type"] != "hotp"]
  > wanted = {(a["issuer"], a["name"], a["type"], a["algorithm"], a["digits"], a["period"], a["code_at_59"]) for a in expected.get("accounts", [])}
  > found = {(a["issuer"] or "", a["name"], a["type"], a["algorithm"], a["digits"], a["period"], a["code"]) for a in listed}
  > codes = expected.get("codes_at_59")
  > if wanted != found and codes != [account["code"] for account in listed] and sys.argv[2] != "oath.csv": print(sorted(wanted), sorted(found))
  > ' "$vectors/bugs/expected.json" "$(basename "$file")"
  > done
  apple.csv: 1 added, 0 duplicate, 1 skipped, 0 refused
  vmfa: note: entry 2 (Other): it holds no OTP secret
  authelia.csv: 1 added, 0 duplicate, 0 skipped, 0 refused
  keepassxc.csv: 1 added, 0 duplicate, 1 skipped, 0 refused
  vmfa: note: entry 2 (No second factor): it holds no OTP secret
  lastpass.csv: 1 added, 0 duplicate, 0 skipped, 0 refused
  oath.csv: 2 added, 0 duplicate, 0 skipped, 0 refused
  protonpass.csv: 1 added, 0 duplicate, 0 skipped, 0 refused
  aegis_upper_case_type.json: 1 added, 0 duplicate, 0 skipped, 0 refused
  andotp_issuer_in_label.json: 2 added, 0 duplicate, 0 skipped, 0 refused
  duo.json: 2 added, 0 duplicate, 0 skipped, 0 refused
  proton_authenticator.json: 2 added, 0 duplicate, 0 skipped, 0 refused
  stratum.json: 3 added, 0 duplicate, 0 skipped, 0 refused
  uris.json: 2 added, 0 duplicate, 0 skipped, 0 refused
  name_runs_in_bash.txt: 2 added, 0 duplicate, 0 skipped, 0 refused
  uri_empty_values.txt: 3 added, 0 duplicate, 0 skipped, 0 refused
  uri_html_escaped.txt: 2 added, 0 duplicate, 0 skipped, 0 refused
  uri_mixed_case_keys.txt: 2 added, 0 duplicate, 0 skipped, 0 refused
  uri_no_label.txt: 2 added, 0 duplicate, 0 skipped, 0 refused
  vmfa: note: an account without a name: it is called unnamed-0cd936
  vmfa: note: an account without a name: it is called Shop
  uri_plus_is_space.txt: 3 added, 0 duplicate, 0 skipped, 0 refused
  uri_several_on_a_line.txt: 4 added, 0 duplicate, 0 skipped, 0 refused
  uri_steam.txt: 2 added, 0 duplicate, 0 skipped, 0 refused
  vmfa: note: an account without a name: it is called Steam
  uri_trailing_text.txt: 4 added, 0 duplicate, 0 skipped, 0 refused
  utf16be_bom.txt: 2 added, 0 duplicate, 0 skipped, 0 refused
  utf16le_bom.txt: 2 added, 0 duplicate, 0 skipped, 0 refused
  freeotp1.xml: 1 added, 0 duplicate, 0 skipped, 0 refused
  utf16_pskc.xml: 1 added, 0 duplicate, 0 skipped, 0 refused

Pipes and standard input are files:

  $ export VMFA_VAULT=$PWD/piped.vault; vmfa vault init > /dev/null
  $ vmfa import - < "$vectors/bugs/uris.json"
  added Shop:ann
  added Shop:ben
  2 added, 0 duplicate, 0 skipped, 0 refused
  $ vmfa import <(cat "$vectors/bugs/uris.json") <(cat "$vectors/bugs/stratum.json") | tail -n 1; cat "$vectors/bugs/duo.json" | vmfa import /dev/stdin | tail -n 1
  2 added, 3 duplicate, 0 skipped, 0 refused
  1 added, 1 duplicate, 0 skipped, 0 refused
  $ printf "GEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n" | vmfa import -
  vmfa: note: an account without a name: it is called unnamed-c775e7
  added unnamed-c775e7
  1 added, 0 duplicate, 0 skipped, 0 refused

What cannot be read says what it is, and what to do:

  $ printf '\254\355\000\005sr' > externalBackup.xml; printf 'AUTHENTICATORPRO....' > backup.stratum; printf '\003\331\242\232g\373K\265' > p.kdbx; printf 'PK\003\004....' > e.1pux
  $ printf 'SQLite format 3\000' > PhoneFactor; echo '{"version": 1, "salt": "x", "content": "x"}' > proton.json; printf '\377\376a' > cut.txt
  $ for file in externalBackup.xml backup.stratum p.kdbx e.1pux PhoneFactor proton.json cut.txt; do ends vmfa import $file; done
  vmfa: error: this is FreeOTP 2's encrypted backup, which vmfa cannot read: import it into Aegis, and export from there
  status 65
  vmfa: error: this is an encrypted backup of Stratum, whose key needs Argon2id, which libcrypto 3.0 lacks: back up without a password
  status 65
  vmfa: error: this is a KeePass database, which vmfa does not open: export its entries as CSV, with KeePassXC
  status 65
  vmfa: error: the zip archive is broken or cut off
  status 65
  vmfa: error: this is an SQLite database, such as Microsoft Authenticator's PhoneFactor, which vmfa does not read: sqlite3 -csv -header FILE 'select name issuer, username, oath_secret_key secret from accounts where account_type = 0' writes a table that it reads
  status 65
  vmfa: error: this is an encrypted export of Proton Authenticator, whose key needs Argon2id, which libcrypto 3.0 lacks: export without a password
  status 65
  vmfa: error: the file cannot be read: the text is UTF-16, and is cut off
  status 65
  $ VMFA_VAULT=$PWD/pux.vault; vmfa vault init > /dev/null; vmfa import "$vectors/import/onepassword.1pux"
  vmfa: note: entry 2 (Note): it holds no OTP secret
  added Shop:ann
  1 added, 0 duplicate, 1 skipped, 0 refused
