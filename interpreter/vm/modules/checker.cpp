#include "vm/modules/checker.hpp"

#include "base/messages.hpp"
#include "compiler/messages.hpp"
#include "data/print.hpp"
#include "reader/reader.hpp"
#include "vm/modules/expander.hpp"
#include "vm/modules/module_names.hpp"

#include <algorithm>
#include <unordered_set>

namespace qi {

namespace {

/// Carrying it out has no effect but the definition: of a function, or of what stands there as it is.
bool only_defines(const Names& names, const Form* form) {
    if (!form->is_call()) return false;
    const Form* head = form->list.items[0];
    if (head->is_symbol(names.defn) || head->is_symbol(names.defn_private)) return true;
    if (!head->is_symbol(names.def) || form->list.count != 3) return false;
    const Form* value = form->list.items[2];
    return !value->has_items() || (value->is_call() && (value->list.items[0]->is_symbol(names.fn) ||
                                                        value->list.items[0]->is_symbol(names.quote)));
}

/// The names that lines like `(defn name …` define: what can still be told of forms that can't be read.
void declare_from_text(Store& store, std::string_view text, Definitions& definitions) {
    for (std::size_t at = 0; at != std::string_view::npos; at = text.find("\n(", at)) {
        if (at > 0 || text.starts_with('\n')) ++at;
        const std::string_view line = text.substr(at, text.find('\n', at) - at);
        if (!line.starts_with('(')) continue;
        const std::size_t blank = std::min(line.find(' '), line.size() - 1);
        if (!defines(find_form(line.substr(1, blank - 1)))) continue;
        const std::string_view name = line.substr(blank + 1, line.find_first_of(" \t()[]{}\"", blank + 1) - blank - 1);
        if (!name.empty()) definitions.mention(store.symbol(name));
    }
}

/// Where the next line begins with an open bracket, which is most likely at the top level.
std::size_t next_form(std::string_view text, std::size_t after) {
    const std::size_t line = text.find("\n(", after);
    return line == std::string_view::npos ? line : line + 1;
}

/// All the forms that can be read, and what is wrong with the others.
std::vector<Form*> read_all(Vm& vm, FormArena& arena, const Source& source, std::vector<Finding>& findings) {
    std::vector<Form*> forms;
    Reader reader(arena, vm.names, source);
    for (;;) {
        Form* form = nullptr;
        if (auto error = reader.next(form)) {
            // If another form seems to begin before the error, a bracket of this one isn't closed: that is the mistake.
            const std::string_view text = source.text();
            const std::uint32_t begin = reader.begun_at();
            std::size_t next = next_form(text, begin);
            if (next != std::string_view::npos && (error->incomplete || next <= error->span.begin)) {
                reader.go_on(begin, static_cast<std::uint32_t>(next));
                auto unclosed = reader.next(form);
                if (unclosed && unclosed->incomplete && text[unclosed->span.begin] != '"' &&
                    text[unclosed->span.begin] != 'f')
                    error = std::move(unclosed);
                else
                    next = next_form(text, error->span.begin);
            } else {
                next = next_form(text, error->span.begin);
            }
            findings.push_back({error->span, true, error->error.text(), "", "syntax"});
            if (next == std::string_view::npos) return forms;
            reader.go_on(static_cast<std::uint32_t>(next), static_cast<std::uint32_t>(text.size()));
        } else if (form == nullptr) {
            return forms;
        } else {
            forms.push_back(form);
        }
    }
}

/// Stops code that takes too many steps. The same code is stopped at the same step everywhere.
class StepLimit final : public Sampler {
public:
    explicit StepLimit(Vm& vm) : vm_(vm) { vm.scheduler.set_sampler(this); }
    ~StepLimit() override { vm_.scheduler.set_sampler(nullptr); }
    StepLimit(const StepLimit&) = delete;

