What releases are linked with, tried on a program of one line.

  $ [ "$(uname -s)" = Linux ] || exit 80
  $ . "$TESTDIR/setup.sh"
  $ flags=$("$TESTDIR/../../Scripts/link-flags" | sed 's/-Xswiftc [^ ]*//g; s/-Xlinker \([^ ]*\)/-Wl,\1/g')
  $ echo 'int main(void) { return 0; }' > one.c && cc one.c -o one $flags
  $ readelf -d one | grep -oE 'BIND_NOW|\(FLAGS_1\).*' | sed 's/.*Flags: /flags: /'
  BIND_NOW
  flags: NOW PIE
  $ readelf -lW one | grep -E 'GNU_RELRO|GNU_STACK' | awk '{ print $1, $7 }' | sort
  GNU_RELRO R
  GNU_STACK RW
