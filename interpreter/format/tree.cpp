#include "format/tree.hpp"

#include "base/utf8.hpp"
#include "format/measure.hpp"
#include "format/words.hpp"

#include <algorithm>
#include <optional>

namespace qi::layout {

namespace {

class Builder {
public:
    /// `broken_off`: a bracket isn't closed. If `many_forms`, one that begins a line then ends those that are open.
    Builder(std::string_view text, bool broken_off, bool many_forms)
        : broken_off_(broken_off), many_forms_(many_forms) {
        tree_.text = text;
        Node root;
        root.kind = NodeKind::Root;
        root.end = static_cast<std::uint32_t>(text.size());
        tree_.nodes.push_back(root);
        open_.push_back({0, 0});
    }

    /// Nothing if the text is broken off, and this isn't known.
    std::optional<Tree> build() {
        Words words(tree_.text);
        for (Word word = words.next(); word.kind != TokenKind::End; word = words.next()) {
            if (broken_off_ && many_forms_ && tree_.text[word.begin] == '(' && word.column == 0) close_all(word.begin);
            take(word);
        }
        if (!broken_off_ && open_.size() > (top().kind == NodeKind::Chain ? 2 : 1)) return std::nullopt;
        close_all(tree_.text.size());
        close(tree_.text.size());
        return std::move(tree_);
    }

private:
    /// Brackets, a prefix or a chain whose end hasn't come: its items are those of `items_` from `base` on.
    struct Open {
        std::uint32_t node;
        std::size_t base;
    };

    Node& node(std::uint32_t index) { return tree_.nodes[index]; }
    Node& top() { return node(open_.back().node); }

    std::uint32_t add(NodeKind kind, const Word& word) {
        Node made;
        made.kind = kind;
        made.begin = word.begin;
        made.end = word.end;
        made.column = word.column;
        made.newlines = word.newlines;
        made.wide_gap = word.wide_gap;
        tree_.nodes.push_back(made);
        return static_cast<std::uint32_t>(tree_.nodes.size() - 1);
    }

    void take(const Word& word) {
        if (word.comment) {
            const std::uint32_t comment = add(NodeKind::Comment, word);
            measure(tree_, comment);
            items_.push_back(comment);
            return;
        }
        switch (word.kind) {
        case TokenKind::Pipe: pipe(word); return;
        case TokenKind::Close:
            end_chain();
            while (top().kind == NodeKind::Prefix) close(word.begin); // with nothing behind it
            if (open_.size() > 1) close(word.end);
            return;
        default: break;
        }
        if (top().kind == NodeKind::Chain && !is_pipe(last_item())) end_chain();
        if (word.kind == TokenKind::Open) {
            const char bracket = tree_.text[word.begin];
            const NodeKind kind = bracket == '('   ? NodeKind::List
                                  : bracket == '[' ? NodeKind::Vector
                                  : bracket == '{' ? NodeKind::Map
                                                   : NodeKind::Set;
            const std::uint32_t opened = add(kind, word);
            open_.push_back({opened, items_.size()});
        } else if (word.kind == TokenKind::Prefix) {
            const std::uint32_t opened = add(NodeKind::Prefix, word);
            open_.push_back({opened, items_.size()});
        } else {
            const std::uint32_t atom = add(NodeKind::Atom, word);
            measure(tree_, atom);
            complete(atom);
        }
    }

    /// The index among the items of the last one that is no comment; that of the base if there is none.
    std::size_t last_item() const {
        std::size_t at = items_.size();
        while (at > open_.back().base + 1 && tree_.nodes[items_[at - 1]].kind == NodeKind::Comment) --at;
        return at == 0 ? 0 : at - 1;
    }

    bool is_pipe(std::size_t item) const {
        const Node& n = tree_.nodes[items_[item]];
        return n.kind == NodeKind::Atom && n.role == Role::Line;
    }

    void pipe(const Word& word) {
        if (top().kind != NodeKind::Chain && items_.size() > open_.back().base) {
            const std::size_t left = last_item();
            const Node& begins = node(items_[left]);
            Node chain;
            chain.kind = NodeKind::Chain;
            chain.begin = begins.begin;
            chain.column = begins.column;
            chain.newlines = begins.newlines;
            chain.wide_gap = begins.wide_gap;
            tree_.nodes.push_back(chain);
            open_.push_back({static_cast<std::uint32_t>(tree_.nodes.size() - 1), left});
        }
        const std::uint32_t op = add(NodeKind::Atom, word);
        measure(tree_, op);
        node(op).role = Role::Line;
        items_.push_back(op);
    }

    void complete(std::uint32_t made) {
        items_.push_back(made);
        while (top().kind == NodeKind::Prefix) close(node(made).end);
    }

    /// Ends a chain. Comments behind its last stage belong to what it stands in.
    void end_chain() {
        if (top().kind != NodeKind::Chain) return;
        const std::size_t after = last_item() + 1;
        const std::vector<std::uint32_t> comments(items_.begin() + static_cast<std::ptrdiff_t>(after), items_.end());
        items_.resize(after);
        close(node(items_.back()).end);
        items_.insert(items_.end(), comments.begin(), comments.end());
    }

    void close_all(std::size_t end) {
        end_chain();
        while (open_.size() > 1) close(end);
    }

    void close(std::size_t end) {
        const Open closed = open_.back();
        open_.pop_back();
        node(closed.node).end = static_cast<std::uint32_t>(end);
        std::uint32_t next = 0;
        for (std::size_t i = items_.size(); i-- > closed.base;) {
            node(items_[i]).next = next;
            next = items_[i];
        }
        node(closed.node).first = next;
        items_.resize(closed.base);
        measure(tree_, closed.node);
        if (!open_.empty()) {
            items_.push_back(closed.node);
            if (node(closed.node).kind != NodeKind::Prefix)
                while (top().kind == NodeKind::Prefix && node(closed.node).kind != NodeKind::Chain) close(end);
        }
    }

    Tree tree_;
    bool broken_off_;
    bool many_forms_;
    std::vector<Open> open_;
    std::vector<std::uint32_t> items_;
};

} // namespace

std::string_view Tree::opener(const Node& node) const noexcept {
    switch (node.kind) {
    case NodeKind::List: return "(";
    case NodeKind::Vector: return "[";
    case NodeKind::Map: return "{";
    case NodeKind::Set: return "#{";
    case NodeKind::Prefix: return text.substr(node.begin, text.substr(node.begin).starts_with(",@") ? 2 : 1);
    default: return {};
    }
}

std::string_view Tree::closer(const Node& node) const noexcept {
    switch (node.kind) {
    case NodeKind::List: return ")";
    case NodeKind::Vector: return "]";
    case NodeKind::Map:
    case NodeKind::Set: return "}";
    default: return {};
    }
}

Tree parse(std::string_view text, bool one_form) {
    auto tree = Builder(text, false, !one_form).build();
    return tree ? std::move(*tree) : *Builder(text, true, !one_form).build();
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> all;
    Words source(text);
    for (Word word = source.next(); word.kind != TokenKind::End; word = source.next())
        all.push_back(text.substr(word.begin, word.end - word.begin));
    return all;
}

} // namespace qi::layout
