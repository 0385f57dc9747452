The database itself: tables, damage, copies, a full disk.

  $ . "$TESTDIR/setup.sh"
  $ vmfa database migrate && vmfa database check
  the tables are up to date
  sound: 0 users, 0 devices
  $ "$real_vmfa" database check 2> said > /dev/null; vmfa doctor > doctor
  $ if sqlite_loses_logs; then grep -c "can lose committed changes" said doctor; else printf '%s:1\n' said doctor; fi
  said:1
  doctor:1
  $ vmfa user create zoe && ends vmfa user create zoe
  created zoe
  vmfa: error: there is a user zoe already
  status 73
  $ enrol alice && vmfa database backup copy.db && stat -c %a copy.db
  copied to copy.db
  600
  $ vmfa verify alice $(code) --at $now && vmfa database check --database sqlite:copy.db --key-file "$data/master.key"
  accepted
  sound: 2 users, 1 devices
  $ ends vmfa database backup copy.db
  vmfa: error: copy.db exists already
  status 73

Damage is named:

  $ python3 -c '
  > import sqlite3, sys
  > c = sqlite3.connect(sys.argv[1])
  > c.execute("UPDATE vmfa_device SET sealed_seed = zeroblob(48)"); c.execute("DELETE FROM vmfa_serial"); c.commit()' copy.db
  $ ends vmfa database check --database sqlite:copy.db --key-file "$data/master.key"
  a device whose serial is not kept for it: arn:aws:iam::*:mfa/alice (glob)
  the device arn:aws:iam::*:mfa/alice: the seed of arn:aws:iam::*:mfa/alice cannot be read back: the record is damaged, or sealed under another key (glob)
  damaged: 2 users, 1 devices
  status 65

What is damaged costs none of the others, in no list:

  $ (export VMFA_DATABASE=sqlite:worn/v.db; printf 'x' > pass; chmod 600 pass
  > for user in ann ben cat; do create $user; done; vmfa user create dan
  > python3 -c '
  > import sqlite3
  > c = sqlite3.connect("worn/v.db")
  > c.execute("UPDATE vmfa_device_use SET drift = 1000000 WHERE user_name = \"ben\""); c.execute("UPDATE vmfa_user SET failures = 1 << 40 WHERE name = \"dan\"")
  > c.execute("INSERT INTO vmfa_tag (user_name, serial, place, name, value) VALUES (\"ann\", \"\", 0, CAST(? AS TEXT), \"\")", [b"\xff"]); c.commit()'
  > ends vmfa device list --json > list; grep -o '"serial"' list; tail -n 2 list
  > echo; vmfa device list --limit 1 --after "$(vmfa device list | grep -o 'arn[^ ]*/ann')" 2>&1 | tail -n 2
  > echo; ends vmfa user list | tr -s ' '
  > echo; ends vmfa user show ann | cut -d '(' -f 1
  > echo; ends vmfa device export all --passphrase-file pass; ends vmfa database check; ends vmfa key rotate) 2> /dev/null
  created dan
  "serial"
  "serial"
  vmfa: error: the device arn:aws:iam::*:mfa/ben cannot be read back: the record is damaged, or sealed under another key (glob)
  status 65
  
  vmfa: note: there are more: --after 'arn:aws:iam::*:mfa/ben' goes on (glob)
  vmfa: error: the device arn:aws:iam::*:mfa/ben cannot be read back: the record is damaged, or sealed under another key (glob)
  
  USER MFA DEVICES FAILURES LOCKED
  ann no 1 0 no
  cat no 1 0 no
  vmfa: error: the user dan cannot be read back: the record is damaged, or sealed under another key
  vmfa: error: the user ben: the device arn:aws:iam::*:mfa/ben cannot be read back: the record is damaged, or sealed under another key (glob)
  status 65
  
  user                 ann
  MFA                  no
  failures             0
  locked               no
  created              * (glob)
  recovery codes left  0
  device    arn:aws:iam::*:mfa/ann  (glob)
  vmfa: error: a tag of ann cannot be read back: the record is damaged, or sealed under another key
  status 65
  
  exported 2 devices to all
  vmfa: error: the device arn:aws:iam::*:mfa/ben cannot be read back: the record is damaged, or sealed under another key (glob)
  status 65
  the user dan cannot be read back: the record is damaged, or sealed under another key
  the device arn:aws:iam::*:mfa/ben cannot be read back: the record is damaged, or sealed under another key (glob)
  a tag of ann cannot be read back: the record is damaged, or sealed under another key
  damaged: 3 users, 2 devices
  status 65
  vmfa: error: the device arn:aws:iam::*:mfa/ben cannot be read back: the record is damaged, or sealed under another key (glob)
  status 65

