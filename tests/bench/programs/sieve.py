import sys


def primes_below(n):
    sieve = [True] * n
    found = 0
    for i in range(2, n):
        if sieve[i]:
            found += 1
            for multiple in range(i * i, n, i):
                sieve[multiple] = False
    return found


print(primes_below(int(sys.argv[1]) if len(sys.argv) > 1 else 6000000))
