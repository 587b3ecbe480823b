const adder = (n) => (x) => x + n;
const scaler = (n) => (x) => (x * n) % 1000003;
const compose = (f, g) => (x) => f(g(x));

const n = Number(process.argv[2] ?? 2000000);
let x = 1;
for (let i = 0; i < n; i++) x = compose(adder(i % 7), scaler(i + 3))(x);
console.log(x);
