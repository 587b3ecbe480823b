import sys


def build(depth):
    if depth == 0:
        return ("var",)
    if depth % 3 == 0:
        return ("add", build(depth - 1), ("num", depth))
    if depth % 3 == 1:
        return ("mul", build(depth - 1), build(depth - 1))
    return ("add", build(depth - 1), ("neg", build(depth - 2)))


def derive(e):
    match e:
        case ("num", _):
            return ("num", 0)
        case ("var",):
            return ("num", 1)
        case ("neg", a):
            return ("neg", derive(a))
        case ("add", a, b):
            return ("add", derive(a), derive(b))
        case ("mul", a, b):
            return ("add", ("mul", derive(a), b), ("mul", a, derive(b)))


def make(e):
    match e:
        case ("add", ("num", 0), a) | ("add", a, ("num", 0)):
            return a
        case ("mul", ("num", 1), a) | ("mul", a, ("num", 1)):
            return a
        case ("mul", ("num", 0), _) | ("mul", _, ("num", 0)):
            return ("num", 0)
        case ("neg", ("num", n)):
            return ("num", (10007 - n) % 10007)
    return e


def simplify(e):
    match e:
        case ("neg", a):
            return make(("neg", simplify(a)))
        case ("add", a, b):
            return make(("add", simplify(a), simplify(b)))
        case ("mul", a, b):
            return make(("mul", simplify(a), simplify(b)))
    return e


def value(e, x):
    match e:
        case ("num", n):
            return n
        case ("var",):
            return x
        case ("neg", a):
            return (10007 - value(a, x)) % 10007
        case ("add", a, b):
            return (value(a, x) + value(b, x)) % 10007
        case ("mul", a, b):
            return value(a, x) * value(b, x) % 10007


e = build(7)
print(sum(value(simplify(derive(e)), i % 10007) for i in range(int(sys.argv[1]) if len(sys.argv) > 1 else 10000)))
