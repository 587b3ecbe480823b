function user(i) {
  return {
    id: i,
    name: "user " + i,
    score: i + 0.25,
    active: i % 2 === 0,
    tags: ["red", "green", 'a "blue" one'],
    place: { x: 3 * i, y: 7 - i, note: "first line\nsecond line" },
  };
}

let users = Array.from({ length: Number(process.argv[2] ?? 5000) }, (_, i) => user(i));
let text = JSON.stringify(users);
for (let i = 0; i < 3; i++) {
  users = JSON.parse(text);
  text = JSON.stringify(users);
}
console.log(`${text.length} ${users.reduce((sum, u) => sum + u.id + u.place.x + u.tags.length, 0)}`);
