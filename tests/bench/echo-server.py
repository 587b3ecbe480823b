"""websocket/server.qi, of which it is only the echo, for Python's `websockets`: echo-server.py [FOLDER]"""

import asyncio
import ssl
import sys

import websockets


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def main(folder=None):
    context = folder and ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if folder:
        context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
    async with websockets.serve(echo, "127.0.0.1", 0, compression=None, ssl=context) as server:
        print("port", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main(*sys.argv[1:]))
