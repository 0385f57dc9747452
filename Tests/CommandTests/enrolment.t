From a new device to a spent code, in the two steps for scripts.

  $ . "$TESTDIR/setup.sh"
  $ vmfa device create alice --json --png a.png --svg a.svg > new.json
  $ python3 -c 'import json; print(sorted(json.load(open("new.json"))))'
  ['id', 'secret', 'serial', 'uri', 'user']
  $ secret=$(field secret < new.json) id=$(field id < new.json) serial=$(field serial < new.json)

The image holds the printed URI, for its owner's eyes only:

  $ test "$(zbarimg -q --raw --nodbus a.png)" = "$(field uri < new.json)" && echo same
  same
  $ stat -c '%a %n' a.png a.svg "$data" "$data"/verifier.db "$data"/master.key | sed "s|$HOME||"
  600 a.png
  600 a.svg
  700 /.local/share/vmfa
  600 /.local/share/vmfa/verifier.db
  600 /.local/share/vmfa/master.key
  $ test "$(printf $secret | vmfa code - --at $now)" = "$(oathtool --totp -b $secret -N @$now)" && echo same
  same

Until it is enabled the device opens nothing:

  $ ends vmfa verify alice $(code) --at $now
  vmfa: the user has no active device; vmfa enroll makes one
  rejected
  status 1

The pair (T-1, T), by serial; then the code of T+1:

  $ vmfa device enable $serial $(pair) --at $now
  accepted
  $ vmfa verify alice $(code 1) --at $now
  accepted
  $ ends vmfa verify alice $(code 1) --at $now
  vmfa: the code was used before, or is older than one that was: wait for the next one
  rejected
  status 1
  $ vmfa verify alice $(code 1) --at $now --json 2> /dev/null
  {"reason":"reused","result":"rejected"}
  [1]
  $ code 2 | vmfa verify alice - --at $((now + 60)) --json
  {"device":"arn:aws:iam::*:mfa/alice","result":"accepted"} (glob)

Once more is too often:

  $ ends vmfa device enable $id $(pair 4) --at $((now + 120))
  vmfa: error: the device arn:aws:iam::*:mfa/alice is already enabled (glob)
  vmfa: hint: vmfa device resync sets its clock again
  status 73

Same code twice, swapped, with a gap, spent: one answer.

  $ for pair in "$(code 9) $(code 9)" "$(code 10) $(code 9)" "$(code 8) $(code 10)" "$(pair 1)"; do
  >   ends vmfa device resync $id $pair --at $((now + 300))
  > done
  vmfa: these are not two consecutive, unused codes of the device in the order in which it showed them: wait for a new code and give it and the one after it
  rejected
  status 1
  vmfa: these are not two consecutive, unused codes of the device in the order in which it showed them: wait for a new code and give it and the one after it
  rejected
  status 1
  vmfa: these are not two consecutive, unused codes of the device in the order in which it showed them: wait for a new code and give it and the one after it
  rejected
  status 1
  vmfa: these are not two consecutive, unused codes of the device in the order in which it showed them: wait for a new code and give it and the one after it
  rejected
  status 1

A resync reaches a day, and both its codes are spent:

  $ pair 2880 | vmfa device resync $id - --at $now --json
  {"device":"arn:aws:iam::*:mfa/alice","drift":2880,"result":"accepted"} (glob)
  $ vmfa device resync $id $(pair 2880) --at $now 2> /dev/null
  rejected
  [1]
  $ enrol bob
  $ vmfa device resync $id $(pair 2881) --at $now 2> /dev/null
  rejected
  [1]
  $ vmfa device resync $id $(pair 2880) --at $now
  accepted

The watermark, carried a day ahead, comes down only on request:

  $ vmfa device resync $id $(pair) --at $now 2> /dev/null
  rejected
  [1]
  $ vmfa device resync $id $(pair) --at $now --reset-watermark
  accepted

A clock that is ten steps off is taken into account, eleven are too many:

  $ create carl
  $ vmfa device enable $id $(pair -11) --at $now 2> /dev/null
  rejected
  [1]
  $ vmfa device enable $id $(pair 11) --at $now 2> /dev/null
  rejected
  [1]
  $ vmfa device enable $id $(pair -10) --at $now
  accepted
  $ vmfa device show $id --json | field drift
  -10
  $ create dora && vmfa device enable $id $(pair 10) --at $now && vmfa device show $id | grep drift
  accepted
  drift          10 steps
