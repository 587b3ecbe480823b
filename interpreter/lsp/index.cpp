#include "lsp/index.hpp"

#include "format/words.hpp"
#include "language/forms.hpp"

#include <algorithm>
#include <set>

namespace qi::lsp {

using layout::Node;
using layout::NodeKind;
using layout::Tree;

namespace {

/// Forms nested deeper are passed over: the walk recurses.
constexpr int deepest = 600;

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_definition(std::string_view head) { return defines(find_form(head)); }

/// A function's body, or what else is a scope of its own, or data: a definition in it isn't the file's.
bool is_closed(std::string_view head) {
    const SpecialForm* form = find_form(head);
    return form != nullptr && form->scope != SpecialForm::Around;
}

bool is_symbol(std::string_view text) {
    if (text.empty() ||
        one_of(text, {"nil", "true", "false", "->", "=>", "...", "|", "&", "_", "|>", "|>?", "||>", "~>"}))
        return false;
    const char c = text.front();
    if (c == ':' || c == '"' || (c >= '0' && c <= '9')) return false;
    if (c == '-' && text.size() > 1 && text[1] >= '0' && text[1] <= '9') return false;
    if (c == 'f' && text.size() > 1 && text[1] == '"') return false;
    return std::all_of(text.begin(), text.end(), is_name_byte);
}

bool is_string(std::string_view text) { return text.starts_with('"'); }
bool is_fstring(std::string_view text) { return text.starts_with("f\""); }

} // namespace

bool is_name_byte(char c) noexcept {
    return static_cast<unsigned char>(c) > ' ' &&
           std::string_view("()[]{}'`,@\";|~#\x7f").find(c) == std::string_view::npos;
}

/// Goes through a tree: that of the text, or that of the code in an f-string, which begins at `base` of the text.
class Walk {
public:
    Walk(Index& index, const Tree& tree, std::uint32_t base, std::vector<int>& active, int depth)
        : index_(index), tree_(tree), base_(base), active_(active), depth_(depth) {}

    void collect_globals(const Node& parent, int depth = 0) {
        for (const Node* node : children(parent)) {
            if (node->kind == NodeKind::Chain && depth < deepest) collect_globals(*node, depth + 1);
            if (node->kind != NodeKind::List) continue;
            const auto items = children(*node);
            const std::string_view head = head_of(items);
            if (is_definition(head) && items.size() > 1 && is_symbol(text(*items[1])))
                define(*node, items, true, 0, static_cast<std::uint32_t>(index_.text_.size()));
            else if (head == "use")
                use(items);
            else if (head == "export")
                export_names(items);
            else if (!is_closed(head) && depth < deepest)
                collect_globals(*node, depth + 1);
        }
    }

    void all(const Node& parent) {
        for (const Node* node : children(parent)) walk(*node);
    }

private:
    using Items = std::vector<const Node*>;

    std::string_view text(const Node& node) const {
        return node.kind == NodeKind::Atom ? tree_.text_of(node) : std::string_view();
    }
    std::uint32_t place(std::uint32_t offset) const { return base_ + offset; }

    Items children(const Node& parent) const {
        Items items;
        for (std::uint32_t at = parent.first; at != 0; at = tree_.nodes[at].next)
            if (tree_.nodes[at].kind != NodeKind::Comment) items.push_back(&tree_.nodes[at]);
        return items;
    }
    std::string_view head_of(const Items& items) const { return items.empty() ? std::string_view() : text(*items[0]); }

    int add(Binding binding) {
        index_.bindings_.push_back(std::move(binding));
        return static_cast<int>(index_.bindings_.size()) - 1;
    }

    void occur(const Node& name, int binding) {
        index_.occurrences_.push_back({place(name.begin), place(name.end), binding});
    }

    void bind(const Node& name, std::uint32_t scope_end) {
        Binding binding;
        binding.name = text(name);
        binding.begin = binding.form_begin = binding.scope_begin = place(name.begin);
        binding.end = binding.form_end = place(name.end);
        binding.scope_end = place(scope_end);
        active_.push_back(add(std::move(binding)));
        occur(name, active_.back());
    }

