function numbers(n) {
  const items = [];
  for (let i = 0, x = 42; i < n; i++) {
    items.push(x);
    x = (x * 16807) % 2147483647;
  }
  return items;
}

function compare(a, b) {
  const aEnd = a % 1000, bEnd = b % 1000;
  return aEnd === bEnd ? b - a : aEnd - bEnd;
}

const key = (x) => (x * 7919) % 2147483647;

function sortedBy(f, items) {
  const pairs = items.map((item) => [f(item), item]);
  return pairs.sort((a, b) => a[0] - b[0]).map((pair) => pair[1]);
}

function checksum(items) {
  return items.reduce((sum, x) => (sum * 31 + x) % 1000003, 0);
}

const items = numbers(Number(process.argv[2] ?? 200000));
const ascending = [...items].sort((a, b) => a - b);
const compared = [...items].sort(compare);
console.log(`${checksum(ascending)} ${checksum(compared)} ${checksum(sortedBy(key, items))}`);
