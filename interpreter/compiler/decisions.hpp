// What the compiler of `match` decides by: tests of parts of the subject, rows of them, and the states of the tree.
#pragma once

#include "compiler/code.hpp"
#include "compiler/function_state.hpp"
#include "data/equality.hpp"
#include "data/hashing.hpp"

#include <vector>

namespace qi::decisions {

struct Occurrence {
    Register reg;
};

enum class Question : std::uint8_t { Is, Items, ItemsFrom, Map, Key };

struct Test {
    Question question;
    std::size_t occurrence;
    Value value;             // Is: the constant; Key: the key
    std::uint32_t count = 0; // Items, ItemsFrom
    std::size_t part = 0;    // Key: the occurrence that the value goes to

    bool same_as(const Test& other) const {
        if (question != other.question || occurrence != other.occurrence) return false;
        if (question == Question::Is || question == Question::Key) return same(value, other.value);
        return count == other.count;
    }
    /// If this one holds, the other one can't.
    bool excludes(const Test& other) const {
        if (occurrence != other.occurrence || question == Question::Key || other.question == Question::Key)
            return false;
        const auto family = [](Question q) { return q == Question::Is ? 0 : q == Question::Map ? 2 : 1; };
        if (family(question) != family(other.question)) return true;
        if (question == Question::Is) return !same(value, other.value);
        if (question == Question::Map) return false;
        if (question == Question::Items && other.question == Question::Items) return count != other.count;
        if (question == Question::Items && other.question == Question::ItemsFrom) return count < other.count;
        if (question == Question::ItemsFrom && other.question == Question::Items) return other.count < count;
        return false;
    }
};

struct Binding {
    const Form* name;
    std::size_t occurrence;
    Form* transform; // null: none
};

/// The code of an arm's body, for one way to bind its names.
struct Leaf {
    std::vector<Binding> bindings;
    Label label;
};

struct Arm {
    Form* guard = nullptr;
    Form* body = nullptr;
    std::vector<Leaf> leaves;
};

/// A set of a row's tests.
class Tests {
public:
    Tests() = default;
    explicit Tests(std::size_t count)
        : low_(count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1),
          high_(count > 64 ? count - 64 : 0, true) {}

    bool has(std::size_t i) const { return i < 64 ? (low_ >> i & 1) != 0 : high_[i - 64]; }
    void remove(std::size_t i) {
        if (i < 64)
            low_ &= ~(std::uint64_t{1} << i);
        else
            high_[i - 64] = false;
    }
    /// The first one in it, or `count`.
    std::size_t first(std::size_t count) const {
        if (low_ != 0) return static_cast<std::size_t>(__builtin_ctzll(low_));
        for (std::size_t i = 0; i < high_.size(); ++i)
            if (high_[i]) return i + 64;
        return count;
    }
    std::uint64_t hash() const { return mix(low_ + 1) ^ std::hash<std::vector<bool>>()(high_); }

private:
    std::uint64_t low_ = 0;
    std::vector<bool> high_;
};

/// A row still in play, with the tests that it still needs.
struct Candidate {
    std::size_t row;
    Tests open;
};
/// In the order of the rows.
using State = std::vector<Candidate>;

/// Stands for a state: 128 bits of hash, so that the states needn't all be kept. A sum over the candidates: one can be
/// taken out.
struct StateKey {
    std::uint64_t a = 1, b = 2;

    void add(const Candidate& candidate) { move(candidate, 1); }
    void remove(const Candidate& candidate) { move(candidate, ~std::uint64_t{0}); }
    friend bool operator==(const StateKey& x, const StateKey& y) = default;

private:
    void move(const Candidate& candidate, std::uint64_t sign) {
        const std::uint64_t hash = candidate.open.hash() + candidate.row * 0x9E3779B97F4A7C15u;
        a += sign * mix(hash);
        b += sign * mix(hash * 3 ^ 0xD1B54A32D192ED03u);
    }
};
struct HashKey {
    std::size_t operator()(const StateKey& key) const noexcept { return key.a; }
};

struct Row {
    std::size_t arm = 0;
    const Form* pattern = nullptr; // that it stands for, or is one of several for
    bool reached = false;          // there is a way to it
    std::vector<Test> tests;
    std::vector<Binding> bindings;
};

struct HashConstant {
    std::size_t operator()(Value value) const { return hash_value(value); }
};
struct SameConstant {
    bool operator()(Value a, Value b) const { return same(a, b); }
};

/// A state that asks of one part whether it is this, or that, or that …: its rows by the constant they want there. What
/// is left after each answer `no` is known without a look at all rows, so that a long `match` doesn't take the square
/// of its length.
struct Run {
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    struct Place {
        std::uint32_t group = none;
        std::uint32_t test = 0; // that asks for the constant
    };

    State rows;
    std::vector<Place> places;                    // of the rows
    std::vector<std::vector<std::size_t>> groups; // indexes of rows that want the same constant
    std::vector<std::size_t> indifferent;         // indexes of rows about which a `yes` says nothing
    std::vector<bool> asked;                      // of the groups
    std::size_t at = 0;                           // the first row that is left
    StateKey left;                                // all that are
};

} // namespace qi::decisions
