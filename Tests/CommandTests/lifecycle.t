Devices and users: listing, locking, unlocking, taking away.

  $ . "$TESTDIR/setup.sh"
  $ enrol alice && first=$id && enrol alice --name phone && create 'Zoë Ünïcode' --digits 8 --period 60 --algorithm sha256 --issuer 'Ex:ample'
  $ vmfa device list | sed 's/[0-9]\{12\}:mfa/ACCOUNT:mfa/; s/mfa-[0-9a-f]\{8\}/NAME/' | tr -s ' '
  SERIAL USER STATUS LAST USED
  arn:aws:iam::ACCOUNT:mfa/alice alice active 2025-06-15T14:56:40Z
  arn:aws:iam::ACCOUNT:mfa/NAME Zo\xc3\xab \xc3\x9cn\xc3\xafcode unassigned never (esc)
  arn:aws:iam::ACCOUNT:mfa/phone alice active 2025-06-15T14:56:40Z
  $ vmfa user list
  USER         MFA  DEVICES  FAILURES  LOCKED
  Zoë Ünïcode  no   1        0         no
  alice        yes  2        0         no
  $ vmfa device show $id --json | sed 's/[0-9]\{12\}:mfa/ACCOUNT:mfa/; s/mfa-[0-9a-f]\{8\}/NAME/; s/"created_at":"[^"]*"/"created_at":TIME/; s/"id":"[^"]*"/"id":ID/'
  {"algorithm":"SHA256","created_at":TIME,"digits":8,"drift":0,"id":ID,"issuer":"Ex:ample","period":60,"serial":"arn:aws:iam::ACCOUNT:mfa/NAME","status":"unassigned","sync_drift":0,"sync_failures":0,"type":"totp","user":"Zo\xc3\xab \xc3\x9cn\xc3\xafcode"} (esc)
  $ field uri < new.json | sed 's/secret=[A-Z2-7]*/secret=S/'
  otpauth://totp/Ex%3Aample:Zo%C3%AB%20%C3%9Cn%C3%AFcode?secret=S&issuer=Ex%3Aample&algorithm=SHA256&digits=8&period=60

A page at a time:

  $ vmfa device list --limit 2 --json 2> note | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'
  2
  $ vmfa device list --after "$(sed "s/.*'\(.*\)'.*/\1/" note)" | tail -n +2 | wc -l
  1
  $ vmfa device list --status unassigned --user alice --json
  []
  $ vmfa user list --after alice --json
  []
  $ vmfa user list --limit 0 2> /dev/null
  [64]

What a user may and holds:

  $ echo 'correct horse' > password; chmod 600 password; export VMFA_DATABASE=sqlite:$PWD/others.db
  $ vmfa user create ada --administrator --password-file password --json | grep -o '"administrator":true.*"password":true'
  "administrator":true,"created_at":"*","devices":[],"failures":0,"locked":false,"mfa":false,"mfa_required":false,"password":true (glob)
  $ vmfa user show ada; unset VMFA_DATABASE
  user                 ada
  MFA                  no
  MFA required         no
  failures             0
  locked               no
  created              * (glob)
  recovery codes left  0
  administrator        yes
  password             yes
  access keys          0

Five wrong codes lock the user, all devices of theirs, syncing too; an administrator unlocks.

  $ vmfa rules set --lock-base 600 > /dev/null
  $ for n in 1 2 3 4 5; do vmfa verify alice $(printf %06d $n) --at $now 2> /dev/null; done
  rejected
  rejected
  rejected
  rejected
  rejected
  [1]
  $ id=$first secret=$(field secret < new.json)
  $ ends vmfa verify alice 000006 --at $now --json
  vmfa: locked after too many failures: try again in 600 s
  {"reason":"locked","result":"rejected","retry_after":600}
  status 75
  $ ends vmfa device resync $id 123456 123457 --at $now
  vmfa: locked after too many failures: try again in 600 s
  rejected
  status 75
  $ vmfa device unlock $id
  unlocked arn:aws:iam::*:mfa/alice (glob)
  $ vmfa user show alice --json | field failures
  0

The hundredth failure keeps a user out until then:

  $ vmfa rules set --disable-after 2 > /dev/null
  $ for n in 1 2; do vmfa verify alice $(printf %06d $n) --at $now 2> /dev/null; done
  rejected
  rejected
  [1]
  $ ends vmfa verify alice 000006 --at $((now + 100000000))
  vmfa: locked after too many failures, until an administrator unlocks with vmfa user unlock
  rejected
  status 75
  $ vmfa device list --status disabled --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'
  2
  $ vmfa user unlock alice
  unlocked alice
  $ vmfa device list --status disabled --json
  []

Ten refused pairs end syncing, until an administrator resets it:

  $ vmfa rules set --preset default --throttle off --json | field throttle
  0
  $ for n in 1 2 3 4 5 6 7 8 9 10; do vmfa device resync $id 000001 000002 --at $now > /dev/null 2>&1; done
  [1]
  $ ends vmfa device resync $id 000001 000002 --at $now
  vmfa: too many pairs were refused in a row: an administrator resets this with vmfa device unlock
  rejected
  status 75
  $ vmfa device unlock $id > /dev/null && vmfa device resync $id 000001 000002 --at $now 2> /dev/null
  rejected
  [1]

An enabled device is not deleted by accident; a deactivated one waits for its user:

  $ ends vmfa device delete $id
  vmfa: error: the device arn:aws:iam::*:mfa/alice is enabled (glob)
  vmfa: hint: deactivate it first, or use --force
  status 73
  $ vmfa device deactivate $id
  deactivated arn:aws:iam::*:mfa/alice (glob)
  $ vmfa device show $id --json | field user
  alice
  $ ends vmfa device deactivate $id
  vmfa: error: the device arn:aws:iam::*:mfa/alice is not enabled (glob)
  vmfa: hint: vmfa device enable ID CODE1 CODE2 enables it
  status 66
  $ vmfa device delete $id
  deleted arn:aws:iam::*:mfa/alice (glob)
  $ vmfa device delete $id 2> /dev/null
  [66]

Rules:

  $ vmfa rules show --json
  {"disable_after":100,"drift_limit":10,"enable_reach":10,"lock_after":5,"lock_base":1,"lock_max":900,"look_ahead":10,"resync_reach":2880,"self_resync_reach":120,"sync_budget":10,"throttle":0,"window":1}
  $ vmfa rules set --preset pci-dss --json
  {"disable_after":100,"drift_limit":10,"enable_reach":10,"lock_after":10,"lock_base":1800,"lock_max":1800,"look_ahead":10,"resync_reach":2880,"self_resync_reach":120,"sync_budget":10,"throttle":1,"window":1}
  $ ends vmfa rules set --window 11
  vmfa: error: window is 0 to 10, not 11
  status 64
  $ ends vmfa rules set
  vmfa: error: nothing to set
  vmfa: hint: vmfa rules set --help names the settings
  status 64

A clock that was set back is told of:

  $ now=4000000000; enrol dora && vmfa verify dora $(code) --at $now
  accepted
  $ ends vmfa verify dora 000000
  vmfa: warning: the clock is * s behind the newest record: was it set back? (glob)
  vmfa: the code is wrong
  rejected
  status 1
