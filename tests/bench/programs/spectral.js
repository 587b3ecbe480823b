function a(i, j) {
  const k = i + j;
  return 1.0 / (k * (k + 1) * 0.5 + i + 1);
}

function product(u, n) {
  const v = [];
  for (let i = 0; i < n; i++) {
    let sum = 0.0;
    for (let j = 0; j < n; j++) sum += a(i, j) * u[j];
    v.push(sum);
  }
  return v;
}

function transposedProduct(u, n) {
  const v = [];
  for (let i = 0; i < n; i++) {
    let sum = 0.0;
    for (let j = 0; j < n; j++) sum += a(j, i) * u[j];
    v.push(sum);
  }
  return v;
}

function dot(u, v, n) {
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += u[i] * v[i];
  return sum;
}

const n = Number(process.argv[2] ?? 800);
let u = new Array(n).fill(1.0), v;
for (let i = 0; i < 5; i++) {
  v = transposedProduct(product(u, n), n);
  u = transposedProduct(product(v, n), n);
}
console.log(Math.sqrt(dot(u, v, n) / dot(v, v, n)).toFixed(9));
