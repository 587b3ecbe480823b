local function make(depth)
  if depth == 0 then return {} end
  return {make(depth - 1), make(depth - 1)}
end

local function nodes(tree)
  local left = tree[1]
  if not left then return 1 end
  return 1 + nodes(left) + nodes(tree[2])
end

local function nodes_of_many(count, depth)
  local sum = 0
  for _ = 1, count do sum = sum + nodes(make(depth)) end
  return sum
end

local deepest = tonumber(arg[1] or 16)
local stays = make(deepest)
for depth = 4, deepest, 4 do
  print(depth .. " " .. nodes_of_many(2 ^ (deepest - depth + 4), depth))
end
print(nodes(stays))
