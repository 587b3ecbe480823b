function line(i) {
  return "item-" + i + ": " + i * i + " pieces";
}

function shorten(text) {
  const colon = text.indexOf(":");
  return text.slice(0, colon).toUpperCase() + "=" + text.slice(colon + 2).replaceAll("pieces", "pcs");
}

const n = Number(process.argv[2] ?? 150000);
const lines = [];
for (let i = 0; i < n; i++) lines.push(line(i));
const text = lines.join("\n");
const joined = text.split("\n").map(shorten).join(";");
console.log(`${text.length} ${joined.length} ${joined.slice(-24)}`);
