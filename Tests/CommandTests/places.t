Where files are, and what is made there.

  $ [ "$(uname -s)" = Linux ] || exit 80
  $ . "$TESTDIR/setup.sh"
  $ printf 'correct horse battery\n' > "$HOME/pass"; chmod 600 "$HOME/pass"; mkdir empty && cd empty
  $ S=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ

`~/` that a shell has left as it is means the home, in options and in variables:

  $ vmfa vault init --vault='~/v.json' --passphrase-file='~/pass'
  made */home/v.json (glob)
  $ export VMFA_VAULT='~/v.json' VMFA_PASSPHRASE_FILE='~/pass'
  $ printf $S | vmfa add work && vmfa export --format otpauth --plaintext --output '~/e' && wc -l < "$HOME/e"
  added work
  1
  $ vmfa import '~/e' && vmfa show work --png '~/w.png' && vmfa add --qr '~/w.png' && vmfa vault backup '~/copy.json'
  duplicate work
  0 added, 1 duplicate, 0 skipped, 0 refused
  vmfa: note: work is there already
  wrote 1 accounts to */home/copy.json (glob)
  $ VMFA_DATABASE='sqlite:~/d/x.db' vmfa user create alice --password-file '~/pass' && vmfa user list --database 'sqlite:~/d/x.db' --json | grep -c alice
  created alice
  1
  $ VMFA_DATABASE='sqlite:~/d/x.db' VMFA_KEY_FILE='~/d/master.key' vmfa device export '~/devices'
  exported 0 devices to */home/devices (glob)
  $ ls "$HOME" "$HOME/d"; ls -A
  */home: (glob)
  copy.json
  d
  devices
  e
  pass
  v.json
  v.json.bak
  v.json.lock
  w.png
  
  */home/d: (glob)
  master.key
  x.db
  $ (unset HOME; ends vmfa vault info --vault '~/no/such' --passphrase-file /dev/null) | sed "s|$(getent passwd "$(id -u)" | cut -d : -f 6)|ACCOUNT|"
  vmfa: error: there is no vault at ACCOUNT/no/such
  vmfa: hint: vmfa vault init makes one, vmfa vault restore FILE brings one back
  status 66
  $ unset VMFA_VAULT VMFA_PASSPHRASE_FILE; cd ..

Whatever the umask is, who makes something can use it, and nobody else:

  $ chmod 711 . "$CRAMTMP"
  $ for mask in 000 177 777; do
  >   mkdir home$mask && printf 'correct horse battery\n' > home$mask/pass && chmod 600 home$mask/pass
  >   if [ "$(id -u)" = 0 ]; then chown -R 65534 home$mask; as="setpriv --reuid 65534 --clear-groups"; fi
  >   (export HOME=$PWD/home$mask VMFA_PASSPHRASE_FILE=$PWD/home$mask/pass; umask $mask
  >    $as vmfa vault init | sed 's/.*share/made/' && printf $S | $as vmfa add work && $as vmfa code work --at 59 && $as vmfa vault completion on)
  >   find home$mask -mindepth 1 ! -name pass -printf '%M %P\n' | sort -k 2
  > done
  made/vmfa/vault.json
  added work
  287082
  completion of account names is on
  drwx------ .local
  drwx------ .local/share
  drwx------ .local/share/vmfa
  -rw------- .local/share/vmfa/vault.json
  -rw------- .local/share/vmfa/vault.json.bak
  -rw------- .local/share/vmfa/vault.json.lock
  drwx------ .local/state
  drwx------ .local/state/vmfa
  -rw------- .local/state/vmfa/names
  made/vmfa/vault.json
  added work
  287082
  completion of account names is on
  drwx------ .local
  drwx------ .local/share
  drwx------ .local/share/vmfa
  -rw------- .local/share/vmfa/vault.json
  -rw------- .local/share/vmfa/vault.json.bak
  -rw------- .local/share/vmfa/vault.json.lock
  drwx------ .local/state
  drwx------ .local/state/vmfa
  -rw------- .local/state/vmfa/names
  made/vmfa/vault.json
  added work
  287082
  completion of account names is on
  drwx------ .local
  drwx------ .local/share
  drwx------ .local/share/vmfa
  -rw------- .local/share/vmfa/vault.json
  -rw------- .local/share/vmfa/vault.json.bak
  -rw------- .local/share/vmfa/vault.json.lock
  drwx------ .local/state
  drwx------ .local/state/vmfa
  -rw------- .local/state/vmfa/names

A database is never standard output, nor a key standard error, where these were closed:

  $ vmfa user create alice > /dev/null; cp "$data/verifier.db" before.db; cp "$data/master.key" before.key
  $ vmfa user list >&- 2> said; echo "status $?"; cat said
  status 74
  vmfa: error: standard output: Bad file descriptor
  $ vmfa user show nobody >&- 2>&- <&-; echo "status $?"; vmfa device create bob >&- 2>&-; echo "status $?"
  status 66
  status 74
  $ vmfa add x <&- 2>&1 | head -n 1
  vmfa: error: standard input: Bad file descriptor
  $ cmp "$data/master.key" before.key && vmfa database check
  sound: 1 users, 0 devices
  $ strace -f -o trace -e trace=openat,dup,dup2,fcntl vmfa user list >&- 2>&- <&-; grep -cE 'openat.*(verifier|master).* = [012]$' trace
  0
  [1]
