local function primes_below(n)
  local sieve, found = {}, 0
  for i = 1, n do sieve[i] = true end
  for i = 2, n - 1 do
    if sieve[i] then
      found = found + 1
      for multiple = i * i, n - 1, i do sieve[multiple] = false end
    end
  end
  return found
end

print(primes_below(tonumber(arg[1] or 6000000)))
