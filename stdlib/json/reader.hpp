// Reads JSON in one pass over the text. What it doesn't take is read again by nlohmann/json (json/library.hpp), whose
// grammar counts and which says what is wrong: so this reader has no messages, and leaves what is rare to the library.
// Interpreter thread only.
#pragma once

#include "data/map.hpp"
#include "native/native.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace qi::stdlib {

/// What the keys of objects become.
enum class JsonKeys { String, Keyword };

constexpr std::size_t json_values_between_looks = 4096; // at whether the program is to stop
constexpr std::size_t json_deepest = 10'000;            // arrays and objects inside each other

/// A leaf as every native: nothing is collected meanwhile.
class JsonReader {
public:
    JsonReader(Call call, std::string_view text, JsonKeys keys);

    /// The value of the text, which is well-formed UTF-8. Absent: it isn't JSON, it may be nevertheless, or the program
    /// is to stop.
    Value read();

private:
    /// An array or object whose end hasn't come. The values in it are on the stack, those of an object in the order of
    /// its shape; an object with more keys than a shape may have has its keys there, too, each before its value.
    struct Frame {
        std::size_t from;       // where on the stack its values begin
        Shape* shape = nullptr; // of the keys so far; null: an array
        int replaced = -1;      // which of its values the next one replaces, if its key has been there
        bool has_keys = false;  // on the stack
    };

    bool begin_value();
    bool end_values(bool& is_over);
    bool close();
    bool add(Value value);
    bool key();
    void enter_key(std::string_view text);
    void put_keys_on_stack(Frame& frame);
    bool word(std::string_view text, Value value);
    bool number();
    bool string();
    bool take_text(std::string_view& text);
    bool take_escaped(const char* from, std::string_view& text);
    bool escape();
    bool code_unit(unsigned& unit);

    void skip_digits() noexcept;
    void skip_space() noexcept {
        while (p_ != end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) ++p_;
    }
    bool is_next(char c) const noexcept { return p_ != end_ && *p_ == c; }
    bool take(char c) noexcept {
        if (!is_next(c)) return false;
        ++p_;
        return true;
    }

    Call call_;
    JsonKeys keys_;
    const char* p_;
    const char* const end_;
    std::vector<Value> values_;
    std::vector<Frame> frames_;
    std::string unescaped_;
    std::size_t added_ = 0;
};

} // namespace qi::stdlib
