#!/usr/bin/env python3
"""Writes the files of the project templates as a C++ table: embed.py FOLDER OUT DEPFILE

Each folder in FOLDER is a template; `gitignore` belongs to all of them."""
import os
import sys

folder, out, depfile = sys.argv[1:]
read = [folder]
entries = []
for name in sorted(os.listdir(folder)):
    if not os.path.isdir(os.path.join(folder, name)):
        continue
    paths = []
    for where, folders, files in os.walk(os.path.join(folder, name)):
        folders.sort()
        read.append(where)
        paths += [os.path.join(where, file) for file in files]
    for path in sorted(paths):
        entries.append((name, os.path.relpath(path, os.path.join(folder, name)), path))
    entries.append((name, ".gitignore", os.path.join(folder, "gitignore")))
with open(out, "w", encoding="utf-8") as header:
    header.write("#pragma once\n\n#include <string_view>\n\nnamespace qi {\n\nstruct TemplateFile {\n    std::string_view project, path, text;\n};\n\n")
    header.write("inline constexpr TemplateFile template_files[] = {\n")
    for name, relative, path in entries:
        read.append(path)
        with open(path, encoding="utf-8") as source:
            header.write('    {"%s", "%s",\nR"qi~(%s)qi~"},\n' % (name, relative, source.read()))
    header.write("};\n\n} // namespace qi\n")
with open(depfile, "w", encoding="utf-8") as listing:
    listing.write("%s: %s\n" % (os.path.basename(out), " ".join(os.path.relpath(path) for path in read)))
