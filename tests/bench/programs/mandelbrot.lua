local function stays(cx, cy)
  local x, y, i = 0.0, 0.0, 0
  while true do
    local xx, yy = x * x, y * y
    if xx + yy > 4.0 then return false end
    if i == 50 then return true end
    x, y, i = xx - yy + cx, 2.0 * x * y + cy, i + 1
  end
end

local function row(j, n)
  local cy, inside = 2.0 * j / n - 1.0, 0
  for i = 0, n - 1 do
    if stays(2.0 * i / n - 1.5, cy) then inside = inside + 1 end
  end
  return inside
end

local n, inside = tonumber(arg[1] or 900), 0
for j = 0, n - 1 do inside = inside + row(j, n) end
print(inside)
