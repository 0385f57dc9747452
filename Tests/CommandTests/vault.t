The vault: accounts in, codes out, and nothing lost.

  $ . "$TESTDIR/setup.sh"
  $ printf 'correct horse battery\n' > pass; export VMFA_PASSPHRASE_FILE=$PWD/pass
  $ S=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
  $ ends vmfa list
  vmfa: error: there is no vault at */home/.local/share/vmfa/vault.json (glob)
  vmfa: hint: vmfa vault init makes one, vmfa vault restore FILE brings one back
  status 66
  $ vmfa vault init
  made */home/.local/share/vmfa/vault.json (glob)
  $ ends vmfa vault init
  vmfa: error: there is a vault at */home/.local/share/vmfa/vault.json already (glob)
  status 73
  $ stat -c %a "$data" "$data/vault.json"
  700
  600

Added from standard input, as secret and as URI; twice is once:

  $ printf $S | vmfa add aws --issuer AWS
  added AWS:aws
  $ printf "otpauth://totp/Ex:bob?secret=$S&digits=8&issuer=Ex" | vmfa add --json | sed 's/"id":"[^"]*"/"id":ID/'
  [{"algorithm":"SHA1","digits":8,"id":ID,"issuer":"Ex","name":"bob","period":30,"type":"totp"}]
  $ printf $S | vmfa add aws --issuer AWS
  vmfa: note: AWS:aws is there already
  $ printf $S | ends vmfa add
  vmfa: error: the account has no name that can be typed
  vmfa: hint: vmfa add NAME gives it one
  status 64
  $ printf $S | vmfa add counted --hotp --counter 1 --issuer Ex
  added Ex:counted
  $ printf GEZDGNB1 | ends vmfa add bad
  vmfa: error: character 8 is not base32: the letters A to Z and the digits 2 to 7 are
  status 65

Codes: six digits and a newline, nothing on standard error, no prompt:

  $ sh -c 'vmfa code aws' 2> said > code.txt; wc -c < code.txt; grep -c '^[0-9]\{6\}$' code.txt; cat said
  7
  1
  $ vmfa code aws --at 59
  287082
  $ vmfa code Ex:bob --at 59 --remaining
  94287082\t1 (esc)
  $ vmfa pair aws --at 59
  755224
  287082

A counter is moved on before its code is printed:

  $ vmfa code counted; vmfa code counted; vmfa pair counted; vmfa code counted --json
  287082
  359152
  969429
  338314
  {"code":"254676","counter":5}

Names: exact, in any case, as a prefix, by issuer; several are listed:

  $ vmfa code AWS:AWS --at 59; vmfa code b --at 59
  287082
  94287082
  $ printf $S | vmfa add bobby > /dev/null; vmfa code bob --at 59
  94287082
  $ ends vmfa code bo --at 59
    ????????-????-????-????-????????????  Ex:bob (glob)
    ????????-????-????-????-????????????  bobby (glob)
  vmfa: error: bo fits several accounts
  vmfa: hint: write more of the name, ISSUER:ACCOUNT, or the id in front of it
  status 65
  $ vmfa code "$(vmfa code bo 2>&1 | sed -n 's/^  \(.*\)  bobby$/\1/p')" --at 59
  287082
  $ ends vmfa code nobody
  vmfa: error: there is no account nobody
  vmfa: hint: vmfa list shows them all
  status 66

An MFA serial answers to its user, and to the profile that names it:

  $ printf $S | vmfa add arn:aws:iam::123456789012:mfa/alice > /dev/null
  $ mkdir -p "$HOME/.aws" && printf '[profile work]\nregion = eu-west-1\nmfa_serial = arn:aws:iam::123456789012:mfa/alice\n' > "$HOME/.aws/config"
  $ vmfa code alice --at 59; vmfa code work --at 59; vmfa code arn:aws:iam::123456789012:mfa/alice --at 59
  287082
  287082
  287082
  $ vmfa list --codes --at 59 | tr -s ' '
  NAME ISSUER TYPE CODE AWS SERIAL
  aws AWS totp 287082
  bob Ex totp 94287082
  counted Ex hotp -
  bobby totp 287082
  arn:aws:iam::123456789012:mfa/alice totp 287082 arn:aws:iam::123456789012:mfa/alice

