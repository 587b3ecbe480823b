#!/usr/bin/env python3
"""Writes which source file below FOLDER defines each name of the standard library, as a C++ table, and which files and
folders that depends on: places.py ROOT FOLDER OUT DEPFILE"""
import os
import re
import sys

root, folder, out, depfile = sys.argv[1:]
places, read = {}, []
for where, folders, files in os.walk(os.path.join(root, folder)):
    folders.sort()
    read.append(where)
    for name in sorted(files):
        if not name.endswith((".cpp", ".qi")):
            continue
        path = os.path.join(where, name)
        read.append(path)
        with open(path, encoding="utf-8") as source:
            text = source.read()
        pattern = r"^\(defn (\S+)" if name.endswith(".qi") else r'\b(?:native\(\s*|define_constant\(\s*setup, )"([^\s"]+)'
        for match in re.finditer(pattern, text, re.M):
            if match[1] == "%" or not match[1].startswith("%"):
                places[match[1]] = os.path.relpath(path, root)
with open(out, "w", encoding="utf-8") as header:
    header.write("#pragma once\n\n#include <string_view>\n\nnamespace qi {\n\nstruct DocPlace {\n    std::string_view name, file;\n};\n\n")
    header.write("inline constexpr DocPlace doc_places[] = {\n")
    for name in sorted(places):
        header.write('    {"%s", "%s"},\n' % (name, places[name]))
    header.write("};\n\n} // namespace qi\n")
with open(depfile, "w", encoding="utf-8") as listing:
    listing.write("%s: %s\n" % (os.path.basename(out), " ".join(os.path.relpath(path) for path in read)))