    /// The binding of `(def name …)` and its like, whose items these are.
    int define(const Node& form, const Items& items, bool global, std::uint32_t scope_begin, std::uint32_t scope_end) {
        const std::string_view head = text(*items[0]);
        Binding binding;
        binding.name = text(*items[1]);
        binding.global = global;
        binding.hidden = head == "defn-";
        binding.begin = place(items[1]->begin);
        binding.end = place(items[1]->end);
        binding.form_begin = place(form.begin);
        binding.form_end = place(form.end);
        binding.scope_begin = scope_begin;
        binding.scope_end = scope_end;
        binding.kind = head == "def" ? BindingKind::Value : head == "mac" ? BindingKind::Macro : BindingKind::Function;
        const auto take_parameters = [&](const Node& node) {
            // On one line, however they are written.
            for (const char c : index_.text_.substr(place(node.begin), node.end - node.begin)) {
                const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
                if (!space || (!binding.parameters.empty() && binding.parameters.back() != ' '))
                    binding.parameters += space ? ' ' : c;
            }
        };
        if (head != "def") {
            for (std::size_t i = 2; i < items.size() && i < 4; ++i) {
                if (items[i]->kind == NodeKind::Vector) {
                    take_parameters(*items[i]);
                    break;
                }
                if (is_string(text(*items[i]))) {
                    Lexer lexer(tree_.text, items[i]->begin, items[i]->end);
                    if (Token token; !lexer.next(token)) binding.doc = token.string;
                }
            }
        } else if (items.size() > 2 && items[2]->kind == NodeKind::List) {
            const auto inner = children(*items[2]);
            if (head_of(inner) == "fn" && inner.size() > 1 && inner[1]->kind == NodeKind::Vector) {
                binding.kind = BindingKind::Function;
                take_parameters(*inner[1]);
            }
        }
        if (!global) binding.kind = binding.kind == BindingKind::Value ? BindingKind::Local : binding.kind;
        if (global) {
            const auto known = index_.globals_.find(binding.name);
            if (known != index_.globals_.end()) {
                occur(*items[1], known->second);
                return known->second;
            }
            index_.globals_.emplace(binding.name, static_cast<int>(index_.bindings_.size()));
        }
        const int made = add(std::move(binding));
        occur(*items[1], made);
        return made;
    }

    void use(const Items& items) {
        if (items.size() < 2) return;
        UsedModule used;
        used.begin = place(items[1]->begin);
        used.end = place(items[1]->end);
        used.module = text(*items[1]);
        if (is_string(used.module))
            used.module = used.module.substr(1, std::max<std::size_t>(used.module.size(), 2) - 2);
        const std::string_view how = items.size() > 2 ? text(*items[2]) : std::string_view();
        if (how == ":as" && items.size() > 3)
            used.prefix = std::string(text(*items[3])) + "/";
        else if (how == ":only" || how == ":all")
            used.bare = true;
        else
            used.prefix = used.module.substr(used.module.rfind('/') + 1) + "/";
        index_.modules_.push_back(std::move(used));
    }

    void export_names(const Items& items) {
        index_.exports_some_ = true;
        for (const Node* name : items) index_.exports_.emplace_back(text(*name));
    }

    void refer(const Node& name) {
        const std::string_view wanted = text(name);
        for (std::size_t i = active_.size(); i-- > 0;)
            if (index_.bindings_[static_cast<std::size_t>(active_[i])].name == wanted) return occur(name, active_[i]);
        const auto global = index_.globals_.find(std::string(wanted));
        occur(name, global == index_.globals_.end() ? -1 : global->second);
    }

    void walk(const Node& node) {
        if (depth_ >= deepest) return;
        ++depth_;
        switch (node.kind) {
        case NodeKind::Atom: atom(node); break;
        case NodeKind::List: list(node); break;
        case NodeKind::Prefix:
            if (tree_.opener(node) != "'") all(node);
            break;
        case NodeKind::Comment: break;
        default: all(node); break;
        }
        --depth_;
    }

    void atom(const Node& node) {
        const std::string_view word = text(node);
        if (is_symbol(word)) refer(node);
        if (is_fstring(word)) fstring(node);
    }

