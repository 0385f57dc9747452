Keys: where they come from, and how they rotate.

  $ . "$TESTDIR/setup.sh"
  $ enrol alice && vmfa recovery create alice > recovery
  $ vmfa key info --json | python3 -c '
  > import json, sys
  > info = json.load(sys.stdin)
  > print([(key["purpose"], key["current"], key["seeds"], key["master_keys"] == [info["master_key"]]) for key in info["keys"]])'
  [('seed', True, 1, True), ('integrity', True, 0, True)]
  $ vmfa key rotate --json && vmfa verify alice $(code) --at $now
  {"resealed":1,"resumed":false}
  accepted
  $ vmfa key info | tail -n +3 | awk '{print $2, $4, $5}'
  integrity no 0
  seed yes 1
  integrity yes 0

Another master key: beside the old one first, and then alone.

  $ vmfa key rotate --new-key-file new.key | sed 's/[0-9a-f]\{16\}/ID/'
  vmfa: note: give it to every replica, then run vmfa key rotate under it: that shuts the old one out
  added: master key ID
  $ stat -c %a new.key && vmfa key rotate --new-key-file new.key --json | field added
  600
  False
  $ vmfa verify alice $(code 1) --at $((now + 30)) --key-file new.key && vmfa verify alice $(code 2) --at $((now + 60))
  accepted
  accepted
  $ ends vmfa key rotate
  vmfa: error: the master key * was added after the one in use (glob)
  vmfa: hint: run this with that one: --key-file or --key-command names it
  status 77
  $ vmfa key rotate --key-file new.key
  rotated: 1 seeds are sealed under the new key
  $ ends vmfa verify alice $(code 3) --at $((now + 90))
  vmfa: error: the master key does not belong to this database
  vmfa: hint: name the right one with --key-file
  status 77
  $ cat new.key > "$data/master.key" && vmfa verify alice $(code 3) --at $((now + 90))
  accepted

Recovery codes and audit rows outlive the keys:

  $ vmfa verify alice $(head -n 1 recovery) --json
  vmfa: note: that was a recovery code: 9 left
  {"recovery_codes_left":9,"result":"accepted"}
  $ vmfa audit verify && vmfa database check
  intact: 14 rows, 0 batches
  sound: 1 users, 1 devices

From a command, from the environment, as a systemd credential; a key that is named is never made:

  $ mv "$data/master.key" elsewhere.key
  $ vmfa user list --key-command 'cat elsewhere.key' --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'
  1
  $ VMFA_KEY_COMMAND='cat elsewhere.key' vmfa recovery count alice
  9
  $ mkdir credentials && install -m 440 elsewhere.key credentials/vmfa.master-key && CREDENTIALS_DIRECTORY=$PWD/credentials vmfa recovery count alice
  9
  $ ends vmfa recovery count alice --key-command false
  vmfa: error: the key command failed
  vmfa: hint: it prints the key and ends with 0
  status 77
  $ ends vmfa recovery count alice --key-command 'echo short'
  vmfa: error: the master key from the key command has the wrong length
  vmfa: hint: it holds 32 bytes, as 64 hexadecimal digits or as they are
  status 77
  $ ends vmfa recovery count alice --key-command true --key-file elsewhere.key 2>&1 | head -1
  vmfa: error: --key-file and --key-command exclude each other

A device that nobody finds by its user, and two of one id, keep the old key, and the rotation from ending, but not from going on:

  $ export VMFA_DATABASE=sqlite:$PWD/orphan/v.db VMFA_KEY_FILE=$PWD/orphan.key && (umask 077; openssl rand -hex 32 > orphan.key)
  $ enrol ann && enrol ben && enrol cat
  $ damage() { python3 -c 'import sqlite3, sys; c = sqlite3.connect("orphan/v.db"); [c.execute(s) for s in sys.argv[1].split(";")]; c.commit()' "$1"; }
  $ damage "UPDATE vmfa_device SET id = (SELECT id FROM vmfa_device WHERE user_name = 'ben') WHERE user_name = 'ann'"; timeout 60 vmfa key rotate
  rotated: 3 seeds are sealed under the new key
  $ damage "DELETE FROM vmfa_user WHERE name = 'cat'"; ends timeout 60 vmfa key rotate; ends vmfa database check
  vmfa: error: the device arn:aws:iam::*:mfa/cat cannot be read back: the record is damaged, or sealed under another key (glob)
  status 65
  a row of vmfa_device refers to nothing
  a device without its user: arn:aws:iam::*:mfa/cat (glob)
  a device whose serial is not kept for it: arn:aws:iam::*:mfa/ann (glob)
  a serial without its device: arn:aws:iam::*:mfa/ann (glob)
  damaged: 2 users, 3 devices
  status 65
  $ ends timeout 60 vmfa key rotate; unset VMFA_DATABASE VMFA_KEY_FILE
  vmfa: error: the device arn:aws:iam::*:mfa/cat cannot be read back: the record is damaged, or sealed under another key (glob)
  status 65
