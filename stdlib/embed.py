#!/usr/bin/env python3
"""Writes the Qi files of the standard library as a C++ header: embed.py OUT FILE..."""
import os
import sys

out, files = sys.argv[1], sys.argv[2:]
with open(out, "w", encoding="utf-8") as header:
    header.write("#pragma once\n\n#include <string_view>\n\nnamespace qi::stdlib {\n\n")
    header.write("struct Embedded {\n    std::string_view name;\n    std::string_view text;\n};\n\n")
    header.write("inline constexpr Embedded embedded[] = {\n")
    for path in files:
        with open(path, encoding="utf-8") as source:
            text = source.read()
        # Raw strings end at 64 KiB in some compilers: written in pieces, which the compiler joins.
        pieces = [text[i : i + 8000] for i in range(0, len(text), 8000)]
        header.write('    {"%s",' % os.path.basename(path))
        for piece in pieces:
            header.write('\nR"qi~(%s)qi~"' % piece)
        header.write("},\n")
    header.write("};\n\n} // namespace qi::stdlib\n")
