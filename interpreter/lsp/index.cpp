#include "lsp/index.hpp"

#include <set>

namespace qi::lsp {

using layout::Node;
using layout::NodeKind;

Index::Index(std::string text)
    : text_(std::move(text)), tree_(layout::parse(text_)), scopes_(layout::scopes_of(tree_)) {
    for (const Node& node : tree_.nodes) {
        if (node.kind == NodeKind::Comment) {
            texts_.push_back({node.begin, node.end});
            continue;
        }
        if (node.kind != NodeKind::Atom) continue;
        const std::string_view word = tree_.text_of(node);
        if (word.starts_with(':') && word.size() > 1) keywords_.push_back({node.begin, node.end});
        if (word.starts_with('"') || word.starts_with("f\"")) texts_.push_back({node.begin, node.end});
    }
}

std::vector<Index::Call> Index::call_at(std::size_t offset) const {
    const Node* innermost = nullptr;
    for (const Node& node : tree_.nodes) {
        const bool closed = node.end > node.begin && text_[node.end - 1] == ')';
        if (node.kind == NodeKind::List && node.begin < offset &&
            (offset < node.end || (!closed && offset <= node.end)) &&
            (innermost == nullptr || node.begin > innermost->begin))
            innermost = &node;
    }
    if (innermost == nullptr || innermost->first == 0) return {};
    int argument = -1;
    std::string_view head;
    std::uint32_t head_begin = 0;
    for (std::uint32_t at = innermost->first; at != 0; at = tree_.nodes[at].next) {
        const Node& child = tree_.nodes[at];
        if (child.kind == NodeKind::Comment) continue;
        if (head.empty()) {
            if (child.kind != NodeKind::Atom || !layout::is_name(tree_.text_of(child)) || offset <= child.end)
                return {};
            head = tree_.text_of(child);
            head_begin = child.begin;
            argument = 0;
        } else if (offset > child.end) {
            ++argument;
        }
    }
    return {{head, head_begin, argument}};
}

bool Index::in_text(std::size_t offset) const noexcept {
    for (const Span& span : texts_) {
        if (offset <= span.begin || offset > span.end) continue;
        const std::string_view word = std::string_view(text_).substr(span.begin, span.end - span.begin);
        if (word.starts_with(';') || word.starts_with('#')) return true;
        if (offset == span.end && word.size() > 1 && word.ends_with('"')) continue;
        if (!word.starts_with("f\"")) return true;
        // In an f-string: more open braces before the place than closed ones.
        int depth = 0;
        for (std::size_t i = 0; i < offset - span.begin; ++i) {
            if (word[i] == '\\')
                ++i;
            else if (word[i] == '{')
                ++depth;
            else if (word[i] == '}' && depth > 0)
                --depth;
        }
        return depth == 0;
    }
    return false;
}

std::vector<std::string_view> Index::keywords() const {
    std::set<std::string_view> all;
    for (const Span& span : keywords_) all.insert(std::string_view(text_).substr(span.begin, span.end - span.begin));
    return {all.begin(), all.end()};
}

} // namespace qi::lsp
