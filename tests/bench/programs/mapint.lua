local function count_keys(n)
  local x, m = 42, {}
  for _ = 1, n do
    local key = x % 200003
    m[key] = (m[key] or 0) + 1
    x = x * 16807 % 2147483647
  end
  return m
end

local size, sum = 0, 0
for key, value in pairs(count_keys(tonumber(arg[1] or 8000000))) do
  size = size + 1
  sum = sum + key * value
end
print(size .. " " .. sum)
