#!/usr/bin/env python3
"""Writes the definitions of the standard library's Qi files as a C++ table: embed.py OUT FILE..."""
import os
import re
import sys


def definitions(text):
    """The top-level forms, by their brackets: comments and strings are passed over."""
    depth, start, at = 0, 0, 0
    while at < len(text):
        c = text[at]
        if c == ";":
            at = text.find("\n", at)
            if at < 0:
                return
        elif c == '"':
            at += 1
            while text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        elif c in "([{":
            if depth == 0:
                start = at
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth == 0:
                yield text[start : at + 1]
        at += 1


out, files = sys.argv[1], sys.argv[2:]
with open(out, "w", encoding="utf-8") as header:
    header.write('#pragma once\n\n#include "native/setup.hpp"\n\nnamespace qi::stdlib {\n\n')
    header.write("inline constexpr LibraryEntry embedded[] = {\n")
    for path in files:
        with open(path, encoding="utf-8") as source:
            text = source.read()
        for form in definitions(text):
            name = re.match(r"\(defn (\S+)", form)
            if not name:
                sys.exit("%s: only (defn …) may stand here: %s" % (path, form[:60]))
            header.write('    {"%s", "%s",\nR"qi~(%s)qi~"},\n' % (os.path.basename(path), name.group(1), form))
    header.write("};\n\n} // namespace qi::stdlib\n")
