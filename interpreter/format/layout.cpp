#include "format/layout.hpp"
#include "language/forms.hpp"

#include "base/utf8.hpp"
#include "format/measure.hpp"

#include <algorithm>

namespace qi::layout {

namespace {

constexpr int line_width = 100;
/// Lines are indented this far at most: the text of deep nesting would be as long as the square of its depth.
constexpr int deepest_indentation = 2 * line_width;
/// Comments behind code that ends further right aren't aligned with those on the lines beside them.
constexpr int widest_aligned = 72;

class Layout {
public:
    explicit Layout(const Tree& tree) : tree_(tree) {}

    std::string text() {
        out_.reserve(tree_.text.size() + tree_.text.size() / 8);
        enter(0, 0, false);
        while (!open_.empty()) advance();
        if (!out_.empty()) out_ += '\n';
        return align_comments();
    }

private:
    /// A node that is being written.
    struct Open {
        const Node* node;
        const Node* child; // the next one, or null
        const Node* previous = nullptr;
        Style style;
        bool flat;
        int items = 0; // written so far, comments not counted
        int begin;     // the column of the bracket
        int item = 0;  // where lines of items begin
        int value = 0; // and those of values
        bool definition = false;
        std::size_t line = 0; // on which the child before began
        int after;            // how much has to stand behind it, on its last line
    };
    struct TrailingComment {
        std::size_t offset; // in out_, of the blank before it
        std::size_t line;
        int column; // at which the code before it ends
        bool wide_gap;
    };

    const Node* node_at(std::uint32_t index) const { return index == 0 ? nullptr : &tree_.nodes[index]; }

    void write(std::string_view text) {
        out_ += text;
        const std::size_t newline = text.rfind('\n');
        if (newline == std::string_view::npos) {
            column_ += utf8::width(text);
            return;
        }
        line_ += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        column_ = utf8::width(text.substr(newline + 1));
    }

    void new_line(int column, bool blank) {
        column = std::min(column, deepest_indentation);
        out_ += blank ? "\n\n" : "\n";
        line_ += blank ? 2 : 1;
        out_.append(static_cast<std::size_t>(column), ' ');
        column_ = column;
    }

    void enter(std::uint32_t index, int after, bool flat) {
        const Node& node = tree_.nodes[index];
        Open open{&node, node_at(node.first), nullptr, style_of(tree_, node), false, 0, column_, 0, 0, false, 0, after};
        open.flat = flat || (node.kind != NodeKind::Root && node.one_line && fits(column_, node.flat, after));
        const int width = static_cast<int>(tree_.opener(node).size());
        switch (open.style) {
        case Style::Lines: open.item = 0; break;
        case Style::Data:
        case Style::Pairs:
        case Style::Prefix: open.item = column_ + width; break;
        case Style::Call:
        case Style::Body: open.item = column_ + 2; break;
        case Style::Chain: open.item = column_; break;
        }
        open.definition = open.style == Style::Body && is_definition(node);
        open.value = open.item + (open.definition ? 0 : 2);
        write(tree_.opener(node));
        open_.push_back(open);
    }

    bool is_definition(const Node& node) const {
        const Node* head = node_at(node.first);
        while (head != nullptr && head->kind == NodeKind::Comment) head = node_at(head->next);
        return head != nullptr && head->kind == NodeKind::Atom && defines(find_form(tree_.text_of(*head)));
    }

    static bool fits(int column, std::uint32_t width, int after) {
        return static_cast<std::int64_t>(column) + width + after <= line_width;
    }

    void advance() {
        Open& open = open_.back();
        const Node* child = open.child;
        if (child == nullptr) {
            if (open.previous != nullptr && open.previous->kind == NodeKind::Comment &&
                open.node->kind != NodeKind::Root)
                new_line(open.item, false);
            write(tree_.closer(*open.node));
            open_.pop_back();
            return;
        }
        const int after = child->next != 0 ? 0
                                           : static_cast<int>(tree_.closer(*open.node).size()) +
                                                 (open.node->kind == NodeKind::Root ? 0 : open.after);
        separate(open, *child, after);
        open.previous = child;
        open.line = line_;
        open.child = node_at(child->next);
        if (child->kind != NodeKind::Comment) ++open.items;
        if (child->kind == NodeKind::Comment || child->kind == NodeKind::Atom) {
            write(tree_.text_of(*child));
            return;
        }
        enter(static_cast<std::uint32_t>(child - tree_.nodes.data()), after, open.flat);
    }

