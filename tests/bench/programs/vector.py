import sys


def build(n):
    v = []
    for i in range(n):
        v.append(i)
    return v


def mix(v, n, rounds):
    x = 42
    for i in range(rounds):
        start, to = x % n, (x + i) % n
        v[to] = (v[start] + v[to] + 1) % 1000003
        x = x * 16807 % 2147483647
    return v


n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
print(sum(mix(build(n), n, 4 * n)))
