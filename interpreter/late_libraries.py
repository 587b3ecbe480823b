"""Writes, for interpreter/late_libraries.cpp, which functions of the late libraries the program calls, and how each library
is called.

    late_libraries.py OUTPUT --compiler WORD… --late NAME… --from ARCHIVE…

What an archive lacks and a library has is a row. A late library's data can't be late: that is an error.
"""

import argparse
import pathlib
import re
import subprocess
import sys


def output(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def symbols(readelf, *words):
    """Name, kind and section of each symbol that it lists."""
    line = re.compile(r"^ *\d+: +\S+ +\S+ +(\S+) +(?:GLOBAL|WEAK) +\S+ +(?:\[.*\] +)?(\S+) +([^\s@]+)", re.M)
    return [(name, kind, section) for kind, section, name in line.findall(output(readelf, "-W", *words))]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("output", type=pathlib.Path)
    arguments.add_argument("--compiler", nargs="+", required=True)
    arguments.add_argument("--late", nargs="+", required=True)
    arguments.add_argument("--from", nargs="+", required=True, dest="archives")
    given = arguments.parse_args()

    readelf = output(*given.compiler, "-print-prog-name=readelf").strip()  # also where another processor's is beside it
    wanted, defined = set(), set()
    for name, _, section in symbols(readelf, "--syms", *given.archives):
        (wanted if section == "UND" else defined).add(name)
    wanted -= defined

    libraries, rows = [], []
    for index, name in enumerate(given.late):
        path = output(*given.compiler, f"-print-file-name=lib{name}.so").strip()
        libraries.append(re.search(r"\(SONAME\).*\[(.*)\]", output(readelf, "-dW", path))[1])
        found = {symbol: kind for symbol, kind, section in symbols(readelf, "--dyn-syms", path) if section != "UND"}
        for symbol in sorted(wanted & found.keys()):
            if found[symbol] not in ("FUNC", "IFUNC"):
                sys.exit(f"lib{name}.so: {symbol} is no function, so this library can't be late")
            rows.append(f"    row({len(rows)}, {symbol}, {index})")
        wanted -= found.keys()

    names = ", ".join(f'"{name}"' for name in libraries)
    given.output.write_text(
        "// Written by interpreter/late_libraries.py.\n"
        f"#define QI_LATE_LIBRARIES {names}\n"
        "#define QI_LATE_FUNCTIONS(row) \\\n" + " \\\n".join(rows) + "\n"
    )


main()
