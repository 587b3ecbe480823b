local function build(n)
  local v = {}
  for i = 1, n do v[#v + 1] = i - 1 end
  return v
end

local function mix(v, n, rounds)
  local x = 42
  for i = 0, rounds - 1 do
    local from, to = x % n + 1, (x + i) % n + 1
    v[to] = (v[from] + v[to] + 1) % 1000003
    x = x * 16807 % 2147483647
  end
  return v
end

local n, sum = tonumber(arg[1] or 1000000), 0
for _, item in ipairs(mix(build(n), n, 4 * n)) do sum = sum + item end
print(string.format("%d", sum))
