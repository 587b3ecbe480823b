-- Lua's standard library has no JSON: this is a small codec in Lua, for ASCII.
local escapes = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\b"] = "\\b", ["\f"] = "\\f",
}
local unescapes = {n = "\n", r = "\r", t = "\t", b = "\b", f = "\f"}

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return escapes[c] or string.format("\\u%04x", c:byte()) end) .. '"'
end

local function write(value, out)
  local kind = type(value)
  if kind == "string" then
    out[#out + 1] = quoted(value)
  elseif kind ~= "table" then
    out[#out + 1] = tostring(value)
  elseif value[1] ~= nil then
    out[#out + 1] = "["
    for i, item in ipairs(value) do
      if i > 1 then out[#out + 1] = "," end
      write(item, out)
    end
    out[#out + 1] = "]"
  else
    local separator = "{"
    for key, item in pairs(value) do
      out[#out + 1] = separator
      out[#out + 1] = quoted(key)
      out[#out + 1] = ":"
      write(item, out)
      separator = ","
    end
    out[#out + 1] = separator == "{" and "{}" or "}"
  end
end

local function stringify(value)
  local out = {}
  write(value, out)
  return table.concat(out)
end

local function fail(at) error("not JSON at " .. at) end

local function after_blanks(text, at) return text:find("[^ \n\r\t]", at) or fail(at) end

local function unescaped(c, code)
  if c == "u" then return string.char(tonumber(code, 16)) end
  return (unescapes[c] or c) .. code
end

local function read_string(text, at)
  local finish = at
  repeat
    finish = text:find('["\\]', finish + 1) or fail(at)
    local escaped = text:byte(finish) == 92
    if escaped then finish = finish + 1 end
  until not escaped
  local content = text:sub(at + 1, finish - 1)
  if content:find("\\", 1, true) then content = content:gsub("\\(.)(%x?%x?%x?%x?)", unescaped) end
  return content, finish + 1
end

local words = {["true"] = true, ["false"] = false}
local read

local function read_array(text, at)
  local items = {}
  at = after_blanks(text, at + 1)
  if text:sub(at, at) == "]" then return items, at + 1 end
  while true do
    items[#items + 1], at = read(text, at)
    at = after_blanks(text, at)
    local sign = text:sub(at, at)
    if sign == "]" then return items, at + 1 end
    if sign ~= "," then fail(at) end
    at = at + 1
  end
end

local function read_object(text, at)
  local object, key = {}, nil
  at = after_blanks(text, at + 1)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    key, at = read_string(text, after_blanks(text, at))
    at = after_blanks(text, at)
    if text:sub(at, at) ~= ":" then fail(at) end
    object[key], at = read(text, at + 1)
    at = after_blanks(text, at)
    local sign = text:sub(at, at)
    if sign == "}" then return object, at + 1 end
    if sign ~= "," then fail(at) end
    at = at + 1
  end
end

function read(text, at)
  at = after_blanks(text, at)
  local sign = text:sub(at, at)
  if sign == '"' then return read_string(text, at) end
  if sign == "{" then return read_object(text, at) end
  if sign == "[" then return read_array(text, at) end
  local _, finish, token = text:find("^([%w.+-]+)", at)
  if not finish then fail(at) end
  local value = words[token]
  if value == nil and token ~= "null" then value = tonumber(token) or fail(at) end
  return value, finish + 1
end

local function parse(text) return (read(text, 1)) end

local function user(i)
  return {
    id = i,
    name = "user " .. i,
    score = i + 0.25,
    active = i % 2 == 0,
    tags = {"red", "green", 'a "blue" one'},
    place = {x = 3 * i, y = 7 - i, note = "first line\nsecond line"},
  }
end

local users = {}
for i = 0, tonumber(arg[1] or 5000) - 1 do users[i + 1] = user(i) end
local text = stringify(users)
for _ = 1, 3 do
  users = parse(text)
  text = stringify(users)
end
local sum = 0
for _, u in ipairs(users) do sum = sum + u.id + u.place.x + #u.tags end
print(#text .. " " .. sum)
