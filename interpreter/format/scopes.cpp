#include "format/scopes.hpp"

#include "format/words.hpp"
#include "language/scopes.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <unordered_map>
#include <utility>

namespace qi::layout {

namespace {

/// Forms nested deeper are passed over: the walk recurses.
constexpr int deepest = 600;

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

bool is_name_byte(char c) noexcept {
    return static_cast<unsigned char>(c) > ' ' &&
           std::string_view("()[]{}'`,@\";|~#\x7f").find(c) == std::string_view::npos;
}

bool is_name(std::string_view text) {
    if (text.empty() ||
        one_of(text, {"nil", "true", "false", "->", "=>", "...", "|", "&", "_", "|>", "|>?", "||>", "~>"}))
        return false;
    const char c = text.front();
    if (c == ':' || c == '"' || (c >= '0' && c <= '9')) return false;
    if (c == '-' && text.size() > 1 && text[1] >= '0' && text[1] <= '9') return false;
    if (c == 'f' && text.size() > 1 && text[1] == '"') return false;
    return std::all_of(text.begin(), text.end(), is_name_byte);
}

namespace {

bool is_string(std::string_view text) { return text.starts_with('"'); }
bool is_fstring(std::string_view text) { return text.starts_with("f\""); }

using Nodes = std::span<const Node* const>;

/// The formatter's tree, as language/scopes.hpp looks at it.
class NodeTree {
public:
    explicit NodeTree(const Tree& tree) : tree_(tree) {}

    std::string_view text(const Node* node) const {
        return node->kind == NodeKind::Atom ? tree_.text_of(*node) : std::string_view();
    }
    std::vector<const Node*> children(const Node* parent) const {
        std::vector<const Node*> found;
        for (std::uint32_t at = parent->first; at != 0; at = tree_.nodes[at].next)
            if (tree_.nodes[at].kind != NodeKind::Comment) found.push_back(&tree_.nodes[at]);
        return found;
    }
    bool is_quoted(const Node* node) const { return node->kind == NodeKind::Prefix && tree_.opener(*node) == "'"; }

    std::vector<const Node*> items(const Node* node) const {
        const bool code = node->kind != NodeKind::Prefix || !one_of(tree_.opener(*node), {"'", "`"});
        return code ? children(node) : std::vector<const Node*>();
    }
    bool is_vector(const Node* node) const { return node->kind == NodeKind::Vector; }
    bool is_pattern(const Node* node) const { return is_vector(node) || node->kind == NodeKind::Map; }
    bool is_name(const Node* node) const { return layout::is_name(text(node)); }
    bool is_text(const Node* node) const { return is_string(text(node)); }
    bool is_arrow(const Node* node) const { return text(node) == "->"; }
    bool is_fat_arrow(const Node* node) const { return text(node) == "=>"; }
    bool is_when(const Node* node) const { return text(node) == "when"; }
    bool calls_name(const Node* node) const { return !head_of(node).empty(); }
    const SpecialForm* form_of(const Node* node) const { return find_form(head_of(node)); }
    std::string_view head_of(const Node* node) const {
        if (node->kind != NodeKind::List) return {};
        std::uint32_t at = node->first;
        while (at != 0 && tree_.nodes[at].kind == NodeKind::Comment) at = tree_.nodes[at].next;
        return at == 0 ? std::string_view() : text(&tree_.nodes[at]);
    }

private:
    const Tree& tree_;
};

class Walk {
public:
    Walk(Scopes& scopes, const Tree& tree) : scopes_(scopes), text_(tree.text), tree_(tree) {}

    void file(const Node& root) {
        const auto items = tree_.children(&root);
        define_in(items, true);
        all(items);
    }
    void all(Nodes nodes) {
        for (const Node* node : nodes) walk(*node);
    }

private:
    std::string_view text(const Node& node) const { return tree_.text(&node); }

    int add(Binding binding) {
        scopes_.bindings.push_back(std::move(binding));
        return static_cast<int>(scopes_.bindings.size()) - 1;
    }
    Binding& binding(int index) { return scopes_.bindings[static_cast<std::size_t>(index)]; }

    void occur(const Node& name, int binding) { scopes_.occurrences.push_back({name.begin, name.end, binding}); }

    /// The names of patterns, which belong together: alternatives bind the same ones. `from`: where they may be used.
    void bind(Nodes patterns, std::uint32_t from) {
        std::unordered_map<std::string_view, int> bound;
        const auto bind = [&](const Node* name) {
            const auto [known, is_new] = bound.emplace(text(*name), static_cast<int>(scopes_.bindings.size()));
            if (!is_new) return occur(*name, known->second);
            Binding made;
            made.name = text(*name);
            made.begin = made.form_begin = name->begin;
            made.scope_begin = from;
            made.end = made.form_end = name->end;
            active_.push_back(add(std::move(made)));
            occur(*name, active_.back());
        };
        each_bound(tree_, patterns, bind, [&](const Node* function) { walk(*function); });
    }

