local function num(n) return {op = "num", n} end
local function neg(a) return {op = "neg", a} end
local function add(a, b) return {op = "add", a, b} end
local function mul(a, b) return {op = "mul", a, b} end
local var = {op = "var"}

local function build(depth)
  if depth == 0 then return var end
  if depth % 3 == 0 then return add(build(depth - 1), num(depth)) end
  if depth % 3 == 1 then return mul(build(depth - 1), build(depth - 1)) end
  return add(build(depth - 1), neg(build(depth - 2)))
end

local function derive(e)
  local op = e.op
  if op == "num" then return num(0) end
  if op == "var" then return num(1) end
  if op == "neg" then return neg(derive(e[1])) end
  if op == "add" then return add(derive(e[1]), derive(e[2])) end
  return add(mul(derive(e[1]), e[2]), mul(e[1], derive(e[2])))
end

local function is_num(e, n) return e.op == "num" and e[1] == n end

local function make(e)
  local op, a, b = e.op, e[1], e[2]
  if op == "add" then
    if is_num(a, 0) then return b end
    if is_num(b, 0) then return a end
  elseif op == "mul" then
    if is_num(a, 1) then return b end
    if is_num(b, 1) then return a end
    if is_num(a, 0) or is_num(b, 0) then return num(0) end
  elseif op == "neg" and a.op == "num" then
    return num((10007 - a[1]) % 10007)
  end
  return e
end

local function simplify(e)
  local op = e.op
  if op == "neg" then return make(neg(simplify(e[1]))) end
  if op == "add" then return make(add(simplify(e[1]), simplify(e[2]))) end
  if op == "mul" then return make(mul(simplify(e[1]), simplify(e[2]))) end
  return e
end

local function value(e, x)
  local op = e.op
  if op == "num" then return e[1] end
  if op == "var" then return x end
  if op == "neg" then return (10007 - value(e[1], x)) % 10007 end
  if op == "add" then return (value(e[1], x) + value(e[2], x)) % 10007 end
  return value(e[1], x) * value(e[2], x) % 10007
end

local e, sum = build(7), 0
for i = 0, tonumber(arg[1] or 10000) - 1 do
  sum = sum + value(simplify(derive(e)), i % 10007)
end
print(sum)