    void look(const Goroutine&) override {
        if (++looks_ > most_looks) vm_.scheduler.interrupt(0);
    }
    void begin() noexcept { looks_ = 0; }
    bool is_reached() const noexcept { return looks_ > most_looks; }

private:
    static constexpr int most_looks = 20'000; // each some 4000 calls and loop passes: a second or two

    Vm& vm_;
    int looks_ = 0;
};

/// Calls macros that come to an end, or none: then a call's value is nil.
class CheckExpander final : public Expander {
public:
    CheckExpander(Vm& vm, bool still) : Expander(vm), vm_(vm), limit_(vm), still_(still) {}

    Result<Value> expand(Value macro, std::span<const Value> arguments) override {
        if (!still_) {
            limit_.begin();
            auto result = Expander::expand(macro, arguments);
            if (limit_.is_reached())
                return failure(kind::syntax, msg::macro_stopped,
                               {as_symbol(static_cast<Macro*>(macro.object())->name)->text()});
            return result;
        }
        for (const Value argument : arguments) {
            const std::string text = readable(vm_.store, argument);
            Lexer lexer(text, 0, static_cast<std::uint32_t>(text.size()));
            for (Token token; !lexer.next(token) && token.kind != TokenKind::End;)
                if (token.kind == TokenKind::Symbol) mentioned_.emplace(token.text);
        }
        return Value::nil();
    }

    /// Whether the name stands in a call that wasn't expanded: it may be used there.
    bool mentions(std::string_view name) const { return mentioned_.contains(std::string(name)); }

private:
    Vm& vm_;
    StepLimit limit_;
    bool still_;
    std::unordered_set<std::string> mentioned_;
};

} // namespace

std::vector<Finding> check(Vm& vm, SourcePointer source, Macros macros) {
    std::vector<Finding> findings;
    if (const auto error = unreadable(*source)) return {{error->span, true, error->error.text(), "", "syntax"}};
    FormArena arena(vm.store);
    const std::vector<Form*> forms = read_all(vm, arena, *source, findings);
    CheckExpander expander(vm, macros == Macros::LeaveAlone);
    Compiler compiler(arena, vm.names, vm.globals, vm.stack, source, &expander);
    compiler.declare_definitions(forms);
    const VmFunctions functions(vm);
    Warnings warnings(functions, true);
    ModuleNames others(vm, source->is_file() ? source->name() : "");
    Definitions definitions;
    definitions.scan(vm.names, forms, &others);
    if (!findings.empty()) declare_from_text(vm.store, source->text(), definitions);
    if (findings.empty()) lint_file(vm.names, *source, forms, warnings); // else what can't be read may use it
    compiler.warn_into(warnings, definitions);
    for (Form* form : forms) {
        const bool carry_out = macros == Macros::Expand && only_defines(vm.names, form);
        Prototype* prototype = nullptr;
        {
            const Heap::Hold hold(vm.heap());
            auto compiled = compiler.compile(form);
            if (auto* error = std::get_if<SyntaxError>(&compiled)) {
                if (!expander.lacked_name()) findings.push_back({error->span, true, error->error.text(), "", "syntax"});
            } else {
                prototype = std::get<Prototype*>(compiled);
            }
        }
        for (Warning& warning : warnings.take())
            if (!expander.mentions(source->text().substr(warning.span.begin, warning.span.end - warning.span.begin)))
                findings.push_back(
                    {warning.span, false, std::move(warning.text), std::move(warning.note), warning.code});
        if (prototype != nullptr && carry_out) vm.run(prototype);
    }
    vm.globals.forget_program();
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.span.begin < b.span.begin; });
    return findings;
}

std::string describe(const Source& source, const Finding& finding) {
    if (!finding.error) return describe(source, Warning{finding.span, finding.text, finding.note, finding.code});
    if (unreadable(source))
        return source.locate(finding.span.begin) + ": " + std::string(msg::label_error.text()) + ": " +
               finding.text; // no excerpt: the line may not be text
    return describe(source, SyntaxError{worded(kind::syntax, finding.text), finding.span});
}

} // namespace qi
