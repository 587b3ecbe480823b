local function line(i)
  return "item-" .. i .. ": " .. i * i .. " pieces"
end

local function shorten(text)
  local colon = text:find(":", 1, true)
  return text:sub(1, colon - 1):upper() .. "=" .. text:sub(colon + 2):gsub("pieces", "pcs")
end

local n = tonumber(arg[1] or 150000)
local lines = {}
for i = 0, n - 1 do lines[#lines + 1] = line(i) end
local text = table.concat(lines, "\n")
local short = {}
for part in text:gmatch("[^\n]+") do short[#short + 1] = shorten(part) end
local joined = table.concat(short, ";")
print(#text .. " " .. #joined .. " " .. joined:sub(-24))
