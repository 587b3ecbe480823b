#include "repl/pretty.hpp"

#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/print.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/symbol.hpp"
#include "repl/screen.hpp"

#include <vector>

namespace qi {

namespace {

constexpr std::size_t longest_string = 8000; // bytes that are shown whole

struct Piece {
    enum class What { Atom, Open, Close } what;
    std::string text;
    int width; // of an Open: all up to its Close
    std::string_view colour = {};
    bool is_map = false;
    bool is_simple = true; // an Open that holds no other
};

/// The value as one row of pieces.
class Pieces {
public:
    Pieces(const Store& store, std::size_t most) : store_(store), most_(most) {}

    std::vector<Piece> of(Value root) {
        open(root);
        while (!frames_.empty()) {
            Frame& frame = frames_.back();
            Value item;
            if (frame.at_value) {
                frame.at_value = false;
                open(frame.value);
                continue;
            }
            const bool more = frame.is_map ? frame.entries.next(item, frame.value) : frame.items.next(item);
            if (more && pieces_.size() < most_) {
                frame.at_value = frame.is_map && !frame.is_set;
                open(item);
                continue;
            }
            if (more) add({Piece::What::Atom, "…", 1});
            close();
        }
        return std::move(pieces_);
    }

private:
    struct Frame {
        SequenceCursor items;
        MapCursor entries;
        Value value;
        std::string_view end;
        std::size_t piece;
        bool is_map, is_set;
        bool at_value = false;
    };

    void add(Piece piece) { pieces_.push_back(std::move(piece)); }

    void push(std::string_view bracket, Value v, std::string_view end) {
        if (!frames_.empty()) pieces_[frames_.back().piece].is_simple = false;
        const bool set = is_set(v), map = is_map(v) || set;
        const Value none = Value::empty_list();
        frames_.push_back({SequenceCursor(map ? none : v), map ? MapCursor(set ? set_members(v) : v) : MapCursor(),
                           Value::nil(), end, pieces_.size(), map, set});
        add({Piece::What::Open, std::string(bracket), 0, {}, map && !set});
    }

    void close() {
        const Frame& frame = frames_.back();
        add({Piece::What::Close, std::string(frame.end), 1});
        // As if on one line: a blank between items.
        int width = static_cast<int>(pieces_[frame.piece].text.size()) + 1, items = 0;
        for (std::size_t i = frame.piece + 1; i + 1 < pieces_.size();) {
            width += pieces_[i].width + (items++ > 0 ? 1 : 0);
            if (pieces_[i].what == Piece::What::Open) i = ends_[i];
            ++i;
        }
        pieces_[frame.piece].width = width;
        ends_.resize(pieces_.size());
        ends_[frame.piece] = pieces_.size() - 1;
        frames_.pop_back();
    }

    void open(Value v) {
        if (v.is_object()) {
            switch (v.object()->kind) {
            case ObjectKind::Cell:
            case ObjectKind::ChunkedList: return push("(", v, ")");
            case ObjectKind::Vector:
            case ObjectKind::TrieVector: return push("[", v, "]");
            case ObjectKind::FlatMap:
            case ObjectKind::HashMap: return push("{", v, "}");
            case ObjectKind::Set: return push("#{", v, "}");
            default: break;
            }
        }
        std::string text = is_string(v) && text_of(v).size() > longest_string ? shortened(store_, v, longest_string / 4)
                                                                              : readable(store_, v);
        const int width = columns_of(text);
        add({Piece::What::Atom, std::move(text), width, colour_of(v)});
    }

    static std::string_view colour_of(Value v) {
        if (v.is_nil() || v.is_boolean()) return "\033[35m";
        if (v.is_double() || is_integer(v)) return "\033[33m";
        if (is_string(v)) return "\033[32m";
        if (is_keyword(v)) return "\033[36m";
        return {};
    }

    const Store& store_;
    const std::size_t most_;
    std::vector<Piece> pieces_;
    std::vector<std::size_t> ends_; // where the Open of that number closes
    std::vector<Frame> frames_;
};

class Layout {
public:
    Layout(const std::vector<Piece>& pieces, const PrettyStyle& style) : pieces_(pieces), style_(style) {}

    std::string text() {
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            const Piece& piece = pieces_[i];
            if (piece.what == Piece::What::Close) {
                put(piece);
                groups_.pop_back();
                continue;
            }
            if (!groups_.empty()) place(piece, brackets_behind(i));
            const int begin = column_;
            put(piece);
            if (piece.what != Piece::What::Open) continue;
            const bool broken = begin + piece.width > style_.width && begin < style_.width * 3 / 4;
            groups_.push_back({broken, piece.is_map, piece.is_simple, column_, 0});
        }
        return std::move(out_);
    }

private:
    struct Group {
        bool broken, is_map, is_simple;
        int column;
        int items;
    };

    int brackets_behind(std::size_t i) const {
        if (pieces_[i].what != Piece::What::Atom) return 0;
        int count = 0;
        while (++i < pieces_.size() && pieces_[i].what == Piece::What::Close) ++count;
        return count;
    }

    /// Goes where the next item of the innermost group begins.
    void place(const Piece& piece, int behind) {
        Group& group = groups_.back();
        const int number = group.items++;
        if (number == 0) return;
        const bool fits = column_ + 1 + piece.width + behind <= style_.width;
        if (group.broken && group.is_map && number % 2 == 1) {
            // A value stands behind its key unless that leaves too little room for it.
            if (fits || column_ < style_.width / 2) return space();
            return line(group.column + 2);
        }
        if (!group.broken || (!group.is_map && group.is_simple && fits)) return space();
        line(group.column);
    }

    void space() {
        out_ += ' ';
        ++column_;
    }
    void line(int column) {
        out_ += '\n';
        out_.append(static_cast<std::size_t>(column), ' ');
        column_ = column;
    }
    void put(const Piece& piece) {
        const bool painted = style_.colours && !piece.colour.empty();
        if (painted) out_ += piece.colour;
        out_ += piece.text;
        if (painted) out_ += "\033[0m";
        column_ += piece.what == Piece::What::Atom ? piece.width : static_cast<int>(piece.text.size());
    }

    const std::vector<Piece>& pieces_;
    const PrettyStyle& style_;
    std::string out_;
    int column_ = 0;
    std::vector<Group> groups_;
};

} // namespace

std::string pretty(const Store& store, Value value, const PrettyStyle& style) {
    const std::vector<Piece> pieces = Pieces(store, style.most_items).of(value);
    return Layout(pieces, style).text();
}

} // namespace qi
