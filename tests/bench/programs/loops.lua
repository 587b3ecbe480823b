local function row(i, n, sum)
  for j = 1, n do
    if (i + j) % 3 == 0 then
      sum = (sum + i * j) % 1000003
    else
      sum = sum + 1
    end
  end
  return sum
end

local function whole(n)
  local sum = 0
  for i = 1, n do sum = row(i, n, sum) end
  return sum
end

print(whole(tonumber(arg[1] or 8000)))
