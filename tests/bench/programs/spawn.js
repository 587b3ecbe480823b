async function answer(gate, i) {
  await gate;
  return (i * i) % 1009;
}

async function main(n) {
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  const answers = Array.from({ length: n }, (_, i) => answer(gate, i));
  open();
  let sum = 0;
  for (const each of answers) sum += await each;
  console.log(sum);
}

main(Number(process.argv[2] ?? 300000));
