#include "test/difference.hpp"

#include "base/utf8.hpp"
#include "data/equality.hpp"
#include "data/map.hpp"
#include "data/print.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "test/messages.hpp"

#include <algorithm>
#include <vector>

namespace qi::stdlib {

namespace {

constexpr std::size_t most_lines = 10;
constexpr std::size_t widest = 200;     // characters of a value
constexpr std::size_t text_around = 20; // characters shown around the first difference of two texts

struct Pair {
    std::string path; // inside the brackets: `:a 1`
    Value expected;   // absent: there is none
    Value actual;
};

class Comparison {
public:
    explicit Comparison(Store& store) : store_(store) {}

    std::string run(Value expected, Value actual) {
        if (!inside({"", expected, actual})) return "";
        while (!pending_.empty()) {
            const Pair pair = std::move(pending_.back());
            pending_.pop_back();
            if (!inside(pair)) tell(pair);
        }
        if (count_ > most_lines) text_ += "\n  " + format(msg::differences_more, {std::to_string(count_ - most_lines)});
        return text_;
    }

private:
    /// Puts what differs inside of both on the list; false: they have no insides in common.
    bool inside(const Pair& pair) {
        const Value a = pair.expected, b = pair.actual;
        if (a.is_absent() || b.is_absent()) return false;
        std::vector<Pair> found;
        if (is_sequential(a) && is_sequential(b)) {
            const auto left = items_of(a), right = items_of(b);
            for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i)
                offer(found, pair.path, std::to_string(i), i < left.size() ? left[i] : Value::absent(),
                      i < right.size() ? right[i] : Value::absent());
        } else if ((is_map(a) && is_map(b)) || (is_set(a) && is_set(b))) {
            const Value left = is_map(a) ? a : set_members(a), right = is_map(a) ? b : set_members(b);
            MapCursor ours(left);
            for (Value key, value; ours.next(key, value);)
                offer(found, pair.path, readable(store_, key), is_map(a) ? value : key,
                      is_map(a)                         ? map_get(right, key)
                      : map_get(right, key).is_absent() ? Value::absent()
                                                        : key);
            MapCursor theirs(right);
            for (Value key, value; theirs.next(key, value);)
                if (map_get(left, key).is_absent())
                    offer(found, pair.path, readable(store_, key), Value::absent(), is_map(a) ? value : key);
        } else if (is_string(a) && is_string(b) && std::min(text_of(a).size(), text_of(b).size()) > 2 * text_around) {
            tell_texts(pair);
            return true;
        } else {
            return false;
        }
        pending_.insert(pending_.end(), std::make_move_iterator(found.rbegin()), std::make_move_iterator(found.rend()));
        return true;
    }

    static void offer(std::vector<Pair>& found, const std::string& path, std::string step, Value expected,
                      Value actual) {
        if (!expected.is_absent() && !actual.is_absent() && same(expected, actual)) return;
        found.push_back({path.empty() ? std::move(step) : path + " " + step, expected, actual});
    }

    void line(const std::string& text) {
        if (++count_ <= most_lines) text_ += "\n  " + text;
    }

    void tell(const Pair& pair) {
        const std::string place = "[" + pair.path + "]";
        const auto shown = [&](Value value) { return shortened(store_, value, widest); };
        if (pair.expected.is_absent())
            line(format(msg::difference_extra, {place, shown(pair.actual)}));
        else if (pair.actual.is_absent())
            line(format(msg::difference_missing, {place, shown(pair.expected)}));
        else
            line(format(msg::difference_changed, {place, shown(pair.expected), shown(pair.actual)}));
    }

    /// Long texts: from shortly before the first character that differs.
    void tell_texts(const Pair& pair) {
        const std::string_view a = text_of(pair.expected), b = text_of(pair.actual);
        auto at = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
        while (at > 0 && at < a.size() && (static_cast<unsigned char>(a[at]) & 0xC0) == 0x80) --at;
        const std::string number = std::to_string(utf8::count(a.substr(0, at)));
        std::size_t from = at > text_around ? at - text_around : 0;
        while (from > 0 && (static_cast<unsigned char>(a[from]) & 0xC0) == 0x80) --from;
        const auto part = [&](std::string_view text) {
            return "\"" + utf8::shortened(text.substr(from), 2 * text_around) + "\"";
        };
        line(format(msg::difference_text, {"[" + pair.path + "]", number, part(a), part(b)}));
    }

    Store& store_;
    std::vector<Pair> pending_;
    std::string text_;
    std::size_t count_ = 0;
};

} // namespace

std::string difference(Store& store, Value expected, Value actual) { return Comparison(store).run(expected, actual); }

} // namespace qi::stdlib