    /// Writes what stands between a child and what comes before it.
    void separate(Open& open, const Node& child, int after) {
        const bool first = open.previous == nullptr;
        const bool blank = child.newlines > 1 && !first && child.role != Role::Inline && child.role != Role::Value;
        if (child.kind == NodeKind::Comment) {
            if (child.newlines == 0 && !out_.empty()) {
                trailing_.push_back({out_.size(), line_, column_, child.wide_gap});
                write(" ");
            } else if (!first || open.node->kind != NodeKind::Root) {
                new_line(open.item, child.newlines > 1 && !first);
            }
            return;
        }
        if (!first && open.previous->kind == NodeKind::Comment) {
            const bool indented =
                child.role == Role::Value || (child.role == Role::Inline && open.style != Style::Prefix);
            new_line(child.role == Role::Head && open.style != Style::Chain ? open.begin + 1
                     : indented                                             ? open.value
                                                                            : open.item,
                     blank);
            return;
        }
        if (first) {
            // `, @x` isn't `,@x`.
            if (open.node->kind == NodeKind::Prefix && tree_.opener(*open.node) == "," &&
                tree_.text[child.begin] == '@')
                write(" ");
            return;
        }
        // `...rest` is two words.
        if (child.kind == NodeKind::Atom && child.newlines == 0 && tree_.is_atom(*open.previous, "...")) return;
        if (open.flat) {
            write(" ");
            return;
        }
        switch (child.role) {
        case Role::Head:
        case Role::Inline: {
            const bool arrow = open.style == Style::Body && open.node->aligned && tree_.is_atom(child, "->");
            write_blanks(arrow ? padding(open) : 1);
            return;
        }
        case Role::Line: new_line(open.item, blank); return;
        case Role::Value: {
            const bool arms =
                open.style == Style::Body && open.previous != nullptr && tree_.is_atom(*open.previous, "->");
            const Eager eager = open.style != Style::Body && child.kind != NodeKind::Atom ? Eager::No
                                : open.definition && open.items == 4                      ? Eager::Yes
                                                                                          : Eager::IfFits;
            place(child, open.value, open.node->aligned && !arms ? padding(open) : 1, after, false, eager);
            return;
        }
        case Role::Flow: break;
        }
        if (open.style == Style::Call && open.items == 1) {
            if (!place(child, open.item, 1, after, false, Eager::IfFits) && !open.node->indented &&
                rest_fits(child, column_))
                open.item = column_;
            return;
        }
        // Nothing stands behind brackets that took several lines.
        if (line_ != open.line && open.previous->kind != NodeKind::Atom && child.newlines == 0)
            new_line(open.item, false);
        else
            place(child, open.item, 1, after, blank, Eager::Yes);
    }

    /// Up to where the values or arrows of aligned pairs begin.
    int padding(const Open& open) const {
        return std::max(1, open.item + static_cast<int>(open.node->widest_key) + 1 - column_);
    }

    void write_blanks(int count) {
        out_.append(static_cast<std::size_t>(count), ' ');
        column_ += count;
    }

    /// Whether what doesn't fit behind what is there, and was written on one line, goes to a new one rather than take
    /// several: where it fits on the new one, or in any case.
    enum class Eager : std::uint8_t { No, IfFits, Yes };

    /// Behind what is there, or on a new line at the column; whether it is on a new line.
    bool place(const Node& child, int column, int gap, int after, bool blank, Eager eager) {
        const int here = column_ + gap;
        bool stays = true;
        if (child.newlines > 0)
            stays = false;
        else if (child.one_line && fits(here, child.flat, after))
            stays = true;
        else if (child.one_line && eager != Eager::No && column < here &&
                 (eager == Eager::Yes || fits(column, child.flat, after)))
            stays = false;
        else
            stays = fits(here, child.least, 0) || column >= here;
        if (stays)
            write_blanks(gap);
        else
            new_line(column, blank);
        return !stays;
    }

    /// Whether the arguments behind the first one can stand beneath it.
    bool rest_fits(const Node& first, int column) const {
        for (const Node* argument = node_at(first.next); argument != nullptr; argument = node_at(argument->next))
            if (!fits(column, argument->least, 0)) return false;
        return true;
    }

    /// Comments behind code on lines one below the other are aligned if one of them was set apart.
    std::string align_comments() const {
        std::string aligned;
        aligned.reserve(out_.size() + trailing_.size() * 4);
        std::size_t copied = 0;
        for (std::size_t i = 0; i < trailing_.size();) {
            std::size_t end = i;
            int widest = 0;
            bool wide = false;
            do {
                wide |= trailing_[end].wide_gap;
                if (trailing_[end].column <= widest_aligned) widest = std::max(widest, trailing_[end].column);
                ++end;
            } while (end < trailing_.size() && trailing_[end].line == trailing_[end - 1].line + 1);
            for (; i < end; ++i) {
                aligned.append(out_, copied, trailing_[i].offset - copied);
                copied = trailing_[i].offset;
                if (wide && trailing_[i].column < widest)
                    aligned.append(static_cast<std::size_t>(widest - trailing_[i].column), ' ');
            }
        }
        return aligned.append(out_, copied);
    }

    const Tree& tree_;
    std::string out_;
    int column_ = 0;
    std::size_t line_ = 0;
    std::vector<Open> open_;
    std::vector<TrailingComment> trailing_;
};

} // namespace

std::string lay_out(const Tree& tree) { return Layout(tree).text(); }

} // namespace qi::layout
