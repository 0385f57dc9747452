`vmfa watch` at a real terminal.

  $ . "$TESTDIR/setup.sh"
  $ . "$TESTDIR/terminal.sh"
  $ printf 'correct horse battery\n' > pass; export VMFA_PASSPHRASE_FILE=$PWD/pass
  $ vmfa vault init > /dev/null
  $ python3 -c 'for n in range(300): print(f"otpauth://totp/user{n}?secret=GEZDGNBVGY3TQOJQ&issuer=Service%20{n}&digits={6 + n % 3}&period={30 if n % 2 else 3600}")' > many.txt
  $ printf 'otpauth://hotp/counted?secret=GEZDGNBVGY3TQOJQ&counter=7\notpauth://totp/%%1b%%5b2Jevil?secret=GEZDGNBVGY3TQOJQ\n' >> many.txt
  $ vmfa import many.txt 2> /dev/null | tail -n 1
  301 added, 0 duplicate, 0 skipped, 1 refused
  $ open_terminal 80 24
  $ tmux_ set-option -g set-clipboard on; tmux_ set-environment -g VMFA_PASSPHRASE_FILE "$VMFA_PASSPHRASE_FILE"

All of them, a screen at a time; with what is typed, fewer:

  $ early_in_the_hour
  $ type_line "export VMFA_PASSPHRASE_FILE=$VMFA_PASSPHRASE_FILE; clear; vmfa watch; echo \"status \$?\"" && wait_for '^301 accounts'
  $ screen | wc -l
  24
  $ screen | sed -n '2,3p;24p' | sed 's/[0-9]\{3,4\} [0-9]\{3,4\} .*/CODE/; s/^/|/'
  |> Service 0:user0                                     CODE
  |  Service 1:user1                                     CODE
  |Enter copies, Tab hides codes, Esc clears, q leaves
  $ tmux_ send-keys -l 'user29' && wait_for '^11 accounts, filter: user29' && press Down && wait_for '^> Service 290:user290'
  $ press Right && press Home && press F5 && press M-x && sleep 0.3 && screen | sed -n 1p
  11 accounts, filter: user29
  $ press Enter && wait_for 'copied the code of Service 290:user290'

What was copied reached the terminal's clipboard (OSC 52):

  $ shown=$(screen | sed -n 's/^> Service 290:user290 *\([0-9 ]*[0-9]\) .*/\1/p' | tr -d ' '); test "$(tmux_ show-buffer)" = "$shown" && echo same
  same
  $ press Tab && wait_for '••••••••' && press Tab
  $ press Escape && wait_for '^301 accounts' && tmux_ send-keys -l 'counted' && wait_for 'counter: vmfa code'

A window that changes is drawn anew; every way out gives the terminal back:

  $ resize 120 40 && wait_for '^1 accounts' && press Escape && wait_for 'Service 37:' && press q && wait_for 'status 0'
  $ for signal in TERM HUP SEGV; do
  >   type_line "clear; vmfa watch --hide; echo \"status \$?\"; stty -a | grep -o ' echo ' | wc -l" && wait_for '••••'
  >   pkill -$signal -P "$(tmux_ display-message -p '#{pane_pid}')" vmfa; wait_for 'status [0-9]' && wait_for '^1$'; screen | grep -o 'status [0-9].*'
  > done
  status 143
  status 129
  status 139

Ctrl-Z gives the shell its terminal, as the keyboard and as a signal, and fg takes it again:

  $ type_line 'clear; vmfa watch --hide' && wait_for '••••' && press C-z && wait_for 'Stopped' && type_line 'stty -a | grep -o " echo "; echo shell' && wait_for '^ echo' && wait_for '^shell'
  $ screen | grep -c '••••'
  0
  [1]
  $ type_line fg && wait_for '^301 accounts' && wait_for '••••' && press Tab && wait_for ' ░*[0-9]*$' && press C-z && wait_for 'Stopped'
  $ type_line fg && wait_for '^301 accounts'
  $ pkill -TSTP -P "$(tmux_ display-message -p '#{pane_pid}')" vmfa; wait_for 'Stopped' && type_line fg && wait_for '^301 accounts' && press q && wait_for '^\$ *$'

A terminal that takes no control sequences gets none:

  $ type_line 'clear; TERM=dumb vmfa watch | cat -v; echo "status ${PIPESTATUS[0]}"' && wait_for 'status 64' && screen | grep -v '^\$'
  vmfa: error: this terminal takes no control sequences (TERM=dumb)
  vmfa: hint: vmfa list --codes is for such terminals: it prints the codes once
  status 64
  $ close_terminal

Without a terminal:

  $ ends setsid -w vmfa watch
  vmfa: error: there is no terminal to watch at
  vmfa: hint: vmfa list --codes prints them once
  status 64
