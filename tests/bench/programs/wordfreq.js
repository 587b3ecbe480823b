const syllables = ["ka", "Lo", "mi", "ne", "Ru", "so", "ti", "va", "we", "Xi"];

function word(x) {
  return syllables[x % 10] + syllables[Math.floor(x / 10) % 7] + syllables[Math.floor(x / 100) % 10];
}

function makeText(n) {
  const words = [];
  for (let i = 0, x = 42; i < n; i++) {
    words.push(word(x));
    x = (x * 16807) % 2147483647;
  }
  return words.join(" ");
}

function countWords(words) {
  const counts = new Map();
  for (const each of words) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
}

const counts = countWords(makeText(Number(process.argv[2] ?? 1500000)).toLowerCase().split(" "));
const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
console.log(sorted.length);
for (const [each, times] of sorted.slice(0, 5)) console.log(`${each} ${times}`);
