The drawing at a real terminal, photographed on a dark and on a light background, and read by zbarimg.

  $ . "$TESTDIR/setup.sh"
  $ . "$TESTDIR/terminal.sh"
  $ decode() { python3 "$TESTDIR/photograph.py" $1 $2 shot.pgm < capture && zbarimg -q --raw --nodbus shot.pgm; }
  $ both() {
  >   tmux_ capture-pane -e -p -N > capture
  >   for colours in '220 20' '20 250'; do test "$(decode $colours)" = "$1" && echo "same, ${#1} bytes"; done
  > }
  $ open_terminal 200 120

The shortest URI (a user and an issuer of one letter), in every mode that colours:

  $ for mode in utf8 ansi; do
  >   type_line "clear; vmfa device create u --issuer i --qr-mode $mode > out; head -n -5 out; tail -n 1 out | sed 's/^uri *//' > uri; echo done $mode" && wait_for "^done $mode"
  >   both "$(cat uri)"
  > done
  same, 67 bytes
  same, 67 bytes
  same, 67 bytes
  same, 67 bytes

The longest URI that is allowed, 2,900 bytes:

  $ user=$(python3 -c 'print("\U0001F600" * 128)') issuer=$(python3 -c 'print("\U0001F600" * 54 + "ab")')
  $ export VMFA_DATABASE=sqlite:$PWD/long.db; tmux_ set-environment -g VMFA_DATABASE "$VMFA_DATABASE"
  $ vmfa device create "$user" --issuer "$issuer" --qr-mode utf8 > long && tail -n 1 long | sed 's/^uri *//' > uri
  $ type_line "clear; head -n -5 $PWD/long; echo done long" && wait_for '^done long'
  $ both "$(cat uri)"
  same, 2900 bytes
  same, 2900 bytes
  $ close_terminal

In ASCII, hashes are the dark modules; without colours nothing but blocks:

  $ vmfa device create u --issuer i --qr-mode ascii > out && sed 's/##/██/g' out | head -n -5 > capture
  $ test "$(decode 0 255)" = "$(tail -n 1 out | sed 's/^uri *//')" && echo same
  same
  $ NO_COLOR=1 vmfa device create u --qr-mode utf8 > out && grep -c "$(printf '\033')" out
  0
  [1]
  $ head -n -5 out > capture; test "$(decode 255 0)" = "$(tail -n 1 out | sed 's/^uri *//')" && echo same
  same