A copy that cannot be made says why, and of what:

  $ ends vmfa database backup no/such/copy.db; (ulimit -f 60; ends vmfa database backup small.db | sed 's/: [^:]*$/: REASON/'); ls small.db* 2> /dev/null
  vmfa: error: there is no no/such
  status 66
  vmfa: error: reading or writing the database failed: the copy small.db: REASON
  status 74
  [2]

Keys and tokens that are good for nothing are found:

  $ (export VMFA_DATABASE=sqlite:closed/v.db; vmfa account init > /dev/null 2>&1; vmfa token create one --scope verify > /dev/null 2>&1; vmfa token create two --scope verify > /dev/null 2>&1
  > python3 -c '
  > import sqlite3
  > c = sqlite3.connect("closed/v.db")
  > c.execute("UPDATE vmfa_access_key SET sealed = zeroblob(60)"); c.execute("UPDATE vmfa_token SET scopes = ? WHERE name = ?", ("x", "one")); c.execute("UPDATE vmfa_token SET digest = zeroblob(1) WHERE name = ?", ("two",)); c.commit()'
  > ends vmfa database check; ends vmfa token list)
  the token one cannot be read back: the record is damaged, or sealed under another key
  the token two cannot be read back: the record is damaged, or sealed under another key
  an access key of <root_account> cannot be read back: the record is damaged, or sealed under another key
  damaged: 1 users, 0 devices
  status 65
  TOKEN  SCOPES  CREATED
  vmfa: error: the token one cannot be read back: the record is damaged, or sealed under another key
  vmfa: error: the token two cannot be read back: the record is damaged, or sealed under another key
  status 65

Users go with their devices:

  $ ends vmfa user delete alice
  vmfa: error: the user alice has an enabled device
  vmfa: hint: deactivate it first, or use --force
  status 73
  $ vmfa user delete alice --force && vmfa user delete zoe && vmfa device list --json && vmfa user list --json
  deleted alice
  deleted zoe
  []
  []

A database from before audit rows, whose migration is killed at some moment, again and again:

  $ old=$vectors/databases && install -m 600 $old/before-audit.key old.key && export VMFA_KEY_FILE=$PWD/old.key
  $ for round in $(seq ${VMFA_ROUNDS:-10}); do
  >   rm -f old.db*; cp $old/before-audit.db old.db
  >   vmfa database migrate --database sqlite:old.db > /dev/null 2>&1 & sleep 0.0$((RANDOM % 6)); kill -9 $! 2> /dev/null; wait $! 2> /dev/null
  >   vmfa database check --database sqlite:old.db
  > done | sort -u
  sound: 2 users, 2 devices
  $ at=1750000200; vmfa code - --at $at < $old/before-audit.secret | vmfa verify alice - --at $at --database sqlite:old.db
  accepted
  $ unset VMFA_KEY_FILE

A full disk: an error, nothing accepted, nothing lost. (Where this user may not mount one, a limit on the size of files.)

  $ export VMFA_DATABASE=sqlite:disk/v.db && mkdir disk
  $ if mount -t tmpfs -o size=1m tmpfs disk 2> /dev/null
  > then fill() { dd if=/dev/zero of=disk/filler 2> /dev/null; }; limited() { "$@"; }
  > else fill() { :; }; limited() { (ulimit -f 100; "$@"); }
  > fi
  $ enrol bob && fill; step=0
  $ verify() { limited vmfa verify bob $(code $step) --at $((now + 30 * step)); }
  $ while [ $step -lt 3000 ] && verify > said 2>&1; do step=$((step + 3)); done; sed 's/failed: .*; nothing/failed: REASON; nothing/' said
  vmfa: error: reading or writing the database failed: REASON; nothing was changed
  $ rm -f disk/filler; limited() { "$@"; }; verify && vmfa database check && vmfa audit verify
  accepted
  sound: 1 users, 1 devices
  intact: * rows, 0 batches (glob)
  $ umount disk 2> /dev/null || true
