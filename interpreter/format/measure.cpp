#include "format/measure.hpp"

#include "base/utf8.hpp"
#include "language/forms.hpp"

#include <algorithm>

namespace qi::layout {

namespace {

std::uint32_t limited(std::uint64_t width) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(width, endless));
}

class Measure {
public:
    Measure(Tree& tree, std::uint32_t index) : tree_(tree), node_(tree.nodes[index]) {
        for (std::uint32_t at = node_.first; at != 0; at = tree.nodes[at].next)
            if (tree.nodes[at].kind != NodeKind::Comment) items_.push_back(at);
    }

    void atom() {
        const std::string_view text = tree_.text_of(node_);
        const std::size_t line = text.find('\n');
        node_.least = limited(static_cast<std::uint64_t>(utf8::width(text.substr(0, line))));
        node_.one_line = node_.kind != NodeKind::Comment && line == std::string_view::npos;
        node_.flat = node_.one_line ? node_.least : endless;
        if (node_.kind == NodeKind::Comment) node_.least = 0;
    }

    void brackets(Style style, bool bindings) {
        switch (bindings ? Style::Pairs : style) {
        case Style::Lines:
            for (const std::uint32_t item : items_) role(item, Role::Line);
            break;
        case Style::Data: each_from(0, Role::Flow); break;
        case Style::Call:
            each_from(0, Role::Flow);
            if (!items_.empty()) role(items_[0], Role::Head);
            look_at_arguments();
            break;
        case Style::Body: body(); break;
        case Style::Pairs: pairs(0); break;
        case Style::Chain:
            for (std::size_t i = 0; i < items_.size(); ++i)
                role(items_[i], i == 0 ? Role::Head : i % 2 == 1 ? Role::Line : Role::Inline);
            break;
        case Style::Prefix: each_from(0, Role::Inline); break;
        }
        widths();
    }

private:
    Node& item(std::size_t i) { return tree_.nodes[items_[i]]; }
    void role(std::uint32_t at, Role role) { tree_.nodes[at].role = role; }
    void each_from(std::size_t i, Role what) {
        for (; i < items_.size(); ++i) role(items_[i], what);
    }

    /// Whether the lines behind a call's first argument begin no more than two columns in.
    void look_at_arguments() {
        node_.indented = false;
        if (items_.size() < 2 || item(1).newlines > 0) return;
        for (std::size_t i = 2; i < items_.size(); ++i)
            if (item(i).newlines > 0) {
                node_.indented = item(i).column <= node_.column + 2;
                return;
            }
    }

    void body() {
        const SpecialForm& form = *find_form(tree_.text_of(item(0)));
        role(items_[0], Role::Head);
        std::size_t inlined = form.inlined;
        // Between name and parameters stands a docstring: then the name is alone.
        const bool documented = inlined == 2 && items_.size() > 2 && item(2).kind != NodeKind::Vector;
        if (documented) inlined = 1;
        for (std::size_t i = 1; i < items_.size(); ++i) role(items_[i], i <= inlined ? Role::Inline : Role::Line);
        // A short body may stand behind the parameters.
        if (documented && items_.size() == 5 && item(4).newlines == 0 && item(4).one_line) role(items_[4], Role::Value);
        switch (form.layout) {
        case SpecialForm::Call:
        case SpecialForm::Body: break;
        case SpecialForm::Definition:
            if (items_.size() == 3) role(items_[2], Role::Value);
            break;
        case SpecialForm::Lets:
            if (items_.size() > 1 && item(1).kind == NodeKind::Vector)
                Measure(tree_, items_[1]).brackets(Style::Pairs, true);
            break;
        case SpecialForm::Pairs: pairs(1); break;
        case SpecialForm::Branches: arms(1 + inlined); break;
        }
    }

    /// Key and value in turn. In patterns `=> f` and `| p` may follow a value.
    void pairs(std::size_t i) {
        bool wide = false;
        bool narrow = true; // keys of one line alone can be aligned behind
        std::uint32_t widest = 0;
        while (i < items_.size()) {
            role(items_[i], Role::Line);
            widest = std::max(widest, item(i).flat);
            narrow &= item(i).one_line;
            if (++i == items_.size()) break;
            role(items_[i], Role::Value);
            wide |= item(i).wide_gap;
            for (++i; i + 1 < items_.size() && (tree_.is_atom(item(i), "=>") || tree_.is_atom(item(i), "|")); i += 2) {
                role(items_[i], Role::Inline);
                role(items_[i + 1], Role::Inline);
            }
        }
        node_.aligned = wide && narrow && widest < endless;
        node_.widest_key = widest;
    }

