function row(i, n, sum) {
  for (let j = 1; j <= n; j++) {
    if ((i + j) % 3 === 0) sum = (sum + i * j) % 1000003;
    else sum = sum + 1;
  }
  return sum;
}

function table(n) {
  let sum = 0;
  for (let i = 1; i <= n; i++) sum = row(i, n, sum);
  return sum;
}

console.log(table(Number(process.argv[2] ?? 8000)));