    /// The code of an f-string is a text of its own. `\"` in it is a quote: a blank takes the place of the backslash.
    void fstring(const Node& node) {
        const std::string_view word = text(node);
        Lexer lexer(tree_.text, node.begin, node.end);
        Token token;
        if (lexer.next(token)) return;
        const bool triple = token.text.size() == 4;
        for (bool code = true;;) {
            std::string ignored;
            if (lexer.fstring_text(token.span, triple, ignored, code) || !code) return;
            const std::uint32_t begin = lexer.position();
            if (lexer.fstring_code(token.span, ignored)) return;
            std::string masked(word.substr(begin - node.begin, lexer.position() - 1 - begin));
            for (std::size_t i = 0; i + 1 < masked.size(); ++i)
                if (masked[i] == '\\' && masked[i + 1] == '"') masked[i] = ' ';
            const Tree inner = layout::parse(masked);
            Walk walk(index_, inner, place(begin), active_, depth_ + 1);
            walk.all(inner.nodes[0]);
        }
    }

    /// The names of a pattern, up to the end of their scope. In a map `=> f` is a function.
    void pattern(const Node& node, std::uint32_t scope_end, int depth = 0) {
        if (depth > deepest) return;
        if (node.kind == NodeKind::Atom) {
            if (is_symbol(text(node))) bind(node, scope_end);
            return;
        }
        if (node.kind != NodeKind::Vector && node.kind != NodeKind::Map) return;
        bool function = false;
        for (const Node* item : children(node)) {
            if (function)
                walk(*item);
            else
                pattern(*item, scope_end, depth + 1);
            function = tree_.is_atom(*item, "=>");
        }
    }

    /// What a body defines may be used in all of it.
    void body(const Items& items, std::size_t from, const Node& scope) {
        for (std::size_t i = from; i < items.size(); ++i) {
            if (items[i]->kind != NodeKind::List) continue;
            const auto inner = children(*items[i]);
            if (is_definition(head_of(inner)) && inner.size() > 1 && is_symbol(text(*inner[1]))) {
                active_.push_back(define(*items[i], inner, false, place(scope.begin), place(scope.end)));
                defined_.insert(items[i]);
            }
        }
        for (std::size_t i = from; i < items.size(); ++i) walk(*items[i]);
    }

    void list(const Node& node) {
        const auto items = children(node);
        const std::string_view head = head_of(items);
        const std::size_t before = active_.size();
        if (head == "quote") {
            occur(*items[0], -1);
            return;
        }
        if (is_definition(head) && items.size() > 1 && is_symbol(text(*items[1]))) {
            occur(*items[0], -1);
            // Known already: to the body that it stands in, or as a global.
            const bool known =
                defined_.contains(&node) || (active_.empty() && index_.globals_.contains(std::string(text(*items[1]))));
            if (!known)
                active_.push_back(
                    define(node, items, false, place(node.begin), static_cast<std::uint32_t>(index_.text_.size())));
            const std::size_t keep = active_.size();
            if (head == "def") {
                for (std::size_t i = 2; i < items.size(); ++i) walk(*items[i]);
            } else {
                function(node, items, 2);
            }
            active_.resize(keep);
            return;
        }
        const SpecialForm* form = find_form(head);
        const SpecialForm::Scope scope = form == nullptr ? SpecialForm::Around : form->scope;
        if (scope == SpecialForm::Function) {
            occur(*items[0], -1);
            function(node, items, 1);
        } else if (scope == SpecialForm::Bindings && items.size() > 1 && items[1]->kind == NodeKind::Vector) {
            occur(*items[0], -1);
            const bool has_else = form->is(SpecialForm::ElseOutside) && items.size() == 4;
            const std::uint32_t end = has_else ? items[2]->end : node.end;
            const auto pairs = children(*items[1]);
            for (std::size_t i = 0; i < pairs.size(); i += 2) {
                if (i + 1 < pairs.size()) walk(*pairs[i + 1]);
                pattern(*pairs[i], end);
            }
            body(has_else ? Items(items.begin(), items.begin() + 3) : items, 2, node);
            active_.resize(before);
            if (has_else) walk(*items[3]);
        } else if (scope == SpecialForm::Task) {
            occur(*items[0], -1);
            body(items, 1, node);
        } else if (scope == SpecialForm::Arms && items.size() > 1) {
            occur(*items[0], -1);
            walk(*items[1]);
            arms(items, 2);
        } else if (head == "use" || head == "export" || head == "module") {
            occur(*items[0], -1);
            if (head == "export")
                for (std::size_t i = 1; i < items.size(); ++i) walk(*items[i]);
        } else {
            for (const Node* item : items) walk(*item);
        }
        active_.resize(before);
    }

