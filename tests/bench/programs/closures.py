import sys


def adder(n):
    return lambda x: x + n


def scaler(n):
    return lambda x: x * n % 1000003


def compose(f, g):
    return lambda x: f(g(x))


def main(n):
    x = 1
    for i in range(n):
        x = compose(adder(i % 7), scaler(i + 3))(x)
    print(x)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000000)
