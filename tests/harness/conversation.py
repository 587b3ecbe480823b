"""A conversation over one connection, written as the lines that one side prints while it happens.

    < text Hello                 what this side receives
    > text やあ                  what it sends
    > text ab*500000             "ab" five hundred thousand times
    > binary AAEC                base64
    > close 1000 bye             code and reason; 1005 sends no code
    > ping x                     a ping, answered by the same payload
    > fragments a|b|c            one text message in three frames
    > raw wQA=                   bytes put on the wire as they are, in base64
    > drop                       cuts the TCP connection
    = echo                       receives one message and sends it back
    . wait 50                    milliseconds

The three peers (peer.cjs, peer.py and peer.qi in tests/interop/) follow such a conversation and print each line when it
has happened, or what happened instead: so the conversation is also the transcript that is expected of them.
"""

import json

from harness import NODE, PYTHON, QI, ROOT, Failure, Program

PEERS = ROOT / "tests" / "interop"


def steps(lines):
    """The lines as the JSON-able steps that a peer reads."""
    return [_step(line) for line in lines]


def _step(line):
    mark, kind, data = (line.split(" ", 2) + ["", ""])[:3]
    step = {"line": line, "type": kind}
    if kind == "close":
        code, _, reason = data.partition(" ")
        return {**step, "do": "close" if mark == ">" else "receive", "code": int(code), "reason": reason, "data": data, "times": 1}
    if kind in ("text", "binary"):
        unit, star, times = data.rpartition("*")
        if not (star and times.isdigit()):
            unit, times = data, 1
        return {**step, "do": "send" if mark == ">" else "receive", "data": unit, "times": int(times)}
    if kind in ("error", "timeout"):
        return {**step, "do": "receive", "data": data, "times": 1}
    if kind == "wait":
        return {**step, "do": "wait", "ms": int(data)}
    return {**step, "do": kind, "data": data, "parts": data.split("|")}


def mirror(lines):
    """The same conversation as the other side has it."""
    mirrored = []
    for line in lines:
        mark, kind, data = (line.split(" ", 2) + ["", ""])[:3]
        if kind == "fragments":
            mirrored.append("< text " + data.replace("|", ""))
        elif mark in "<>" and kind in ("text", "binary", "close"):
            mirrored.append({"<": ">", ">": "<"}[mark] + line[1:])
        elif kind not in ("ping", "wait"):
            raise Failure(f"no mirror image of {line!r}: write the other side out")
    return mirrored


def _command(peer):
    return {
        "qi": [QI, PEERS / "peer.qi"],
        "node": ["node", PEERS / "peer.cjs"],
        "python": [PYTHON, PEERS / "peer.py"],
    }[peer]


def serve(peer, conversations, **options):
    """Starts a server that has conversations[path] with whoever comes to path. The program has a `.port`."""
    plan = {"conversations": {path: steps(lines) for path, lines in conversations.items()}, **options}
    program = Program([*_command(peer), "serve", json.dumps(plan)], NODE)
    try:
        program.port = int(program.line("^port ").split()[1])
    except Failure:
        program.stop()
        raise
    return program


def call(peer, url, lines, **options):
    """Starts a client that has the conversation, and ends."""
    plan = {"url": url, "conversation": steps(lines), **options}
    return Program([*_command(peer), "connect", json.dumps(plan)], NODE)


def transcripts(lines):
    """A server's printed lines, one list for each connection in the order they came: [["/ws", "< text Hello"], …]."""
    by_connection = {}
    for line in lines:
        number, _, what = line.partition(" ")
        if number.isdigit():
            by_connection.setdefault(int(number), []).append(what.removeprefix("open "))
    return [by_connection[number] for number in sorted(by_connection)]
