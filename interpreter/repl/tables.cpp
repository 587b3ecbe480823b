#include "repl/tables.hpp"

#include "base/units.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/print.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "repl/messages.hpp"
#include "repl/repl.hpp"
#include "repl/screen.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace qi {

namespace {

using Row = std::vector<std::string>;

/// Columns as wide as what is in them; the heads are underlined on a terminal.
void show_table(Repl& repl, const Row& heads, const std::vector<Row>& rows) {
    std::vector<int> widths;
    for (std::size_t c = 0; c < heads.size(); ++c) {
        widths.push_back(columns_of(heads[c]));
        for (const Row& row : rows) widths[c] = std::max(widths[c], columns_of(row[c]));
    }
    const auto line = [&](const Row& row) {
        std::string text;
        for (std::size_t c = 0; c < row.size(); ++c)
            text += row[c] + (c + 1 < row.size()
                                  ? std::string(static_cast<std::size_t>(widths[c] - columns_of(row[c]) + 2), ' ')
                                  : "");
        return text;
    };
    repl.say(repl.coloured() ? "\033[1m" + line(heads) + "\033[0m" : line(heads));
    for (const Row& row : rows) repl.say(line(row));
}

/// 950 ms, 12.3 s, 4 min, 3 h
std::string age(double milliseconds) {
    char text[32];
    if (milliseconds < 1000)
        std::snprintf(text, sizeof text, "%.0f ms", milliseconds);
    else if (milliseconds < 60000)
        std::snprintf(text, sizeof text, "%.1f s", milliseconds / 1000);
    else if (milliseconds < 3600000)
        std::snprintf(text, sizeof text, "%.0f min", milliseconds / 60000);
    else
        std::snprintf(text, sizeof text, "%.1f h", milliseconds / 3600000);
    return text;
}

/// 812, 4.0 K, 12.3 M
std::string amount(double bytes) {
    char text[32];
    if (bytes < 1024)
        std::snprintf(text, sizeof text, "%.0f", bytes);
    else if (bytes < 1024 * 1024)
        std::snprintf(text, sizeof text, "%.1f K", bytes / 1024);
    else
        std::snprintf(text, sizeof text, "%.1f M", bytes / (1024 * 1024));
    return text;
}

double number_of(Value value) {
    return value.is_double() ? value.as_double() : is_integer(value) ? static_cast<double>(as_integer(value)) : 0;
}

double milliseconds_now() {
    return std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Info {
public:
    Info(Store& store, Value map) : store_(store), map_(map) {}
    Value at(std::string_view key) const {
        const Value found = is_map(map_) ? map_get(map_, store_.keyword(key)) : Value::nil();
        return found.is_absent() ? Value::nil() : found;
    }
    Info in(std::string_view key) const { return {store_, at(key)}; }
    std::string text(std::string_view key) const {
        const Value value = at(key);
        return value.is_nil() ? "" : is_string(value) ? std::string(text_of(value)) : readable(store_, value);
    }
    double number(std::string_view key) const { return number_of(at(key)); }

private:
    Store& store_;
    Value map_;
};

} // namespace

void show_connections(Repl& repl) {
    // All at once: what is called then may move what was got before.
    const auto outcome = repl.call("(map (fn [c] [c (try (ws/buffered (get c :id)))]) (ws/connections))");
    if (!outcome.ok || !is_vector(outcome.value) || vector_count(outcome.value) == 0)
        return repl.say(msg::no_connections.text());
    std::vector<Row> rows;
    for (const Value each : items_of(outcome.value)) {
        const std::vector<Value> pair = items_of(each);
        const Info info(repl.vm().store, pair[0]);
        const Info in = info.in("received"), out = info.in("sent");
        const double opened = info.number("opened-at"); // in milliseconds since 1970; nothing while it is connecting
        const std::string url = info.text("url"), remote = info.text("remote");
        rows.push_back({info.text("id"), info.text("state"),
                        info.text("role") == ":server" ? "← " + remote + " " + url : "→ " + url,
                        in.text("messages") + "/" + out.text("messages"),
                        amount(in.number("bytes")) + "/" + amount(out.number("bytes")), amount(number_of(pair[1])),
                        opened > 0 ? age(std::max(0.0, milliseconds_now() - opened)) : ""});
    }
    show_table(repl,
               {std::string(msg::column_id.text()), std::string(msg::column_state.text()),
                std::string(msg::column_peer.text()), std::string(msg::column_messages.text()),
                std::string(msg::column_bytes.text()), std::string(msg::column_buffered.text()),
                std::string(msg::column_age.text())},
               rows);
}

void show_goroutines(Repl& repl) {
    std::vector<Row> rows;
    for (const GoroutineView& view : repl.vm().scheduler.goroutines()) {
        using Waits = GoroutineView::Waits;
        std::string what(view.waits == Waits::Not       ? msg::waits_not.text()
                         : view.waits == Waits::Channel ? msg::waits_channel.text()
                         : view.waits == Waits::Time    ? msg::waits_time.text()
                                                        : std::string_view(view.outside));
        if (view.time_left)
            what = format(msg::waits_with_limit,
                          {what, age(static_cast<double>(std::max<std::int64_t>(0, view.time_left->count())))});
        rows.push_back({std::to_string(view.id), what, view.place, view.started});
    }
    if (rows.empty()) return repl.say(msg::no_goroutines.text());
    show_table(repl,
               {std::string(msg::column_id.text()), std::string(msg::column_waits.text()),
                std::string(msg::column_place.text()), std::string(msg::column_started.text())},
               rows);
}

} // namespace qi
