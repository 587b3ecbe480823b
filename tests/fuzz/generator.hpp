// Random programs, and random damage to text. For the fuzzer.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace qi::tests {

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    /// A program that ends by itself and whose value doesn't depend on time; most of what goes wrong in it is caught.
    std::string program();
    /// Tokens in no particular order.
    std::string soup();
    /// The text with some bytes or tokens changed, removed, doubled or moved.
    std::string damaged(std::string text);
    std::string json(int depth);

    std::size_t pick(std::size_t n) { return random_() % n; }

private:
    std::string expression(int depth);
    std::string collection(int depth);
    std::string binding(int depth, std::vector<std::string>& names);
    std::string pattern(int depth, std::vector<std::string>& names);
    std::string call(int depth);
    std::string growth(int depth);
    std::string function(int depth, std::size_t parameters);
    std::string atom();
    std::string name();
    std::string fresh();
    std::string in_scope(const std::vector<std::string>& names, int depth);

    std::mt19937_64 random_;
    std::vector<std::string> scope_;
    std::size_t names_ = 0;
};

} // namespace qi::tests
