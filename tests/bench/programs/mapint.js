function countKeys(n) {
  const m = new Map();
  for (let i = 0, x = 42; i < n; i++) {
    const key = x % 200003;
    m.set(key, (m.get(key) ?? 0) + 1);
    x = (x * 16807) % 2147483647;
  }
  return m;
}

const m = countKeys(Number(process.argv[2] ?? 8000000));
let sum = 0;
for (const [key, value] of m) sum += key * value;
console.log(`${m.size} ${sum}`);
