import functools
import sys


def numbers(n):
    x, items = 42, []
    for _ in range(n):
        items.append(x)
        x = x * 16807 % 2147483647
    return items


def compare(a, b):
    a_end, b_end = a % 1000, b % 1000
    return b - a if a_end == b_end else a_end - b_end


def key(x):
    return x * 7919 % 2147483647


def checksum(items):
    total = 0
    for x in items:
        total = (total * 31 + x) % 1000003
    return total


items = numbers(int(sys.argv[1]) if len(sys.argv) > 1 else 200000)
ascending = sorted(items)
compared = sorted(items, key=functools.cmp_to_key(compare))
print(checksum(ascending), checksum(compared), checksum(sorted(items, key=key)))
