Recovery codes: ten, shown once, each good once, under the same throttle as any other code.

  $ . "$TESTDIR/setup.sh"
  $ ends vmfa recovery create alice
  vmfa: error: there is no vmfa database at */verifier.db (glob)
  vmfa: hint: vmfa enroll USER or vmfa database migrate makes it; --database names another one
  status 66
  $ create alice && ends vmfa recovery create alice
  vmfa: error: the user alice has no enabled device
  vmfa: hint: vmfa enroll USER makes one
  status 66
  $ enrol bob && vmfa recovery create bob > codes && wc -l < codes && grep -cE '^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$' codes
  10
  10
  $ vmfa verify bob $(sed -n 1p codes)
  vmfa: note: that was a recovery code: 9 left
  accepted
  $ vmfa verify bob $(sed -n 1p codes)
  vmfa: the code was used before, or is older than one that was: wait for the next one
  rejected
  [1]
  $ sed -n 2p codes | tr 'A-Z' 'a-z' | tr -d - | vmfa verify bob - 2> /dev/null
  accepted
  $ vmfa recovery count bob && vmfa user show bob --json | field recovery_codes_left
  8
  8
  $ vmfa recovery create bob --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["recovery_codes"]))'
  10
  $ vmfa verify bob $(sed -n 3p codes) 2> /dev/null
  rejected
  [1]
  $ vmfa recovery create bob > /dev/full
  vmfa: error: *: No space left on device* (glob)
  vmfa: hint: the codes from before are void all the same: make new ones once there is room
  [74]
  $ (trap '' PIPE; (sleep 1; exec vmfa recovery create bob) | true; echo ${PIPESTATUS[0]})
  vmfa: note: the codes from before are void all the same, and nobody has the new ones: make others
  141

A reader who goes after one line gets that one, and the others stay good:

  $ for _ in $(seq 20); do vmfa recovery create bob | dd bs=4096 count=1 status=none | wc -l; done | uniq -c | tr -s ' '
   20 10
  $ enrol carol && vmfa recovery create carol > hers && vmfa verify bob $(head -n 1 hers) 2> /dev/null
  rejected
  [1]
  $ ends vmfa verify bob ABCD-EFGH-IJKL
  vmfa: error: a code is 6, 7 or 8 digits from 0 to 9 and nothing else
  status 65
  $ vmfa user show bob --json | field failures
  2
  $ grep -l -f codes "$data"/* || echo nowhere
  nowhere