    /// What was bound since there were `before` locals may be used up to here.
    void end_scope(std::size_t before, std::uint32_t end) {
        for (std::size_t i = before; i < active_.size(); ++i) binding(active_[i]).scope_end = end;
        active_.resize(before);
    }

    /// What forms define may be used in all of them.
    void define_in(Nodes forms, bool global) {
        each_in_scope(tree_, forms, true, [&](const Node* node, const SpecialForm* form) {
            if (form == nullptr) return;
            const std::string_view head = form->name;
            if (head == "use") use(tree_.children(node), global ? nullptr : forms.front());
            if (head == "export" && global) export_names(tree_.children(node));
            const auto definition = definition_of(tree_, node);
            if (definition.name == nullptr) return;
            Binding made = defined(*node, definition);
            made.global = global;
            made.scope_begin = global ? 0 : forms.front()->begin;
            made.scope_end = static_cast<std::uint32_t>(text_.size()); // until the scope ends
            if (!global && made.kind == BindingKind::Value) made.kind = BindingKind::Local;
            defined_.insert(node);
            const auto known = global ? scopes_.globals.find(made.name) : scopes_.globals.end();
            if (known != scopes_.globals.end()) return occur(*definition.name, known->second);
            const int index = add(std::move(made));
            occur(*definition.name, index);
            if (global)
                scopes_.globals.emplace(binding(index).name, index);
            else
                active_.push_back(index);
        });
    }

    Binding defined(const Node& form, const Defined<const Node*>& definition) const {
        const std::string_view head = tree_.head_of(&form);
        Binding made;
        made.name = text(*definition.name);
        made.hidden = head == "defn-";
        made.begin = definition.name->begin;
        made.end = definition.name->end;
        made.form_begin = form.begin;
        made.form_end = form.end;
        made.kind = head == "mac"                                       ? BindingKind::Macro
                    : head == "def" && definition.parameters == nullptr ? BindingKind::Value
                                                                        : BindingKind::Function;
        if (definition.parameters != nullptr) {
            // On one line, however they are written.
            const Node& node = *definition.parameters;
            for (const char c : text_.substr(node.begin, node.end - node.begin)) {
                const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
                if (!space || (!made.parameters.empty() && made.parameters.back() != ' '))
                    made.parameters += space ? ' ' : c;
            }
        }
        if (definition.doc != nullptr) {
            Lexer lexer(text_, definition.doc->begin, definition.doc->end);
            if (Token token; !lexer.next(token)) made.doc = token.string;
        }
        return made;
    }

    std::string_view without_quotes(const Node& node) const {
        const std::string_view word = text(node);
        return is_string(word) ? word.substr(1, std::max<std::size_t>(word.size(), 2) - 2) : word;
    }

    /// `body`: the first form of those around it, or null if they are the file's.
    void use(const std::vector<const Node*>& items, const Node* body) {
        if (items.size() < 2) return;
        UsedModule used;
        used.begin = items[1]->begin;
        used.end = items[1]->end;
        used.module = without_quotes(*items[1]);
        const std::string_view how = items.size() > 2 ? text(*items[2]) : std::string_view();
        if (how == ":as" && items.size() > 3)
            used.prefix = std::string(text(*items[3])) + "/";
        else if (how == ":only" || how == ":all")
            used.bare = true;
        else
            used.prefix = used.module.substr(used.module.rfind('/') + 1) + "/";
        scopes_.modules.push_back(std::move(used));
        if (how != ":only" || items.size() < 4 || !tree_.is_vector(items[3]) || body == nullptr) return;
        for (const Node* name : tree_.children(items[3])) {
            Binding made;
            made.name = without_quotes(*name);
            if (!is_name(made.name)) continue;
            made.of_module = true;
            made.begin = made.form_begin = name->begin;
            made.end = made.form_end = name->end;
            made.scope_begin = body->begin;
            active_.push_back(add(std::move(made)));
        }
    }

    void export_names(const std::vector<const Node*>& items) {
        scopes_.exports_some = true;
        for (const Node* name : items) scopes_.exports.emplace_back(text(*name));
    }

    void refer(const Node& name) {
        const std::string_view wanted = text(name);
        for (std::size_t i = active_.size(); i-- > 0;)
            if (const Binding& local = binding(active_[i]); local.name == wanted)
                return occur(name, local.of_module ? -1 : active_[i]);
        const auto global = scopes_.globals.find(std::string(wanted));
        occur(name, global == scopes_.globals.end() ? -1 : global->second);
    }

    void walk(const Node& node) {
        if (depth_ >= deepest) return;
        ++depth_;
        const std::string_view word = text(node);
        if (is_name(word))
            refer(node);
        else if (const SpecialForm* form = tree_.form_of(&node))
            special(node, *form);
        else if (!tree_.is_quoted(&node))
            all(tree_.children(&node));
        --depth_;
    }

