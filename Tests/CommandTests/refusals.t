Wrong input: a message, an exit status, and nothing changed.

  $ . "$TESTDIR/setup.sh"
  $ enrol alice
  $ vmfa user show alice --json > before.json

Codes in every spelling: either the code, or an error. The first one spends it.

  $ python3 - "$vectors/codes/input_variants.json" <<'EOF'
  > import json, subprocess, sys
  > for variant in json.load(open(sys.argv[1]))["variants"]:
  >     if "\0" in variant: continue  # no argument can hold it; below it comes from standard input
  >     done = subprocess.run(["vmfa", "verify", "alice", variant, "--at", "1750000000"], capture_output=True, text=True)
  >     print(done.returncode, ascii(variant))
  > EOF
  1 ' 678608'
  1 '678608 '
  1 '678 608'
  65 '678-608'
  65 '+678608'
  1 '678608\n'
  65 '0678608'
  65 '67860'
  65 '6786080'
  65 '\uff16\uff17\uff18\uff16\uff10\uff18'
  65 '\u0666\u0667\u0668\u0666\u0660\u0668'
  65 '6_78608'
  65 ''
  65 '0x678608'
  65 '\u200b678608'
  65 '-678608'
  65 '678608.0'
  65 '1e5'
  $ printf '678608\0' | ends vmfa verify alice -
  vmfa: error: a code is 6, 7 or 8 digits from 0 to 9 and nothing else
  status 65
  $ ends vmfa verify alice 1234567
  vmfa: error: alice's device shows 6 digits; this has 7
  status 65
  $ ends vmfa verify alice 123
  vmfa: error: alice's device shows 6 digits; this has 3
  status 65
  $ ends vmfa verify nobody 123
  vmfa: error: a code is 6, 7 or 8 digits, not 3
  status 65
  $ ends vmfa device resync $id 1234567 123456
  vmfa: error: the first code: alice's device shows 6 digits; this has 7
  status 65
  $ printf '123 456\n123 4\n' | ends vmfa device resync $id -
  vmfa: error: the second code: alice's device shows 6 digits; this has 4
  status 65
  $ first=$id; create alice --name second --digits 8; ends vmfa device enable $id 123456 123456
  vmfa: error: the first code: alice's device shows 8 digits; this has 6
  status 65
  $ vmfa device enable $id $(printf $secret | vmfa pair - --digits 8 --at $((now - 600))) --at $((now - 600)) > /dev/null; printf '1\302\240234\n' | ends vmfa verify alice -
  vmfa: error: alice's devices show 6 or 8 digits; this has 4
  status 65
  $ vmfa device delete $id --force > /dev/null; id=$first
  $ ends vmfa device resync $id 123456 -123456
  vmfa: error: a code is 6, 7 or 8 digits from 0 to 9 and nothing else
  status 65
  $ ends vmfa device resync $id 123456
  vmfa: error: the second code is missing
  vmfa: hint: two consecutive codes are needed, or - for standard input
  status 64
  $ printf '123456' | ends vmfa device resync $id -
  vmfa: error: standard input holds 1 codes, and two are needed
  status 65

Only the four that are codes were counted:

  $ vmfa user show alice --json | field failures
  4

A code in the groups that apps show, with spaces that are not ASCII, is that code; as often as it is written, it is good once:

  $ enrol dora; grouped=$(code | sed 's/.../& /')
  $ vmfa verify dora "$grouped" --at $now; vmfa verify dora "$(code)" --at $now 2> /dev/null
  accepted
  rejected
  [1]
  $ code 1 | sed 's/.../&\xc2\xa0/' | vmfa verify dora - --at $((now + 30)); vmfa verify dora "$(code 1 | sed 's/.../& /')" --at $((now + 30)) 2> /dev/null
  accepted
  rejected
  [1]
  $ vmfa recovery create dora > codes; vmfa verify dora "$(sed -n '1s/-/\xc2\xa0/gp' codes)" 2> /dev/null
  accepted
  $ pair 4 | sed 's/.../& /' | vmfa device resync $id - --at $((now + 120))
  accepted

User names:

  $ for bad in '' ' a' 'a ' "$(printf 'a\nb')" "$(printf '\a')" "$(printf 'x%.0s' $(seq 300))"; do ends vmfa device create "$bad"; done
  vmfa: error: the user name is empty
  status 65
  vmfa: error: a user name neither begins nor ends with a space
  status 65
  vmfa: error: a user name neither begins nor ends with a space
  status 65
  vmfa: error: the user name holds a character that cannot be printed, such as a line break
  status 65
  vmfa: error: the user name holds a character that cannot be printed, such as a line break
  status 65
  vmfa: error: a user name has at most 128 characters, not 300
  status 65

