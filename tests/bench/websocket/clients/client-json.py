"""client-json.qi for Python's `websockets`: client-json.py URL UNDER-WAY [CA]"""

import asyncio
import json
import ssl
import sys

from any_websockets import connect
from websockets import ConnectionClosedOK


def answer(given):
    match given:
        case {"type": "trade", "id": id, "symbol": symbol, "price": price, "size": size, "venue": {"name": name, "queue": queue},
              "tags": tags, "time": time, "note": note}:
            return {"type": "filled", "id": id, "symbol": symbol, "price": price, "total": 100 * size,
                    "venue": {"name": name, "queue": queue + 1}, "tags": tags, "time": time, "note": note}
        case {"type": "quote", "id": id, "symbol": symbol, "bid": bid, "ask": ask, "depth": depth, "time": time, "note": note}:
            return {"type": "order", "id": id, "symbol": symbol, "limit": bid, "spread": ask - bid, "open": True, "depth": depth,
                    "time": time, "note": note}
        case {"type": "status", "id": id, "symbol": symbol, "state": state, "venue": {"queue": queue}, "reason": reason, "note": note,
              "time": time}:
            return {"type": "seen", "id": id, "symbol": symbol, "trading": state == "open", "queue": queue, "reason": reason,
                    "note": note, "time": time}
    raise ValueError(f"an object of an unknown type: {given}")


async def main(url, under_way, ca=None):
    context = ssl.create_default_context(cafile=ca) if ca else None
    encode = json.JSONEncoder(separators=(",", ":")).encode
    async with connect(url, compression=None, ssl=context) as socket:
        while True:
            try:
                await socket.send(encode(answer(json.loads(await socket.recv()))))
            except ConnectionClosedOK:
                return


asyncio.run(main(*sys.argv[1:]))
