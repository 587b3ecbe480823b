import asyncio
import sys


async def answer(gate, i):
    await gate.wait()
    return i * i % 1009


async def main(n):
    gate = asyncio.Event()
    answers = [asyncio.create_task(answer(gate, i)) for i in range(n)]
    await asyncio.sleep(0)
    gate.set()
    total = 0
    for each in answers:
        total += await each
    print(total)


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300000))
