"""Renders a tmux screen (capture-pane -e) as an image, as a terminal with the given colours shows it.

photograph.py FOREGROUND BACKGROUND OUTPUT.pgm < capture
"""
import re
import sys

WIDTH, HEIGHT = 4, 8
LEVELS = {"38;5;16": ("ink", 0), "48;5;231": ("paper", 255), "48;5;16": ("paper", 0)}


def cells(line, own, colours):
    for sgr, character in re.findall(r"\x1b\[([0-9;]*)m|(.)", line):
        if character:
            yield character, dict(colours)
            continue
        rest = sgr
        while rest:
            name = next((n for n in LEVELS if rest.startswith(n)), None)
            if name:
                target, level = LEVELS[name]
                colours[target] = level
                rest = rest[len(name):].lstrip(";")
            else:
                number, _, rest = rest.partition(";")
                if number in ("", "0"): colours.update(own)
                elif number == "39": colours["ink"] = own["ink"]
                elif number == "49": colours["paper"] = own["paper"]
                else: sys.exit(f"a sequence that the drawing does not use: {sgr}")
        if sgr == "": colours.update(own)


def main():
    own = {"ink": int(sys.argv[1]), "paper": int(sys.argv[2])}
    colours = dict(own)
    rows = [list(cells(line.rstrip("\n"), own, colours)) for line in sys.stdin]
    columns = max(map(len, rows)) + 4
    pixels = bytearray()
    for row in rows:
        row += [(" ", own)] * (columns - len(row))
        for y in range(HEIGHT):
            for character, shown in row:
                inked = character == "█" or character == ("▀" if y < HEIGHT // 2 else "▄")
                pixels += bytes([shown["ink" if inked else "paper"]]) * WIDTH
    with open(sys.argv[3], "wb") as file:
        file.write(b"P5 %d %d 255\n" % (columns * WIDTH, len(rows) * HEIGHT))
        file.write(pixels)


main()
