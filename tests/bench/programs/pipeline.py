import functools
import sys


def squares(n):
    items = [x * x % 1009 for x in range(n)]
    items = [x for x in items if x % 2 == 0]
    return functools.reduce(lambda total, x: total + x, items, 0)


n = int(sys.argv[1]) if len(sys.argv) > 1 else 500000
print(sum(squares(n + i) for i in range(10)))
