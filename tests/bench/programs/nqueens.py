import sys


def is_safe(queens, column):
    row = len(queens)
    for i in range(row):
        other = queens[i]
        if other == column or abs(other - column) == row - i:
            return False
    return True


def place(queens, n):
    if len(queens) == n:
        return 1
    ways = 0
    for column in range(n):
        if is_safe(queens, column):
            queens.append(column)
            ways += place(queens, n)
            queens.pop()
    return ways


print(place([], int(sys.argv[1]) if len(sys.argv) > 1 else 11))
