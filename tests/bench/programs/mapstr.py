import sys


def count_keys(n):
    x, m = 42, {}
    for _ in range(n):
        key = f"user:{x % 50021}"
        m[key] = m.get(key, 0) + 1
        x = x * 16807 % 2147483647
    return m


m = count_keys(int(sys.argv[1]) if len(sys.argv) > 1 else 1500000)
total = 0
for key, value in m.items():
    total += len(key) * value * value
print(len(m), total)
