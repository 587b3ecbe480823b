const step = 0.01;

function body(x, y, z, vx, vy, vz, mass) {
  return { x, y, z, vx, vy, vz, mass };
}

function pull(b, other) {
  const dx = b.x - other.x, dy = b.y - other.y, dz = b.z - other.z;
  const square = dx * dx + dy * dy + dz * dz;
  if (square !== 0) {
    const force = (other.mass * step) / (square * Math.sqrt(square));
    b.vx -= dx * force;
    b.vy -= dy * force;
    b.vz -= dz * force;
  }
}

function move(b) {
  b.x += step * b.vx;
  b.y += step * b.vy;
  b.z += step * b.vz;
}

function advance(bodies) {
  for (const b of bodies) for (const other of bodies) pull(b, other);
  for (const b of bodies) move(b);
}

function speedSum(bodies) {
  return bodies.reduce((sum, b) => sum + b.x + b.vx + b.vy + b.vz, 0);
}

const bodies = [
  body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0),
  body(5.0, -1.0, -0.1, 0.5, 2.75, -0.05, 0.04),
  body(8.5, 4.0, -0.4, -1.0, 1.75, 0.0, 0.01),
  body(13.0, -15.0, -0.25, 1.0, 0.75, -0.0, 0.002),
  body(15.5, -26.0, 0.2, 1.0, 0.5, -0.05, 0.002),
];
const n = Number(process.argv[2] ?? 150000);
for (let i = 0; i < n; i++) advance(bodies);
console.log(speedSum(bodies).toFixed(9));
