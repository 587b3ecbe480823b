#!/usr/bin/env python3
"""Writes the C library's own tables of encodings, which are files beside it, as C++ tables: encoding_tables.py OUT"""
import ctypes
import ctypes.util
import sys

c = ctypes.CDLL(None, use_errno=True)
c.iconv_open.restype = ctypes.c_void_p
c.iconv.restype = ctypes.c_size_t
c.iconv.argtypes = [ctypes.c_void_p] + [ctypes.POINTER(ctypes.c_char_p), ctypes.POINTER(ctypes.c_size_t)] * 2
ENCODINGS = ["CP932", "EUC-JP", "GBK", "GB18030", "BIG5", "UHC", "CP1252", "CP1251"]


class Converter:
    def __init__(self, to, source):
        self.state = c.iconv_open(to.encode(), source.encode())
        if self.state == ctypes.c_void_p(-1).value:
            sys.exit(f"encoding_tables.py: this C library can't convert {source} to {to}")
        self.out = ctypes.create_string_buffer(16)

    def __call__(self, piece):
        """What all of it is; None if it is nothing by itself."""
        source, left = ctypes.c_char_p(piece), ctypes.c_size_t(len(piece))
        to, room = ctypes.c_char_p(ctypes.addressof(self.out)), ctypes.c_size_t(len(self.out))
        converted = c.iconv(self.state, source, left, to, room)
        if converted == 0 and left.value == 0:
            return self.out.raw[: len(self.out) - room.value]
        c.iconv(self.state, None, None, None, None)
        return None


def table(encoding):
    """{bytes: code point} to read by, and what is written otherwise than it is read first: {code point: bytes}."""
    read, write = Converter("UTF-32LE", encoding), Converter(encoding, "UTF-32LE")
    written = {}
    for point in (*range(0x80, 0xD800), *range(0xE000, 0x10000)):
        if (piece := write(point.to_bytes(4, "little"))) is not None and piece != b"?":
            written[point] = piece
    leads = range(0x80, 0x100)
    pieces = {bytes([lead]) for lead in leads} | {bytes([lead, trail]) for lead in leads for trail in range(0x30, 0x100)}
    if encoding == "EUC-JP":
        pieces |= {bytes([0x8F, lead, trail]) for lead in range(0xA1, 0xFF) for trail in range(0xA1, 0xFF)}
    readable = {}
    for piece in sorted(pieces | set(written.values()), key=lambda piece: (len(piece), piece)):
        if piece[:1] not in readable and (text := read(piece)) is not None and len(text) == 4:
            readable[piece] = int.from_bytes(text, "little")
    assert all(read(bytes([byte])) == byte.to_bytes(4, "little") for byte in range(0x80)), encoding
    # Beyond the first plane, what is read from two bytes.
    for point in readable.values():
        if point > 0xFFFF and (piece := write(point.to_bytes(4, "little"))) is not None:
            written[point] = piece
    first = {}
    for piece, point in readable.items():
        first.setdefault(point, piece)
    return readable, {point: piece for point, piece in written.items() if first.get(point) != piece}, [point for point in first if point not in written]


def number(piece):
    return int.from_bytes(piece, "big")


with open(sys.argv[1], "w") as header:
    header.write("#pragma once\n\n#include <cstdint>\n\nnamespace qi::stdlib {\n\n")
    for encoding in ENCODINGS:
        name = encoding.lower().replace("-", "_")
        readable, otherwise, unwritable = table(encoding)
        for kind, rows in [
            ("read", sorted((number(piece), point) for piece, point in readable.items())),
            ("written", sorted([(point, number(piece)) for point, piece in otherwise.items()] + [(point, 0) for point in unwritable])),
        ]:
            header.write(f"inline constexpr std::uint32_t {name}_{kind}[][2] = {{\n")
            for row in rows or [(0, 0)]:
                header.write("{%d,%d},\n" % row)
            header.write("};\n")
    header.write("\n} // namespace qi::stdlib\n")