Changes:

  $ vmfa rename bobby robert && vmfa edit robert --digits 8 --issuer R && vmfa code robert --at 59
  renamed bobby to robert
  changed R:robert
  94287082
  $ ends setsid -w vmfa remove robert
  vmfa: error: removing wants to be confirmed
  vmfa: hint: --confirm 'R:robert'
  status 64
  $ ends vmfa remove robert --confirm bob
  vmfa: error: --confirm does not name the account
  vmfa: hint: --confirm 'R:robert'
  status 64
  $ vmfa remove robert --confirm robert
  removed R:robert
  $ vmfa show aws --uri --no-input
  otpauth://totp/AWS:aws?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=AWS
  $ vmfa show aws --png a.png --no-input && zbarimg -q --raw --nodbus a.png
  otpauth://totp/AWS:aws?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=AWS

An independent reader opens the file:

  $ "$TESTDIR/../../.build/tools/venv/bin/python" "$TESTDIR/aegis.py" "$data/vault.json" pass
  AWS aws totp GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
  Ex bob totp GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
  Ex counted hotp GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
   arn:aws:iam::123456789012:mfa/alice totp GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ

The passphrase: wrong, missing, from a command, changed:

  $ printf wrong > wrong; ends vmfa list --passphrase-file wrong
  vmfa: error: the passphrase does not open the vault
  status 77
  $ VMFA_PASSPHRASE_FILE= ends setsid -w vmfa list
  vmfa: error: the passphrase is needed, and there is no terminal to ask for it
  vmfa: hint: --passphrase-file FILE or --passphrase-command COMMAND gives it
  status 77
  $ VMFA_PASSPHRASE_FILE= vmfa code aws --at 59 --passphrase-command 'cat pass'
  287082
  $ VMFA_PASSPHRASE_FILE= ends vmfa code aws --passphrase-command false
  vmfa: error: the passphrase command failed
  status 77
  $ printf 'Zo\303\253 new\n' > new && vmfa vault passphrase --new-passphrase-file new > /dev/null && vmfa list 2> /dev/null
  [77]
  $ printf 'Zoe\314\210 new' > nfd && vmfa code aws --at 59 --passphrase-file nfd
  287082
  $ vmfa vault passphrase --passphrase-file new --new-passphrase-file pass > /dev/null

An environment that names the old passphrase does not make it the new one, and nothing is no passphrase:

  $ ends setsid -w vmfa vault passphrase
  vmfa: error: a new passphrase is needed, and there is no terminal to ask for it
  vmfa: hint: --passphrase-file FILE gives it, and --new-passphrase-file FILE to vault passphrase
  status 77
  $ ends vmfa vault init --vault empty.json --passphrase-file /dev/null
  vmfa: error: the new passphrase is empty
  status 65
  $ vmfa code counted --remaining 2> /dev/null; vmfa list --json | grep -c counted
  1
  $ vmfa code counted --json | field counter
  6
  $ vmfa edit counted --hotp --digits 8 > /dev/null && vmfa code counted --json | field counter
  7

Copies:

  $ vmfa vault backup copy.json
  wrote 4 accounts to copy.json
  $ ends vmfa vault backup copy.json
  vmfa: error: copy.json exists already
  status 73
  $ for name in aws bob counted alice; do vmfa remove $name --confirm "$(vmfa list --json | python3 -c 'import json, sys; print(next(a["name"] for a in json.load(sys.stdin) if sys.argv[1] in a["name"]))' $name)" > /dev/null; done
  $ vmfa vault info --json | field accounts
  0
  $ vmfa export --format aegis --plaintext --output plain.json && ends vmfa vault restore plain.json
  vmfa: error: plain.json cannot be restored: the copy is not encrypted; vmfa import takes its accounts
  status 65
  $ vmfa vault restore copy.json
  restored 4 accounts to */vault.json (glob)
  $ vmfa code aws --at 59
  287082

