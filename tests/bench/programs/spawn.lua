-- Coroutines that yield once; the main program is their scheduler.
local function answer(i)
  coroutine.yield()
  return i * i % 1009
end

local answers = {}
for i = 1, tonumber(arg[1] or 300000) do
  answers[i] = coroutine.create(answer)
  coroutine.resume(answers[i], i - 1)
end
local sum = 0
for _, each in ipairs(answers) do
  local _, value = coroutine.resume(each)
  sum = sum + value
end
print(sum)
