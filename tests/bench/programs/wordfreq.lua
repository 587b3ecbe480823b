local syllables = {"ka", "Lo", "mi", "ne", "Ru", "so", "ti", "va", "we", "Xi"}
local floor = math.floor

local function word(x)
  return syllables[x % 10 + 1] .. syllables[floor(x / 10) % 7 + 1] .. syllables[floor(x / 100) % 10 + 1]
end

local function make_text(n)
  local x, words = 42, {}
  for i = 1, n do
    words[i] = word(x)
    x = x * 16807 % 2147483647
  end
  return table.concat(words, " ")
end

local function count_words(text)
  local counts = {}
  for each in text:gmatch("[^ ]+") do counts[each] = (counts[each] or 0) + 1 end
  return counts
end

local sorted = {}
for each, times in pairs(count_words(make_text(tonumber(arg[1] or 1500000)):lower())) do
  sorted[#sorted + 1] = {each, times}
end
table.sort(sorted, function(a, b)
  if a[2] ~= b[2] then return a[2] > b[2] end
  return a[1] < b[1]
end)
print(#sorted)
for i = 1, math.min(5, #sorted) do print(sorted[i][1] .. " " .. sorted[i][2]) end
