local abs = math.abs

local function is_safe(queens, column)
  local row = #queens + 1
  for i = 1, row - 1 do
    local other = queens[i]
    if other == column or abs(other - column) == row - i then return false end
  end
  return true
end

local function place(queens, n)
  if #queens == n then return 1 end
  local ways = 0
  for column = 1, n do
    if is_safe(queens, column) then
      queens[#queens + 1] = column
      ways = ways + place(queens, n)
      queens[#queens] = nil
    end
  end
  return ways
end

print(place({}, tonumber(arg[1] or 11)))
