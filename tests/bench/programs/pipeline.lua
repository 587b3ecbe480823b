local function range(n)
  local items = {}
  for i = 1, n do items[i] = i - 1 end
  return items
end

local function map(f, items)
  local result = {}
  for i, item in ipairs(items) do result[i] = f(item) end
  return result
end

local function filter(pred, items)
  local result = {}
  for _, item in ipairs(items) do
    if pred(item) then result[#result + 1] = item end
  end
  return result
end

local function reduce(f, start, items)
  local value = start
  for _, item in ipairs(items) do value = f(value, item) end
  return value
end

local function squares(n)
  local items = map(function(x) return x * x % 1009 end, range(n))
  items = filter(function(x) return x % 2 == 0 end, items)
  return reduce(function(sum, x) return sum + x end, 0, items)
end

local n, sum = tonumber(arg[1] or 500000), 0
for i = 0, 9 do sum = sum + squares(n + i) end
print(sum)
