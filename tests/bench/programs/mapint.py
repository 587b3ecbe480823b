import sys


def count_keys(n):
    x, m = 42, {}
    for _ in range(n):
        key = x % 200003
        m[key] = m.get(key, 0) + 1
        x = x * 16807 % 2147483647
    return m


m = count_keys(int(sys.argv[1]) if len(sys.argv) > 1 else 8000000)
total = 0
for key, value in m.items():
    total += key * value
print(len(m), total)
