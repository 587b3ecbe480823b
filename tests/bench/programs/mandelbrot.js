function stays(cx, cy) {
  let x = 0.0, y = 0.0;
  for (let i = 0; ; i++) {
    const xx = x * x, yy = y * y;
    if (xx + yy > 4.0) return false;
    if (i === 50) return true;
    y = 2.0 * x * y + cy;
    x = xx - yy + cx;
  }
}

function row(j, n) {
  const cy = (2.0 * j) / n - 1.0;
  let inside = 0;
  for (let i = 0; i < n; i++) if (stays((2.0 * i) / n - 1.5, cy)) inside++;
  return inside;
}

const n = Number(process.argv[2] ?? 900);
let inside = 0;
for (let j = 0; j < n; j++) inside += row(j, n);
console.log(inside);
