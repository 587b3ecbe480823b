#!/usr/bin/python3
"""A network namespace's only name server while a command runs: names.py COMMAND…

there.example is 127.0.0.1, no other name is known. The command's status is that of this."""

import socket
import struct
import subprocess
import sys
import threading

A, IN, NAME_ERROR = 1, 1, 3  # RFC 1035, 3.2 and 4.1.1


def answer(question):
    end = 12
    labels = []
    while question[end]:
        labels.append(question[end + 1 : end + 1 + question[end]].decode())
        end += 1 + question[end]
    kind = struct.unpack(">H", question[end + 1 : end + 3])[0]
    known = ".".join(labels).lower() == "there.example"
    record = struct.pack(">HHHIH4B", 0xC00C, A, IN, 60, 4, 127, 0, 0, 1) if known and kind == A else b""
    head = question[:2] + struct.pack(">HHHHH", 0x8180 | (0 if known else NAME_ERROR), 1, 1 if record else 0, 0, 0)
    return head + question[12 : end + 5] + record


def serve(server):
    while True:
        question, client = server.recvfrom(512)
        server.sendto(answer(question), client)


subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
threading.Thread(target=serve, args=(server,), daemon=True).start()
sys.exit(subprocess.run(sys.argv[1:]).returncode)
