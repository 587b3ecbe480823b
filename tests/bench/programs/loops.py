import sys


def row(i, n, total):
    for j in range(1, n + 1):
        if (i + j) % 3 == 0:
            total = (total + i * j) % 1000003
        else:
            total = total + 1
    return total


def table(n):
    total = 0
    for i in range(1, n + 1):
        total = row(i, n, total)
    return total


print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 8000))
