Passphrases that are typed, at a real terminal.

  $ . "$TESTDIR/setup.sh"
  $ . "$TESTDIR/terminal.sh"
  $ open_terminal 90 40
  $ typed() { sleep 0.2; type_line "$1"; }

Asked for twice when it is set, and never shown:

  $ type_line 'clear; vmfa vault init; echo "status $?"' && wait_for '^New passphrase' && typed 'correct horse battery' && wait_for '^The same again' && typed 'another' && wait_for 'not the same'
  $ typed 'correct horse battery' && sleep 0.5 && typed 'correct horse battery' && wait_for 'status 0'
  $ screen | grep -c horse
  0
  [1]

A wrong one may be tried again, and Ctrl-C ends every wait:

  $ type_line 'clear; vmfa add work; echo "status $?"' && wait_for '^Secret' && typed GEZDGNBVGY3TQOJQ && wait_for '^Passphrase' && typed wrong && wait_for 'try again' && sleep 0.2 && press C-c && wait_for 'status 130'
  $ type_line 'clear; vmfa add work --period 3600; echo "status $?"' && wait_for '^Secret' && typed GEZDGNBVGY3TQOJQ && wait_for '^Passphrase' && typed 'correct horse battery' && wait_for 'status 0'
  $ type_line 'clear; vmfa remove work; echo "status $?"' && wait_for '^Passphrase' && typed 'correct horse battery' && wait_for '^Remove' && press C-c && wait_for 'status 130'
  $ type_line 'clear; vmfa watch; echo "status $?"' && wait_for '^Passphrase' && typed 'correct horse battery' && wait_for '^1 accounts'
  $ pkill -TERM -P "$(tmux_ display-message -p '#{pane_pid}')" vmfa; wait_for 'status 143'
  $ early_in_the_hour
  $ type_line 'clear; vmfa code work; vmfa code work --fresh; echo "status $?"' && wait_for '^Passphrase' && typed 'correct horse battery' && wait_for '^[0-9]\{6\}$' && typed 'correct horse battery'
  $ wait_for 'the next one comes in' && press C-c && sleep 0.5 && pgrep -P "$(tmux_ display-message -p '#{pane_pid}')" vmfa
  [1]
  $ close_terminal