    /// pattern -> body, pattern when guard -> body
    void arms(std::size_t i) {
        bool wide = false;
        bool narrow = true;
        std::uint32_t widest = 0;
        while (i < items_.size()) {
            std::size_t arrow = i;
            while (arrow < items_.size() && !tree_.is_atom(item(arrow), "->")) ++arrow;
            if (arrow == items_.size()) break; // no arms: each item on its line
            std::uint64_t width = arrow > i ? arrow - i - 1 : 0;
            for (std::size_t k = i; k < arrow; ++k) {
                role(items_[k], k == i ? Role::Line : Role::Inline);
                width += item(k).flat;
                narrow &= item(k).one_line;
            }
            role(items_[arrow], arrow == i ? Role::Line : Role::Inline);
            wide |= item(arrow).wide_gap;
            widest = std::max(widest, limited(width));
            if (arrow + 1 < items_.size()) role(items_[arrow + 1], Role::Value);
            i = arrow + 2;
        }
        node_.aligned = wide && narrow && widest < endless;
        node_.widest_key = widest;
    }

    void widths() {
        const std::uint64_t opener = tree_.opener(node_).size();
        const bool inside_brackets =
            node_.kind != NodeKind::Chain && node_.kind != NodeKind::Root && node_.kind != NodeKind::Prefix;
        std::uint64_t flat = opener + tree_.closer(node_).size();
        std::uint64_t line = opener; // the one that is being filled
        std::uint64_t least = 0;
        bool one_line = true;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            const Node& child = item(i);
            flat += child.flat + (i > 0 ? 1 : 0);
            one_line &= child.one_line &&
                        !(i > 0 && child.newlines > 0 && child.role != Role::Inline && child.role != Role::Head);
            const std::uint64_t indented = (inside_brackets ? std::max<std::uint64_t>(opener, 2) : 0) + child.least;
            switch (child.role) {
            case Role::Head:
            case Role::Inline: line += child.least + (i > 0 ? 1 : 0); break;
            case Role::Line: line = i == 0 ? opener + child.least : indented; break;
            case Role::Value: line = std::min(line + 1 + child.least, indented + 2); break;
            case Role::Flow: line = i == 0 ? opener + child.least : indented; break;
            }
            least = std::max(least, line);
        }
        for (std::uint32_t at = node_.first; at != 0; at = tree_.nodes[at].next)
            one_line &= tree_.nodes[at].kind != NodeKind::Comment;
        node_.flat = limited(flat);
        node_.one_line = one_line && flat < endless;
        node_.least = std::min(node_.flat, limited(std::max(least, opener)));
    }

    Tree& tree_;
    Node& node_;
    std::vector<std::uint32_t> items_; // without comments
};

} // namespace

Style style_of(const Tree& tree, const Node& node) {
    switch (node.kind) {
    case NodeKind::Root: return Style::Lines;
    case NodeKind::Chain: return Style::Chain;
    case NodeKind::Prefix: return Style::Prefix;
    case NodeKind::Map: return Style::Pairs;
    case NodeKind::List: break;
    default: return Style::Data;
    }
    std::uint32_t head = node.first;
    while (head != 0 && tree.nodes[head].kind == NodeKind::Comment) head = tree.nodes[head].next;
    if (head == 0 || tree.nodes[head].kind != NodeKind::Atom) return Style::Data;
    const std::string_view text = tree.text_of(tree.nodes[head]);
    if (const SpecialForm* form = find_form(text); form != nullptr && form->layout != SpecialForm::Call)
        return Style::Body;
    const char c = text.front();
    const bool data = c == '"' || (c >= '0' && c <= '9') || (c == '-' && text.size() > 1) ||
                      (c == 'f' && text.size() > 1 && text[1] == '"');
    return data ? Style::Data : Style::Call;
}

void measure(Tree& tree, std::uint32_t index) {
    Measure measure(tree, index);
    const Node& node = tree.nodes[index];
    if (node.kind == NodeKind::Atom || node.kind == NodeKind::Comment)
        measure.atom();
    else
        measure.brackets(style_of(tree, node), false);
}

} // namespace qi::layout
