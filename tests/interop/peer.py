"""One side of a conversation (see tests/harness/conversation.py), played by Python's `websockets`.

peer.py serve PLAN      prints `port N`, then every connection's lines behind its number
peer.py connect PLAN    prints the conversation's lines and ends
"""

import asyncio
import base64
import json
import pathlib
import ssl
import sys

from websockets import ConnectionClosed

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
from any_websockets import close_without_code, connect as connection_to, is_closed, requested, serve as serving

role, plan = sys.argv[1], json.loads(sys.argv[2])


def say(line, number=""):
    print(f"{number} {line}".lstrip(), flush=True)


def abbreviate(line):
    return line if len(line) <= 300 else f"{line[:300]}… ({len(line)} characters)"


def payload(step):
    data = step["data"] * step["times"]
    return base64.b64decode(data) if step["type"] == "binary" else data


def described(message):
    return f"text {message}" if isinstance(message, str) else "binary " + base64.b64encode(message).decode()


async def event(socket):
    try:
        return described(await socket.recv())
    except ConnectionClosed:
        return f"close {socket.close_code} {socket.close_reason or ''}".rstrip()


async def take(socket, step):
    """Carries one step out. Gives the line to print, if it is another one than the step's."""
    action = step["do"]
    if action == "send":
        await socket.send(payload(step))
    elif action == "fragments":
        await socket.send(step["parts"])
    elif action == "raw":
        socket.transport.write(base64.b64decode(step["data"]))
    elif action == "drop":
        socket.transport.abort()
    elif action == "wait":
        await asyncio.sleep(step["ms"] / 1000)
    elif action == "close":
        if step["code"] == 1005:
            await close_without_code(socket)
        else:
            await socket.close(step["code"], step["reason"])
    elif action == "ping":
        await (await socket.ping(step["data"]))
    elif action == "echo":
        await socket.send(await socket.recv())
    elif action == "receive":
        got = await event(socket)
        if got != f"{step['type']} {step['data'] * step['times']}":
            return abbreviate(f"< {got}")
    return None


async def converse(socket, steps, number=""):
    for step in steps:
        try:
            line = await take(socket, step)
        except ConnectionClosed:
            line = f"< {await event(socket)}"
        say(line or step["line"], number)


connections = 0


async def serve_one(socket):
    global connections
    connections += 1
    number = connections
    path, headers = requested(socket)
    say(f"open {path}" + (f" {socket.subprotocol}" if socket.subprotocol else ""), number)
    for name in plan.get("shown-headers", []):
        say(f"{name}: {headers.get(name)}", number)
    await converse(socket, plan["conversations"].get(path, []), number)
    while not is_closed(socket):
        say(abbreviate(f"then {await event(socket)}"), number)


async def serve():
    context = None
    if plan.get("tls"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(plan["tls"]["cert"], plan["tls"]["key"])
    server = await serving(serve_one, "127.0.0.1", 0, ssl=context, max_size=256 << 20,
                           subprotocols=plan.get("protocols") or None)
    say(f"port {server.sockets[0].getsockname()[1]}")
    await asyncio.Future()


async def connect():
    options = {"ssl": ssl.create_default_context(cafile=plan["ca"])} if plan.get("ca") else {}
    async with connection_to(plan["url"], plan.get("headers"), subprotocols=plan.get("protocols") or None,
                             max_size=256 << 20, **options) as socket:
        say("open" + (f" {socket.subprotocol}" if socket.subprotocol else ""))
        await converse(socket, plan["conversation"])


asyncio.run(serve() if role == "serve" else connect())
