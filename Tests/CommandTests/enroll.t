The dialogue of `vmfa enroll`, at a real terminal (tmux).

  $ . "$TESTDIR/setup.sh"
  $ . "$TESTDIR/terminal.sh"
  $ open_terminal 100 60

Wrong input is asked again, a wrong pair refused, and the right one taken although it was on the screen already:

  $ type_line 'clear; vmfa enroll alice > out; echo "status $?"' && wait_for 'Code 1:$'
  $ secret=$(screen | sed -n 's/^Secret: //p' | tr -d ' ')
  $ type_line 12345 && wait_for 'this has 5' && type_line １２３４５６ && wait_for 'nothing else'
  $ type_line 000001 && wait_for 'Code 2:$' && type_line 000002 && wait_for 'Refused' && wait_for 'Code 1:$'
  $ set -- $(printf $secret | vmfa pair -)
  $ type_line "$(echo $1 | sed 's/.../& /')" && wait_for 'Code 2:$' && type_line $2 && wait_for 'status 0'
  $ screen | sed -n '/^Secret/,$p' | sed "s/^Secret: .*/Secret: S/; s/$(echo $1 | sed "s/.../& /")/CODE1/; s/$2/CODE2/"
  Secret: S
  Type a code, and then the one that the authenticator shows after it.
  (r draws the QR code again, Ctrl-C gives up and leaves no device.)
  Code 1: 12345
  alice's device shows 6 digits; this has 5.
  Code 1: １２３４５６
  That is not a code: a code is 6, 7 or 8 digits from 0 to 9 and nothing else.
  Code 1: 000001
  Code 2: 000002
  Refused: these are not two consecutive, unused codes of the device in the order in which it showed
  them: wait for a new code and give it and the one after it.
  Code 1: CODE1
  Code 2: CODE2
  Accepted: the device is enabled.
  status 0
  $

The QR code and the secret went to the terminal, the result to standard output:

  $ cat out
  enabled arn:aws:iam::*:mfa/alice (glob)

Giving up leaves no device, however it is done:

  $ for way in C-c C-d; do
  >   type_line 'clear; vmfa enroll bob --qr-mode none --hide-secret; echo "status $?"' && wait_for 'Code 1:$'
  >   press $way; wait_for 'status [0-9]'; screen | tail -3
  > done
  Not enrolled: the device was removed.
  status 130
  $
  Not enrolled: the device was removed.
  status 1
  $
  $ for way in TERM HUP QUIT; do
  >   type_line 'clear; vmfa enroll bob --qr-mode none; echo "status $?"' && wait_for 'Code 1:$'
  >   pkill -$way -P "$(tmux_ display-message -p '#{pane_pid}')" vmfa; wait_for 'status [0-9]'; screen | tail -3
  > done
  Not enrolled: the device was removed.
  status 143
  $
  Not enrolled: the device was removed.
  status 129
  $
  Not enrolled: the device was removed.
  status 131
  $
  $ vmfa user list --json | grep -c bob
  0
  [1]

A secret that is hidden is shown on request:

  $ type_line 'clear; vmfa enroll carl --qr-mode none --hide-secret' && wait_for 'Code 1:$'
  $ screen | grep -c '^Secret: '
  0
  [1]
  $ type_line s && wait_for '^Secret: ' && press C-c

A terminal that is too narrow, and made wider:

  $ resize 40 60 && type_line 'clear; vmfa enroll dora' && wait_for 'Code 1:$' && screen | head -6
  the QR code is 41 columns wide, and the
  terminal has 40: widen the window, make
  its font smaller, or use --png FILE of
  vmfa device create. Then type r to draw
  it, or type the secret into the
  authenticator.
  $ resize 60 60 && type_line r && wait_for 'Scan this' && press C-c && wait_for 'Not enrolled'
  $ close_terminal
