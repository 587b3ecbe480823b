"""Writes, for interpreter/late_libraries.cpp, which functions of the late libraries the program calls, and how each library
is called.

    late_libraries.py OUTPUT --folders FOLDER… --late NAME… --from ARCHIVE… --compiler WORD…

What an archive lacks and a library has is a row. A library is looked for where it is linked from: in the folders, then where
the compiler does. A late library's data can't be late: that is an error.
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
    arguments.add_argument("--folders", nargs="*", default=[], type=pathlib.Path)
    arguments.add_argument("--late", nargs="+", required=True)
    arguments.add_argument("--from", nargs="+", required=True, dest="archives")
    arguments.add_argument("--compiler", nargs=argparse.REMAINDER, required=True)
    given = arguments.parse_args()

    readelf = output(*given.compiler, "-print-prog-name=readelf").strip()  # also where another processor's is beside it
    wanted, defined = set(), set()
    for name, _, section in symbols(readelf, "--syms", *given.archives):
        (wanted if section == "UND" else defined).add(name)
    wanted -= defined

    libraries, rows = [], []
    for index, name in enumerate(given.late):
        file = f"lib{name}.so"
        here = next((folder / file for folder in given.folders if (folder / file).exists()), None)
        path = here or output(*given.compiler, f"-print-file-name={file}").strip()
        libraries.append(re.search(r"\(SONAME\).*\[(.*)\]", output(readelf, "-dW", path))[1])
        found = {symbol: kind for symbol, kind, section in symbols(readelf, "--dyn-syms", path) if section != "UND"}
        for symbol in sorted(wanted & found.keys()):
            if found[symbol] not in ("FUNC", "IFUNC"):
                sys.exit(f"lib{name}.so: {symbol} is no function, so this library can't be late")
            rows.append(f"    row({len(rows)}, {symbol}, {index})")
        wanted -= found.keys()

    names = ", ".join(f'"{name}"' for name in libraries)
    text = (
        "// Written by interpreter/late_libraries.py.\n"
        f"#define QI_LATE_LIBRARIES {names}\n"
        "#define QI_LATE_FUNCTIONS(row) \\\n" + " \\\n".join(rows) + "\n"
    )
    if not given.output.exists() or given.output.read_text() != text:  # what includes it is compiled again
        given.output.write_text(text)


main()
