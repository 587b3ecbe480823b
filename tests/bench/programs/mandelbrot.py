import sys


def stays(cx, cy):
    x = y = 0.0
    i = 0
    while True:
        xx, yy = x * x, y * y
        if xx + yy > 4.0:
            return False
        if i == 50:
            return True
        x, y, i = xx - yy + cx, 2.0 * x * y + cy, i + 1


def row(j, n):
    cy, inside = 2.0 * j / n - 1.0, 0
    for i in range(n):
        if stays(2.0 * i / n - 1.5, cy):
            inside += 1
    return inside


n = int(sys.argv[1]) if len(sys.argv) > 1 else 900
print(sum(row(j, n) for j in range(n)))