    void special(const Node& node, const SpecialForm& form) {
        const auto items = tree_.children(&node);
        const std::size_t before = active_.size();
        if (form.is(SpecialForm::Replaceable))
            walk(*items[0]);
        else
            occur(*items[0], -1);
        // Behind the value that is bound, or behind the bindings if it is yet to be written.
        std::uint32_t value_end = items.size() > 1 ? items[1]->end : node.end;
        each_part(tree_, form, Nodes(items), [&](Part part, Nodes parts) {
            switch (part) {
            case Part::Name:
                if (!defined_.contains(&node)) walk(*parts[0]); // in a template
                return;
            case Part::Pattern:
                return bind(parts, form.scope == SpecialForm::Bindings ? std::exchange(value_end, items[1]->end) + 1
                                                                       : parts[0]->begin);
            case Part::End: return end_scope(before, parts.empty() ? node.end : parts[0]->end);
            case Part::Datum:
                if (form.name == "use") // the names behind :only are those of the module, whatever they mean here
                    for (const Node* item : parts)
                        if (tree_.is_vector(item))
                            for (const Node* name : tree_.children(item))
                                if (tree_.is_name(name)) occur(*name, -1);
                // Code that isn't evaluated now is still code.
                if (form.name != "comment") return;
                define_in(parts, false);
                all(parts);
                return end_scope(before, node.end);
            default:
                if (part == Part::Value) value_end = parts[0]->end;
                if (is_inside(form, part)) define_in(parts, false);
                all(parts);
            }
        });
    }

    Scopes& scopes_;
    std::string_view text_;
    NodeTree tree_;
    std::vector<int> active_; // locals, the innermost last
    std::set<const Node*> defined_;
    int depth_ = 0;
};

/// Gives the f-string what the code in it consists of as its items. That code is a text of its own: `\"` in it is a
/// quote, and a blank takes the place of the backslash. `text` is that of the tree.
void open_fstring(Tree& tree, std::string& text, std::uint32_t fstring) {
    Lexer lexer(text, tree.nodes[fstring].begin, tree.nodes[fstring].end);
    Token token;
    if (lexer.next(token)) return;
    const bool triple = token.text.size() == 4;
    std::uint32_t last = 0;
    for (bool code = true;;) {
        std::string ignored;
        if (lexer.fstring_text(token.span, triple, ignored, code) || !code) return;
        const std::uint32_t begin = lexer.position();
        if (lexer.fstring_code(token.span, ignored)) return;
        const std::uint32_t end = lexer.position() - 1;
        for (std::uint32_t i = begin; i + 1 < end; ++i)
            if (text[i] == '\\' && text[i + 1] == '"') text[i] = ' ';
        const Tree inner = layout::parse(std::string_view(text).substr(begin, end - begin));
        const auto before =
            static_cast<std::uint32_t>(tree.nodes.size()) - 1; // the root of that tree isn't a node here
        const auto moved = [&](std::uint32_t node) { return node == 0 ? 0 : node + before; };
        for (std::size_t i = 1; i < inner.nodes.size(); ++i) {
            Node node = inner.nodes[i];
            node.begin += begin;
            node.end += begin;
            node.first = moved(node.first);
            node.next = moved(node.next);
            tree.nodes.push_back(node);
        }
        (last == 0 ? tree.nodes[fstring].first : tree.nodes[last].next) = moved(inner.nodes[0].first);
        for (std::uint32_t at = moved(inner.nodes[0].first); at != 0; at = tree.nodes[at].next) last = at;
    }
}

} // namespace

Scopes scopes_of(const Tree& tree) {
    Scopes scopes;
    std::string text(tree.text);
    Tree whole{text, tree.nodes};
    for (std::uint32_t i = 0; i < whole.nodes.size(); ++i)
        if (whole.nodes[i].kind == NodeKind::Atom && is_fstring(whole.text_of(whole.nodes[i])))
            open_fstring(whole, text, i);
    Walk(scopes, whole).file(whole.nodes[0]);
    std::sort(scopes.occurrences.begin(), scopes.occurrences.end(),
              [](const Occurrence& a, const Occurrence& b) { return a.begin < b.begin; });
    return scopes;
}

const Binding* Scopes::global(std::string_view name) const noexcept {
    const auto found = globals.find(std::string(name));
    return found == globals.end() ? nullptr : &bindings[static_cast<std::size_t>(found->second)];
}

bool Scopes::is_public(const Binding& binding) const noexcept {
    if (!binding.global || binding.hidden) return false;
    return !exports_some || std::find(exports.begin(), exports.end(), binding.name) != exports.end();
}

const Occurrence* Scopes::at(std::size_t offset) const noexcept {
    const auto after =
        std::upper_bound(occurrences.begin(), occurrences.end(), offset,
                         [](std::size_t o, const Occurrence& occurrence) { return o < occurrence.begin; });
    if (after == occurrences.begin()) return nullptr;
    const Occurrence& found = *(after - 1);
    return offset <= found.end ? &found : nullptr;
}

} // namespace qi::layout
