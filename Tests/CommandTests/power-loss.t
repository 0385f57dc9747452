Loss of power, at as many moments as asked for: see Tests/PowerLoss/cuts.py.

  $ . "$TESTDIR/setup.sh"
  $ cuts=${VMFA_CUTS:-250}
  $ cut() { python3 "$TESTDIR/../PowerLoss/cuts.py" "$@" 2> errors | sed -e "s/^$cuts /all /" -e 's/^FAILED: .*/something is lost/'; }
  $ cut $cuts
  all cuts: all that was answered is there, check and audit verify find nothing

A sync that is left out is noticed:

  $ cut 250 --without log
  something is lost
  $ cut 250 --without database
  something is lost