Files that are not safe, or damaged:

  $ chmod 644 "$data/vault.json" && ends vmfa list
  vmfa: error: */vault.json: others may use it: it must have mode 0600 (glob)
  vmfa: hint: chmod 600 */vault.json (glob)
  status 77
  $ chmod 600 "$data/vault.json" && cp "$data/vault.json" whole && head -c 300 whole > "$data/vault.json" && ends vmfa list
  vmfa: error: the vault cannot be read: the JSON is broken at byte 300
  vmfa: hint: the version before the last save is beside it, ending in .bak: vmfa vault restore
  status 65
  $ printf $S | vmfa add lost 2> /dev/null; stat -c %s "$data/vault.json"
  300
  $ cp whole "$data/vault.json"
  $ truncate -s 1G huge && chmod 600 huge && ends vmfa list --vault huge
  vmfa: error: huge: it is longer than 67108864 bytes
  status 65

A folder that may not be written to loses nothing (as another user, since root passes every mode):

  $ mkdir locked && cp whole locked/vault.json && cp pass locked/pass && chmod 711 "$CRAMTMP" . && chmod 600 locked/* && chmod 555 locked
  $ if [ "$(id -u)" = 0 ]; then chown -R 65534 locked; as="setpriv --reuid 65534 --clear-groups"; fi
  $ printf $S | ends $as vmfa add lost --vault locked/vault.json --passphrase-file locked/pass
  vmfa: error: locked/vault.json.lock: Permission denied
  status 74
  $ cmp locked/vault.json whole && chmod 755 locked

Ten at once lose nothing; on a slow machine some say whom they wait for:

  $ for n in $(seq ${VMFA_PARALLEL:-10}); do printf $S | vmfa add "parallel $n" 2>&1 > /dev/null & done > said; wait; grep -v 'is waited for' said
  [1]
  $ vmfa list --json | grep -o '"name":"parallel' | wc -l
  10

Names are completed where that was asked for, and only there:

  $ export XDG_STATE_HOME=$PWD/state; vmfa ---completion code -- positional@0 0 0 '' | grep .
  [1]
  $ vmfa vault completion on; vmfa rename aws amazon > /dev/null; ls "$XDG_STATE_HOME/vmfa"; stat -c %a "$XDG_STATE_HOME/vmfa/names"; grep -c AWS:amazon "$XDG_STATE_HOME/vmfa/names"
  completion of account names is on
  names
  600
  1
  $ vmfa ---completion code -- positional@0 0 0 '' | head -1
  AWS:amazon
  $ vmfa vault init --vault other.vault > /dev/null; printf $S | vmfa add elsewhere --vault other.vault > /dev/null; grep -c AWS:amazon "$XDG_STATE_HOME/vmfa/names"
  1
  $ vmfa vault backup named.json > /dev/null; vmfa rename amazon aws > /dev/null; vmfa vault restore named.json > /dev/null; grep -c AWS:amazon "$XDG_STATE_HOME/vmfa/names"
  1
  $ ends vmfa vault completion on --vault other.vault | head -n 1
  vmfa: error: names are completed of the vault that is meant where none is named
  $ touch "$XDG_STATE_HOME/vmfa/names.vmfa-0123456789abcdef.tmp"; vmfa vault completion off; ls "$XDG_STATE_HOME/vmfa"
  completion of account names is off

Where a file is meant, files are completed, with whatever is in their names:

  $ vmfa --generate-completion-script bash > completions && mkdir files && touch "files/my codes.json" && . ./completions
  $ complete() { COMP_WORDS=("$@" files/); COMP_CWORD=$#; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMPREPLY=(); _vmfa vmfa files/ "${!#}"; echo "${COMPREPLY[@]}"; }
  $ complete vmfa import; complete vmfa vault restore; complete vmfa add --qr; complete vmfa serve --tls-key; complete vmfa add --issuer
  files/my codes.json
  files/my codes.json
  files/my codes.json
  files/my codes.json
  

A code that was printed is not printed again with --fresh; elsewhere nothing is waited for:

  $ printf $S | vmfa add quick --period 1 > /dev/null; vmfa code quick > one; vmfa code quick --fresh 2> said > two; cat one two | sort -u | wc -l
  2
  $ ends vmfa code quick --fresh --at 59
  vmfa: error: --fresh waits for the clock, and --at is none
  vmfa: hint: vmfa code --help shows how it is used
  status 64

Nor is what a pair has shown, and who waits beside others has a code of their own:

  $ printf $S | vmfa add hourly --period 3600 > /dev/null; early_in_the_hour; vmfa pair hourly > /dev/null
  $ timeout 1 vmfa code hourly --fresh 2> said; echo "status $?"; grep -c 'the next one comes in' said
  status 124
  1
  $ for each in 1 2 3; do vmfa code quick --fresh 2> /dev/null > fresh$each & done; wait; sort -u fresh1 fresh2 fresh3 | wc -l
  3

A vault without encryption takes no passphrase, and can be given one:

  $ cp "$vectors/import/aegis_plain.json" plain.vault; chmod 600 plain.vault
  $ env -u VMFA_PASSPHRASE_FILE vmfa code sha1-8digits --vault plain.vault --at 59 --no-input
  vmfa: warning: the vault is not encrypted: vmfa vault passphrase does that
  94287082
  $ ends env -u VMFA_PASSPHRASE_FILE vmfa export --format aegis --vault plain.vault 2>&1 | tail -n 3
  vmfa: error: the vault has no passphrase
  vmfa: hint: --export-passphrase-file FILE gives the export one
  status 64
  $ (umask 077; echo four random words here > chosen); vmfa vault passphrase --vault plain.vault --new-passphrase-file chosen 2>&1 | tail -n 2
  vmfa: warning: * (glob)
  changed the passphrase of plain.vault
  $ vmfa code sha1-8digits --vault plain.vault --at 59 --passphrase-file chosen
  94287082

Whoever changes the vault meanwhile is waited for, and after a second that is said:

  $ flock "$data/vault.json.lock" sleep 3 & sleep 0.5; printf $S | vmfa add later; wait
  vmfa: note: another program is changing the vault, and is waited for
  added later
  $ vmfa remove later --confirm later
  removed later

What could not be shown is fresh as before:

  $ printf $S | vmfa add unseen --period 3600 > /dev/null; early_in_the_hour; vmfa code unseen --fresh > /dev/full
  vmfa: error: standard output: No space left on device
  [74]
  $ timeout 5 vmfa code unseen --fresh | wc -c
  7

A whole name is meant before a part of another; where two have the same one, their ids tell them apart:

  $ printf $S | vmfa add eve --issuer GitHub --digits 8 > /dev/null; printf $S | vmfa add eve > /dev/null; vmfa code eve --at 59
  287082
  $ printf JBSWY3DPEHPK3PXP | vmfa add eve --digits 7 > /dev/null; ends vmfa code eve --at 59 | tail -n 1
  status 65
  $ vmfa code "$(vmfa list --json | python3 -c 'import json, sys; print(next(a["id"] for a in json.load(sys.stdin) if a["digits"] == 7))')" --at 59 | wc -c
  8

Names from anybody's file stay on their line, and an export does not take the vault's place:

  $ printf $S | vmfa add "$(printf 'two\nlines \342\200\256')" > /dev/null; vmfa list | grep -c '^two?lines ? '
  1
  $ vmfa show 'two' --uri --no-input | grep -c otpauth
  1
  $ ends vmfa export --format otpauth --plaintext --output "$data/vault.json"
  vmfa: error: */vault.json is the vault itself (glob)
  vmfa: hint: vmfa vault backup copies it
  status 64
  $ ends vmfa export --format otpauth --plaintext --qr --output codes | head -n 1
  vmfa: error: --output writes a file, --qr and --png draw it: choose one

