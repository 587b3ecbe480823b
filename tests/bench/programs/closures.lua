local function adder(n) return function(x) return x + n end end
local function scaler(n) return function(x) return x * n % 1000003 end end
local function compose(f, g) return function(x) return f(g(x)) end end

local x = 1
for i = 0, tonumber(arg[1] or 2000000) - 1 do
  x = compose(adder(i % 7), scaler(i + 3))(x)
end
print(x)
