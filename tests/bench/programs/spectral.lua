local function a(i, j)
  local k = i + j
  return 1.0 / (k * (k + 1) * 0.5 + i + 1)
end

local function product(u, n)
  local v = {}
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do sum = sum + a(i, j) * u[j + 1] end
    v[i + 1] = sum
  end
  return v
end

local function transposed_product(u, n)
  local v = {}
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do sum = sum + a(j, i) * u[j + 1] end
    v[i + 1] = sum
  end
  return v
end

local function dot(u, v, n)
  local sum = 0.0
  for i = 1, n do sum = sum + u[i] * v[i] end
  return sum
end

local n = tonumber(arg[1] or 800)
local u, v = {}, nil
for i = 1, n do u[i] = 1.0 end
for _ = 1, 5 do
  v = transposed_product(product(u, n), n)
  u = transposed_product(product(v, n), n)
end
print(string.format("%.9f", math.sqrt(dot(u, v, n) / dot(v, v, n))))