A vault enables a device of the verifier:

  $ create alice && printf $secret | vmfa add verifier > /dev/null
  $ vmfa pair verifier | xargs vmfa device enable "$id"
  accepted

A name is never empty, neither an account's nor one that is asked for; a counter has no period:

  $ export VMFA_VAULT=$PWD/solo.vault && vmfa vault init > /dev/null && printf $S | vmfa add solo --hotp > /dev/null
  $ for words in 'code' 'remove --confirm solo' 'show --uri'; do vmfa ${words%% *} "" $(echo "$words " | cut -d' ' -f2-) 2>&1; echo "status $?"; done
  vmfa: error: the name of the account is empty
  status 64
  vmfa: error: the name of the account is empty
  status 64
  vmfa: error: the name of the account is empty
  status 64
  $ ends vmfa rename solo ' '
  vmfa: error: the new name is empty, or cannot be typed
  status 65
  $ for name in - $'\u200b'; do ends vmfa rename -- solo "$name"; done
  vmfa: error: the new name is empty, or cannot be typed
  status 65
  vmfa: error: the new name is empty, or cannot be typed
  status 65
  $ echo GEZDGNBVGY3TQOJQ | ends vmfa add work --issuer 'otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ'
  vmfa: error: a URI is not an issuer: it holds a secret, which others could read as an argument
  vmfa: hint: give the URI on standard input
  status 64
  $ ends vmfa user create 'otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ'
  vmfa: error: a URI is not the name of a user: it holds a secret, which others could read as an argument
  vmfa: hint: give the URI on standard input
  status 64
  $ vmfa list --json | grep -o '"period":[^,]*'
  "period":null

