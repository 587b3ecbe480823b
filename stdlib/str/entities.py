#!/usr/bin/env python3
"""Writes HTML's named entities, as Python's library lists them (HTML 5), as a sorted C++ table: entities.py OUT"""
import html.entities
import sys

names = sorted((name[:-1], text) for name, text in html.entities.html5.items() if name.endswith(";"))
with open(sys.argv[1], "w", encoding="utf-8") as header:
    header.write("#pragma once\n\n#include <string_view>\n\nnamespace qi::stdlib {\n\n")
    header.write("struct HtmlEntity {\n    std::string_view name;\n    std::string_view text;\n};\n\n")
    header.write("inline constexpr HtmlEntity html_entities[] = {\n")
    for name, text in names:
        octal = "".join("\\%03o" % byte for byte in text.encode())
        header.write('    {"%s", "%s"},\n' % (name, octal))
    header.write("};\n\n} // namespace qi::stdlib\n")