Names, issuers, parameters:

  $ ends vmfa device create alice --name 'a b'
  vmfa: error: a device name is made of letters, digits and _+=,.@- (ASCII)
  status 65
  $ ends vmfa device create bob --name alice
  vmfa: error: there is a device arn:aws:iam::*:mfa/alice already (glob)
  vmfa: hint: choose another --name
  status 73
  $ ends vmfa device create alice --issuer "$(printf 'x%.0s' $(seq 65))"
  vmfa: error: an issuer has at most 64 characters, not 65
  status 65
  $ ends vmfa device create alice --issuer ''
  vmfa: error: the issuer is empty, has a space at an end, or holds what cannot be printed
  status 65
  $ long() { python3 -c 'import sys; print("\U0001F600" * int(sys.argv[1]))' $1; }
  $ ends vmfa device create "$(long 128)" --issuer "$(long 64)"
  vmfa: error: issuer and user make a URI of 3136 bytes, and a QR code has room for 2900: take a shorter issuer
  status 65
  $ for bad in '--digits 9' '--algorithm md5' '--period 0' '--qr-mode sixel' '--wat'; do vmfa device create alice $bad 2> /dev/null; echo "status $?"; done
  status 64
  status 64
  status 64
  status 64
  status 64

What is not there:

  $ ends vmfa verify nobody 123456
  vmfa: error: there is no user nobody
  vmfa: hint: vmfa user list shows them all
  status 66
  $ for verb in show deactivate delete unlock; do vmfa device $verb arn:aws:iam::123456789012:mfa/nothing 2> /dev/null; echo "status $?"; done
  status 66
  status 66
  status 66
  status 66
  $ ends vmfa device enable nothing 123456 123457
  vmfa: error: there is no device nothing
  vmfa: hint: vmfa device list shows them all
  status 66
  $ ends vmfa user unlock nobody
  vmfa: error: there is no user nobody
  vmfa: hint: vmfa user list shows them all
  status 66

Images that cannot be written leave no device behind:

  $ ends vmfa device create erin --png nowhere/a.png
  vmfa: error: there is no nowhere
  status 66
  $ mkdir folder && vmfa device create erin --png kept.png --svg folder 2> /dev/null; ls *.png
  ls: cannot access '*.png': No such file or directory
  [2]
  $ mkfifo pipe && ln -s before.json link && for bad in pipe link /dev/null; do ends vmfa device create erin --png $bad; done
  vmfa: error: pipe: it is no regular file
  status 65
  vmfa: error: link: it is no regular file
  status 65
  vmfa: error: /dev/null: it is no regular file
  status 65
  $ vmfa device list --user erin
  SERIAL  USER  STATUS  LAST USED
  $ ls folder

Nor does output that goes nowhere:

  $ vmfa device create erin --json > /dev/full
  vmfa: error: standard output: No space left on device
  [74]
  $ vmfa account init > /dev/full 2> /dev/null; vmfa token create t --scope verify > /dev/full 2> /dev/null; vmfa token list --json
  []
  $ vmfa account init 2> /dev/null | cut -d ' ' -f 1; vmfa token create t --scope verify 2> /dev/null | wc -l
  account
  access
  secret
  1
  $ (sleep 1; exec vmfa device create erin --json) | true; echo ${PIPESTATUS[0]}
  141
  $ ends vmfa verify erin 123456
  vmfa: error: there is no user erin
  vmfa: hint: vmfa user list shows them all
  status 66

What is read to the first line is made:

  $ for i in $(seq 20); do vmfa device create early$i | dd bs=4096 count=1 status=none | wc -l; done | uniq -c | tr -s ' '
   20 5
  $ vmfa device list | grep -c early
  20

The command line:

  $ ends vmfa verify alice 123456 --at -1
  vmfa: error: Missing value for '--at <time>'
  vmfa: hint: vmfa verify --help shows how it is used
  status 64

  $ ends vmfa verify alice
  vmfa: error: Missing expected argument '<code>'
  vmfa: hint: vmfa verify --help shows how it is used
  status 64
  $ ends vmfa device frobnicate
  vmfa: error: Unexpected argument 'frobnicate'
  vmfa: hint: vmfa device --help shows how it is used
  status 64
  $ ends vmfa enroll alice --no-input
  vmfa: error: enrolling needs a dialogue, and --no-input forbids it
  vmfa: hint: vmfa device create and vmfa device enable do the same in two steps
  status 64
  $ ends setsid -w vmfa enroll alice
  vmfa: error: there is no terminal to hold the dialogue at
  vmfa: hint: vmfa device create and vmfa device enable do the same in two steps
  status 64
