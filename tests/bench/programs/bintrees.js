function make(depth) {
  return depth === 0 ? [null, null] : [make(depth - 1), make(depth - 1)];
}

function nodes([left, right]) {
  return left === null ? 1 : 1 + nodes(left) + nodes(right);
}

function nodesOfMany(count, depth) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += nodes(make(depth));
  return sum;
}

const deepest = Number(process.argv[2] ?? 16);
const stays = make(deepest);
for (let depth = 4, count = 1 << deepest; depth <= deepest; depth += 4, count >>= 4) {
  console.log(`${depth} ${nodesOfMany(count, depth)}`);
}
console.log(nodes(stays));
