local sqrt = math.sqrt
local step = 0.01

local function body(x, y, z, vx, vy, vz, mass)
  return {x = x, y = y, z = z, vx = vx, vy = vy, vz = vz, mass = mass}
end

local function pull(b, other)
  local dx, dy, dz = b.x - other.x, b.y - other.y, b.z - other.z
  local square = dx * dx + dy * dy + dz * dz
  if square ~= 0 then
    local force = other.mass * step / (square * sqrt(square))
    b.vx = b.vx - dx * force
    b.vy = b.vy - dy * force
    b.vz = b.vz - dz * force
  end
end

local function move(b)
  b.x = b.x + step * b.vx
  b.y = b.y + step * b.vy
  b.z = b.z + step * b.vz
end

local function advance(bodies)
  for _, b in ipairs(bodies) do
    for _, other in ipairs(bodies) do pull(b, other) end
  end
  for _, b in ipairs(bodies) do move(b) end
end

local function speed_sum(bodies)
  local sum = 0
  for _, b in ipairs(bodies) do sum = sum + b.x + b.vx + b.vy + b.vz end
  return sum
end

local bodies = {
  body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0),
  body(5.0, -1.0, -0.1, 0.5, 2.75, -0.05, 0.04),
  body(8.5, 4.0, -0.4, -1.0, 1.75, 0.0, 0.01),
  body(13.0, -15.0, -0.25, 1.0, 0.75, -0.0, 0.002),
  body(15.5, -26.0, 0.2, 1.0, 0.5, -0.05, 0.002),
}
for _ = 1, tonumber(arg[1] or 150000) do advance(bodies) end
print(string.format("%.9f", speed_sum(bodies)))
