QR codes of images, however the image is written.

  $ . "$TESTDIR/setup.sh"
  $ printf 'correct horse battery\n' > pass; export VMFA_PASSPHRASE_FILE=$PWD/pass
  $ bugs="$vectors/bugs"; vmfa vault init > /dev/null

Contents in UTF-8, light on dark, on a transparent ground, TIFF, SVG: read by import, and by add, from a file and from a pipe:

  $ vmfa import "$bugs/qr_utf8_umlauts.png" --json --dry-run
  {"added":["Größe über:müller"],"duplicates":[],"notes":[],"refused":[],"skipped":[]}
  $ for image in qr_inverted.png qr_transparent.png qr.tiff qr.svg; do vmfa import "$bugs/$image" | tail -n 1; done
  1 added, 0 duplicate, 0 skipped, 0 refused
  0 added, 1 duplicate, 0 skipped, 0 refused
  0 added, 1 duplicate, 0 skipped, 0 refused
  0 added, 1 duplicate, 0 skipped, 0 refused
  $ for image in qr_utf8_umlauts.png qr_inverted.png qr_transparent.png qr.tiff qr.svg; do vmfa add --qr "$bugs/$image"; vmfa add --qr - < "$bugs/$image"; done 2>&1 | sort | uniq -c | sed 's/^ *//'
  1 added Größe über:müller
  1 vmfa: note: Größe über:müller is there already
  8 vmfa: note: Shop:ann is there already
  $ vmfa code 'Größe über:müller' --at 59; vmfa code Shop:ann --at 59
  * (glob)
  * (glob)

What the name says is of no account, and several codes in one image are several:

  $ cp "$bugs/qr.tiff" photo.txt && vmfa import photo.txt | tail -n 1
  0 added, 1 duplicate, 0 skipped, 0 refused
  $ vmfa show Shop:ann --svg one.svg && vmfa show 'Größe über' --svg two.svg && python3 - <<'EOF'
  > import re
  > parts = []
  > for place, name in enumerate(["one.svg", "two.svg"]):
  >     text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", open(name).read())
  >     parts.append(text.replace("<svg ", f'<svg x="{place * 500}" ', 1))
  > open("both.svg", "w").write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 500">{"".join(parts)}</svg>')
  > EOF
  $ vmfa vault init --vault other > /dev/null; vmfa import both.svg --vault other | sort
  2 added, 0 duplicate, 0 skipped, 0 refused
  added Größe über:müller
  added Shop:ann

Where nothing can be read, the hint is true:

  $ mkdir tools && for tool in sh zbarimg; do ln -s "$(command -v $tool)" tools/; done
  $ ends env PATH="$PWD/tools" "$(command -v vmfa)" import "$bugs/qr.svg"
  vmfa: error: */qr.svg is an SVG drawing, and rsvg-convert, which draws it, is not installed (glob)
  vmfa: hint: install librsvg2-bin, or save the drawing as PNG
  status 69
  $ printf '<svg xmlns="http://www.w3.org/2000/svg"><broken' > broken.svg; ends vmfa add --qr broken.svg
  vmfa: error: broken.svg is an SVG drawing that cannot be drawn
  vmfa: hint: save it as PNG
  status 65
  $ printf 'P2 2 2 255 0 0 0 0\n' | ends vmfa add --qr -
  vmfa: error: no QR code was found in standard input
  vmfa: hint: crop the image, or take a sharper one
  status 65
  $ printf '\377\330\377 no more' > cut.jpg; ends vmfa import cut.jpg
  vmfa: error: cut.jpg is no image that zbarimg can read
  vmfa: hint: save it as PNG
  status 65
