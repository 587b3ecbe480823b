import math
import sys


def a(i, j):
    k = i + j
    return 1.0 / (k * (k + 1) * 0.5 + i + 1)


def product(u, n):
    v = []
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += a(i, j) * u[j]
        v.append(total)
    return v


def transposed_product(u, n):
    v = []
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += a(j, i) * u[j]
        v.append(total)
    return v


def dot(u, v, n):
    total = 0.0
    for i in range(n):
        total += u[i] * v[i]
    return total


n = int(sys.argv[1]) if len(sys.argv) > 1 else 800
u = [1.0] * n
for _ in range(5):
    v = transposed_product(product(u, n), n)
    u = transposed_product(product(v, n), n)
print(f"{math.sqrt(dot(u, v, n) / dot(v, v, n)):.9f}")
