function squares(n) {
  return Array.from({ length: n }, (_, i) => i)
    .map((x) => (x * x) % 1009)
    .filter((x) => x % 2 === 0)
    .reduce((sum, x) => sum + x, 0);
}

const n = Number(process.argv[2] ?? 500000);
let sum = 0;
for (let i = 0; i < 10; i++) sum += squares(n + i);
console.log(sum);
