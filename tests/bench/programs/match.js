const num = (n) => ({ op: "num", n });
const neg = (a) => ({ op: "neg", a });
const add = (a, b) => ({ op: "add", a, b });
const mul = (a, b) => ({ op: "mul", a, b });
const variable = { op: "var" };

function build(depth) {
  if (depth === 0) return variable;
  if (depth % 3 === 0) return add(build(depth - 1), num(depth));
  if (depth % 3 === 1) return mul(build(depth - 1), build(depth - 1));
  return add(build(depth - 1), neg(build(depth - 2)));
}

function derive(e) {
  switch (e.op) {
    case "num": return num(0);
    case "var": return num(1);
    case "neg": return neg(derive(e.a));
    case "add": return add(derive(e.a), derive(e.b));
    default: return add(mul(derive(e.a), e.b), mul(e.a, derive(e.b)));
  }
}

const isNum = (e, n) => e.op === "num" && e.n === n;

function make(e) {
  switch (e.op) {
    case "add":
      if (isNum(e.a, 0)) return e.b;
      if (isNum(e.b, 0)) return e.a;
      return e;
    case "mul":
      if (isNum(e.a, 1)) return e.b;
      if (isNum(e.b, 1)) return e.a;
      return isNum(e.a, 0) || isNum(e.b, 0) ? num(0) : e;
    case "neg": return e.a.op === "num" ? num((10007 - e.a.n) % 10007) : e;
    default: return e;
  }
}

function simplify(e) {
  switch (e.op) {
    case "neg": return make(neg(simplify(e.a)));
    case "add": return make(add(simplify(e.a), simplify(e.b)));
    case "mul": return make(mul(simplify(e.a), simplify(e.b)));
    default: return e;
  }
}

function value(e, x) {
  switch (e.op) {
    case "num": return e.n;
    case "var": return x;
    case "neg": return (10007 - value(e.a, x)) % 10007;
    case "add": return (value(e.a, x) + value(e.b, x)) % 10007;
    default: return (value(e.a, x) * value(e.b, x)) % 10007;
  }
}

const e = build(7);
const n = Number(process.argv[2] ?? 10000);
let sum = 0;
for (let i = 0; i < n; i++) sum += value(simplify(derive(e)), i % 10007);
console.log(sum);
