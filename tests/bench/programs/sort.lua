local function numbers(n)
  local x, items = 42, {}
  for i = 1, n do
    items[i] = x
    x = x * 16807 % 2147483647
  end
  return items
end

local function before(a, b)
  local a_end, b_end = a % 1000, b % 1000
  if a_end == b_end then return a > b end
  return a_end < b_end
end

local function key(x) return x * 7919 % 2147483647 end

local function sorted(items, less)
  local copy = {}
  for i, item in ipairs(items) do copy[i] = item end
  table.sort(copy, less)
  return copy
end

-- As table.sort has no key, the keys are computed once beforehand.
local function sorted_by(f, items)
  local keys = {}
  for _, item in ipairs(items) do keys[item] = f(item) end
  return sorted(items, function(a, b) return keys[a] < keys[b] end)
end

local function checksum(items)
  local sum = 0
  for _, x in ipairs(items) do sum = (sum * 31 + x) % 1000003 end
  return sum
end

local items = numbers(tonumber(arg[1] or 200000))
print(checksum(sorted(items)) .. " " .. checksum(sorted(items, before)) .. " " .. checksum(sorted_by(key, items)))