Of a vault whose slots are not all whole, a wrong passphrase is a wrong passphrase:

  $ python3 -c 'import copy, json; f = json.load(open("solo.vault")); s = copy.deepcopy(f["header"]["slots"][0]); s["n"] = 0; f["header"]["slots"].append(s); json.dump(f, open("slots.vault", "w"))' && chmod 600 slots.vault
  $ (umask 077; echo wrong > wrong); vmfa list --vault slots.vault | tail -n 1; ends vmfa list --vault slots.vault --passphrase-file wrong
  solo          hotp
  vmfa: error: the passphrase does not open the vault
  status 77

What does not fit into a QR code is named, and leaves the others and no half of an export:

  $ printf "otpauth://totp/%05000d?secret=$S\notpauth://totp/short?secret=$S\n" 0 > long.txt && vmfa import long.txt 2> /dev/null | tail -n 1
  2 added, 0 duplicate, 0 skipped, 0 refused
  $ vmfa export --format otpauth --plaintext --png long 2>&1 | cut -c 1-20,5000-5160; vmfa export --format google --plaintext --png batch 2>&1 | wc -l; ls long* batch*
  vmfa: warning: 000000000000000000000 was left out: with its name and secret it is longer than the 2953 bytes that a QR code holds
  1
  batch-1.png
  long-1.png
  long-2.png
  long.txt

Programs that end without reading what they are given end nothing else; what was shown and cannot be noted is told of:

  $ mkdir stubs && printf '#!/bin/sh\nexit 1\n' > stubs/xclip && cp stubs/xclip stubs/zbarimg && chmod +x stubs/*
  $ for round in 1 2 3 4 5 6 7 8; do printf $S | DISPLAY=:99 PATH=$PWD/stubs:$PATH setsid -w vmfa code - --copy; echo "status $?"; done 2>&1 | sort | uniq -c
        8 status 69
        8 vmfa: error: there is neither a clipboard nor a terminal to copy to
  $ for round in 1 2 3 4 5 6 7 8; do PATH=$PWD/stubs:$PATH vmfa import long-1.png --dry-run > /dev/null 2>&1; echo "status $?"; done | sort | uniq -c
        8 status 65
  $ printf $S | vmfa add timed > /dev/null; XDG_STATE_HOME=/proc/nope vmfa code timed --fresh | wc -c
  vmfa: warning: it cannot be noted that this code was printed (XDG_STATE_HOME): --fresh may give it once more
  7

An entry that came without an id has the same one each time:

  $ vmfa export --format aegis --plaintext > bare.vault && python3 -c 'import json; f = json.load(open("bare.vault")); [e.pop("uuid") for e in f["db"]["entries"]]; json.dump(f, open("bare.vault", "w"))' && chmod 600 bare.vault
  $ for round in 1 2; do vmfa list --vault bare.vault --json 2> /dev/null | python3 -c 'import json, sys; ids = [a["id"] for a in json.load(sys.stdin)]; print(len(ids), len(set(ids)), [len(part) for part in ids[0].split("-")]); open("ids", "a").write(f"{ids}\n")'; done; uniq ids | wc -l
  4 4 [8, 4, 4, 4, 12]
  4 4 [8, 4, 4, 4, 12]
  1
