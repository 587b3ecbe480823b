function build(n) {
  const v = [];
  for (let i = 0; i < n; i++) v.push(i);
  return v;
}

function mix(v, n, rounds) {
  for (let i = 0, x = 42; i < rounds; i++) {
    const from = x % n, to = (x + i) % n;
    v[to] = (v[from] + v[to] + 1) % 1000003;
    x = (x * 16807) % 2147483647;
  }
  return v;
}

const n = Number(process.argv[2] ?? 1000000);
console.log(mix(build(n), n, 4 * n).reduce((sum, item) => sum + item, 0));