    void function(const Node& node, const Items& items, std::size_t from) {
        std::size_t parameters = from;
        while (parameters < items.size() && items[parameters]->kind != NodeKind::Vector) walk(*items[parameters++]);
        if (parameters == items.size()) return;
        pattern(*items[parameters], node.end);
        body(items, parameters + 1, node);
    }

    /// pattern when guard -> body …
    void arms(const Items& items, std::size_t i) {
        while (i < items.size()) {
            std::size_t arrow = i;
            while (arrow < items.size() && !tree_.is_atom(*items[arrow], "->")) ++arrow;
            const std::uint32_t end = arrow + 1 < items.size() ? items[arrow + 1]->end : items.back()->end;
            const std::size_t before = active_.size();
            bool guard = false;
            for (std::size_t k = i; k < arrow; ++k) {
                if (guard)
                    walk(*items[k]);
                else if (k > i && tree_.is_atom(*items[k], "when"))
                    guard = true;
                else
                    pattern(*items[k], end);
            }
            if (arrow + 1 < items.size()) walk(*items[arrow + 1]);
            active_.resize(before);
            i = arrow + 2;
        }
    }

    Index& index_;
    const Tree& tree_;
    std::uint32_t base_;
    std::vector<int>& active_; // locals, the innermost last
    std::set<const Node*> defined_;
    int depth_;
};

bool Index::is_public(const Binding& binding) const noexcept {
    if (!binding.global || binding.hidden) return false;
    return !exports_some_ || std::find(exports_.begin(), exports_.end(), binding.name) != exports_.end();
}

Index::Index(std::string text) : text_(std::move(text)), tree_(layout::parse(text_)) {
    std::vector<int> active;
    Walk walk(*this, tree_, 0, active, 0);
    walk.collect_globals(tree_.nodes[0]);
    walk.all(tree_.nodes[0]);
    // A definition is met twice: when it is collected, and on the way.
    std::stable_sort(occurrences_.begin(), occurrences_.end(),
                     [](const Occurrence& a, const Occurrence& b) { return a.begin < b.begin; });
    occurrences_.erase(std::unique(occurrences_.begin(), occurrences_.end(),
                                   [](const Occurrence& a, const Occurrence& b) { return a.begin == b.begin; }),
                       occurrences_.end());
    for (const Node& node : tree_.nodes) {
        if (node.kind == NodeKind::Comment) {
            texts_.push_back({node.begin, node.end});
            continue;
        }
        if (node.kind != NodeKind::Atom) continue;
        const std::string_view word = tree_.text_of(node);
        if (word.starts_with(':') && word.size() > 1) keywords_.push_back({node.begin, node.end});
        if (is_string(word) || is_fstring(word)) texts_.push_back({node.begin, node.end});
    }
}

const Occurrence* Index::at(std::size_t offset) const noexcept {
    const auto after =
        std::upper_bound(occurrences_.begin(), occurrences_.end(), offset,
                         [](std::size_t o, const Occurrence& occurrence) { return o < occurrence.begin; });
    if (after == occurrences_.begin()) return nullptr;
    const Occurrence& found = *(after - 1);
    if (offset <= found.end) return &found;
    return nullptr;
}

const Binding* Index::global(std::string_view name) const noexcept {
    const auto found = globals_.find(std::string(name));
    return found == globals_.end() ? nullptr : &bindings_[static_cast<std::size_t>(found->second)];
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
            if (child.kind != NodeKind::Atom || !is_symbol(tree_.text_of(child)) || offset <= child.end) return {};
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
        if (!is_fstring(word)) return true;
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
