#include "data/random_value.hpp"

#include "base/utf8.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"

#include <bit>
#include <cmath>

namespace qi::tests {

std::string random_text(std::mt19937_64& random) {
    static constexpr char32_t points[] = {'a',  'b', '"', '\\', '\n', '\t',   '\r',    0,        1,
                                          0x7F, '{', '}', 'n',  0xE9, 0x3042, 0x1F600, 0x10FFFF, 0xFFFD};
    std::string text;
    for (auto n = random() % 12; n > 0; --n) utf8::append(text, points[random() % std::size(points)]);
    return text;
}

Value random_value(Store& store, std::mt19937_64& random, int depth) {
    const auto kind = random() % (depth > 0 ? 14 : 9);
    switch (kind) {
    case 0: return Value::nil();
    case 1: return Value::boolean(random() % 2 == 0);
    case 2: return Value::small(static_cast<std::int64_t>(random() % 5) - 2);
    case 3: return make_integer(store, static_cast<std::int64_t>(random()));
    case 4: {
        const double d = std::bit_cast<double>(random());
        return Value::number(std::isfinite(d) ? d : 0.5);
    }
    case 5: return Value::number(static_cast<double>(static_cast<std::int64_t>(random() % 2001) - 1000) / 8);
    case 6: return make_string(store, random_text(random));
    case 7: return store.keyword(std::string("k") + std::to_string(random() % 20));
    case 8: return store.symbol(std::string("s") + std::to_string(random() % 20));
    default: break;
    }
    const auto count = random() % 100 == 0 ? 30 + random() % 80 : random() % 6;
    if (kind <= 11) {
        std::vector<Value> items;
        for (std::size_t i = 0; i < count; ++i) items.push_back(random_value(store, random, depth - 1));
        return kind == 9 ? make_list(store, items) : make_vector(store, items);
    }
    Value map = empty_map(store);
    for (std::size_t i = 0; i < count; ++i) {
        const Value key = random_value(store, random, depth - 1);
        map = map_assoc(store, map, key, kind == 13 ? Value::boolean(true) : random_value(store, random, depth - 1));
    }
    return kind == 13 ? make_set(store, map) : map;
}

} // namespace qi::tests
