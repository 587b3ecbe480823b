-- Coroutines hand values to each other directly: Lua has neither channels nor a scheduler.
local pong = coroutine.wrap(function(x)
  while true do x = coroutine.yield(x + 1) end
end)

local ping = coroutine.wrap(function(n)
  local x = 0
  for _ = 1, n do x = coroutine.yield(x + 1) end
  return nil, x
end)

local to_pong, result = ping(tonumber(arg[1] or 2000000))
while to_pong do to_pong, result = ping(pong(to_pong)) end
print(result)
