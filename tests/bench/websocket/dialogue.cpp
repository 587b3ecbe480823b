#include "dialogue.hpp"

#include "fail.hpp"

namespace qi::bench {

namespace {

std::string digits(int number) {
    std::string text = std::to_string(number);
    return std::string(8 - text.size(), '0') + text;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

/// A member of an object, and what separates it from the one before.
std::string member(const char* name, const std::string& value) { return "," + quoted(name) + ":" + value; }

/// Each has members that are taken over, one or more that the client computes with, and an object or array in it.
struct Subject {
    int number;
    std::string id = std::to_string(1000 + number);
    std::string symbol = quoted(number % 2 ? "BTC-USD" : "ETH-USD");
    std::string time = std::to_string(1764586800000 + number);
    // A quarter more than a whole one: every language prints it alike.
    std::string price = std::to_string(60000 + 7 * number) + ".25";

    std::string venue(int queue) const { return R"({"name":"north","queue":)" + std::to_string(queue) + "}"; }
};

void add_trade(Dialogue& dialogue, const Subject& it, const std::string& note) {
    int size = it.number + 3;
    std::string head = member("id", it.id) + member("symbol", it.symbol) + member("price", it.price);
    std::string tail = member("tags", R"(["spot","maker"])") + member("time", it.time) + member("note", note) + "}";
    dialogue.said.push_back(R"({"type":"trade")" + head + member("size", std::to_string(size)) +
                            member("venue", it.venue(it.number)) + tail);
    dialogue.wanted.push_back(R"({"type":"filled")" + head + member("total", std::to_string(100 * size)) +
                              member("venue", it.venue(it.number + 1)) + tail);
}

void add_quote(Dialogue& dialogue, const Subject& it, const std::string& note) {
    std::string head = member("id", it.id) + member("symbol", it.symbol);
    std::string bid = std::to_string(100 + it.number), ask = std::to_string(103 + it.number);
    std::string tail = member("depth", "[12,7,3,1]") + member("time", it.time) + member("note", note) + "}";
    dialogue.said.push_back(R"({"type":"quote")" + head + member("bid", bid) + member("ask", ask) + tail);
    dialogue.wanted.push_back(R"({"type":"order")" + head + member("limit", bid) + member("spread", "3") +
                              member("open", "true") + tail);
}

void add_status(Dialogue& dialogue, const Subject& it, const std::string& note) {
    bool is_open = it.number % 2 == 0;
    std::string head = member("id", it.id) + member("symbol", it.symbol);
    std::string tail = member("reason", "null") + member("note", note) + member("time", it.time) + "}";
    dialogue.said.push_back(R"({"type":"status")" + head + member("state", quoted(is_open ? "open" : "halted")) +
                            member("venue", it.venue(it.number)) + tail);
    dialogue.wanted.push_back(R"({"type":"seen")" + head + member("trading", is_open ? "true" : "false") +
                              member("queue", std::to_string(it.number)) + tail);
}

} // namespace

Dialogue echoes() {
    Dialogue dialogue;
    for (int i = 0; i < 61; ++i) {
        std::string text = digits(i);
        while (text.size() < 64) text += "0123456789abcdef";
        text.resize(64);
        dialogue.said.push_back(std::move(text));
    }
    dialogue.wanted = dialogue.said;
    return dialogue;
}

Dialogue objects() {
    constexpr std::size_t wanted_size = 200;
    Dialogue dialogue;
    dialogue.begins = true;
    constexpr void (*kinds[])(Dialogue&, const Subject&, const std::string&) = {add_trade, add_quote, add_status};
    for (int i = 0; i < 63; ++i) {
        auto add = kinds[i % 3];
        Dialogue without_note;
        add(without_note, {i}, "\"\"");
        std::size_t size = without_note.said[0].size();
        if (size > wanted_size) fail("a message has no room for its note");
        add(dialogue, {i}, quoted(std::string(wanted_size - size, static_cast<char>('a' + i % 26))));
    }
    return dialogue;
}

Dialogue hello() { return {.said = {"hello"}, .wanted = {"hello"}}; }

} // namespace qi::bench
