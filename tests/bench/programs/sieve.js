function primesBelow(n) {
  const sieve = new Array(n).fill(true);
  let found = 0;
  for (let i = 2; i < n; i++) {
    if (sieve[i]) {
      found++;
      for (let multiple = i * i; multiple < n; multiple += i) sieve[multiple] = false;
    }
  }
  return found;
}

console.log(primesBelow(Number(process.argv[2] ?? 6000000)));
