import sys


def make(depth):
    return (None, None) if depth == 0 else (make(depth - 1), make(depth - 1))


def nodes(tree):
    left, right = tree
    return 1 if left is None else 1 + nodes(left) + nodes(right)


def nodes_of_many(count, depth):
    total = 0
    for _ in range(count):
        total += nodes(make(depth))
    return total


deepest = int(sys.argv[1]) if len(sys.argv) > 1 else 16
stays = make(deepest)
for depth in range(4, deepest + 1, 4):
    print(depth, nodes_of_many(1 << (deepest - depth + 4), depth))
print(nodes(stays))
