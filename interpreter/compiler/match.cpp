// `match` as a decision tree (after Maranget, "Compiling pattern matching to good decision trees", 2008): every
// question about a part of the subject is asked at most once on any path. Equal states share their code.
#include "base/messages.hpp"
#include "compiler/compiler.hpp"
#include "compiler/decisions.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace qi {

namespace {

/// An arm's alternatives may stand for this many rows.
constexpr std::size_t most_rows = 1024;
/// A state with this many rows asks its questions about one part in a run.
constexpr std::size_t long_state = 16;

} // namespace

using namespace decisions;

class MatchCompiler {
public:
    MatchCompiler(Compiler& compiler, Form* form, Register to, Want want)
        : c_(compiler), form_(form), to_(to), want_(want) {}

    void run() {
        const auto items = form_->items();
        c_.need(form_, items.size() >= 2);
        const auto scope = f().open_scope();
        const Register subject = f().reserve();
        c_.expression(items[1], subject);
        occurrences_.push_back({subject});
        parse_arms(items.subspan(2));
        State start;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            start.push_back({i, Tests(rows_[i].tests.size())});
            total_tests_ += rows_[i].tests.size();
        }
        follow(std::move(start));
        while (!waiting_.empty()) {
            Waiting next = std::move(waiting_.back());
            waiting_.pop_back();
            f().bind(*next.label);
            if (next.run == nullptr)
                decide(std::move(next.state));
            else if (goes_on(*next.run))
                follow(ask_next(std::move(next.run)));
            else
                decide(rest_of(std::move(*next.run)));
        }
        f().bind(end_);
        f().close_scope(scope);
        if (c_.warnings_ != nullptr && !form_->is_expanded()) check_reached();
    }

private:
    FunctionState& f() { return *c_.function_; }

    // --- Patterns

    void parse_arms(std::span<Form* const> items) {
        std::size_t at = 0;
        while (at < items.size()) {
            std::vector<Form*> alternatives{items[at]};
            const Form* first = items[at++];
            while (at + 1 < items.size() && items[at]->is_symbol(c_.names_.bar)) {
                alternatives.push_back(items[at + 1]);
                at += 2;
            }
            Arm arm;
            if (at + 1 < items.size() && items[at]->is_symbol(c_.names_.when)) {
                arm.guard = items[at + 1];
                at += 2;
            }
            if (at + 1 >= items.size() || !items[at]->is_symbol(c_.names_.arrow))
                c_.fail(first, msg::arm_arrow, {"match"});
            arm.body = items[at + 1];
            at += 2;
            arms_.push_back(std::move(arm));
            for (const Form* alternative : alternatives)
                for (Row& row : expand(alternative, 0)) {
                    row.arm = arms_.size() - 1;
                    row.pattern = alternative;
                    rows_.push_back(std::move(row));
                }
        }
    }

    std::size_t part(std::size_t parent, std::uint32_t kind, Value key) {
        // One register for each part of the subject that any pattern looks at.
        for (const Part& known : parts_)
            if (known.parent == parent && known.kind == kind && same(known.key, key)) return known.occurrence;
        occurrences_.push_back({f().reserve()});
        parts_.push_back({parent, kind, key, occurrences_.size() - 1});
        return occurrences_.size() - 1;
    }

    /// The rows that a pattern for this part stands for: several if it has alternatives inside.
    std::vector<Row> expand(const Form* pattern, std::size_t occurrence) {
        const Compiler::Nested nested(c_, pattern);
        Row row;
        const Names& names = c_.names_;
        switch (pattern->kind) {
        case FormKind::Symbol:
            c_.check_bindable(pattern);
            if (pattern->value != names.underscore) row.bindings.push_back({pattern, occurrence, nullptr});
            return {row};
        case FormKind::Vector: return expand_vector(pattern, occurrence);
        case FormKind::Map: return expand_map(pattern, occurrence);
        case FormKind::Nil:
        case FormKind::True:
        case FormKind::False:
        case FormKind::Integer:
        case FormKind::Float:
        case FormKind::String:
        case FormKind::Keyword:
            row.tests.push_back({Question::Is, occurrence, datum_of(c_.arena_, pattern)});
            return {row};
        default: c_.fail_pattern(pattern);
        }
    }

    static void append(Row& to, const Row& from) {
        to.tests.insert(to.tests.end(), from.tests.begin(), from.tests.end());
        to.bindings.insert(to.bindings.end(), from.bindings.begin(), from.bindings.end());
    }

    /// Every combination of `rows` with the rows of one more part.
    std::vector<Row> combine(const Form* pattern, const std::vector<Row>& rows, const std::vector<Row>& more) {
        if (rows.size() * more.size() > most_rows)
            c_.fail(pattern, msg::too_many_alternatives, {std::to_string(most_rows)});
        std::vector<Row> result;
        for (const Row& row : rows)
            for (const Row& extra : more) {
                result.push_back(row);
                append(result.back(), extra);
            }
        return result;
    }

    /// The alternatives `p | q | r` that begin at items[at]; `at` moves behind them.
    std::vector<Row> expand_alternatives(std::span<Form* const> items, std::size_t& at, std::size_t occurrence) {
        std::vector<Row> rows = expand(items[at++], occurrence);
        while (at + 1 < items.size() && items[at]->is_symbol(c_.names_.bar)) {
            std::vector<Row> other = expand(items[at + 1], occurrence);
            rows.insert(rows.end(), std::make_move_iterator(other.begin()), std::make_move_iterator(other.end()));
            at += 2;
        }
        return rows;
    }

    static bool is_as(const Form* form) {
        return form->is(FormKind::Keyword) && as_symbol(form->value)->text() == "as";
    }

    std::vector<Row> expand_vector(const Form* pattern, std::size_t occurrence) {
        const auto items = pattern->items();
        Row row;
        std::vector<std::pair<std::size_t, std::size_t>> elements; // begin in items, index
        std::size_t at = 0;
        std::uint32_t count = 0;
        const Form* rest = nullptr;
        while (at < items.size()) {
            if (items[at]->is_symbol(c_.names_.ampersand) || items[at]->is_symbol(c_.names_.ellipsis)) {
                if (at + 1 >= items.size() || !items[at + 1]->is(FormKind::Symbol)) c_.fail(items[at], msg::rest_last);
                rest = items[at + 1];
                at += 2;
                if (at < items.size() && !is_as(items[at])) c_.fail(items[at], msg::rest_last);
                continue;
            }
            if (is_as(items[at]) && at + 2 == items.size() && items[at + 1]->is(FormKind::Symbol)) {
                row.bindings.push_back({items[at + 1], occurrence, nullptr});
                at += 2;
                continue;
            }
            if (is_as(items[at]) && at + 1 < items.size() && items[at + 1]->is(FormKind::Symbol))
                c_.fail(items[at], msg::as_last);
            elements.emplace_back(at, count++);
            ++at;
            while (at + 1 < items.size() && items[at]->is_symbol(c_.names_.bar)) at += 2;
        }
        if (count > 200) c_.fail(pattern, msg::too_many_registers);
        row.tests.push_back({rest != nullptr ? Question::ItemsFrom : Question::Items, occurrence, Value::nil(), count});
        std::vector<Row> rows;
        rows.push_back(std::move(row));
        for (auto [begin, index] : elements)
            rows = combine(
                pattern, rows,
                expand_alternatives(items, begin, part(occurrence, 1, Value::small(static_cast<std::int64_t>(index)))));
        if (rest != nullptr && rest->value != c_.names_.underscore)
            for (Row& r : rows) r.bindings.push_back({rest, part(occurrence, 2, Value::small(count)), nullptr});
        return rows;
    }

    std::vector<Row> expand_map(const Form* pattern, std::size_t occurrence) {
        const auto items = pattern->items();
        Row row;
        row.tests.push_back({Question::Map, occurrence, Value::nil()});
        std::vector<Row> rows;
        rows.push_back(std::move(row));
        std::size_t at = 0;
        while (at < items.size()) {
            const Form* key = items[at];
            if (!key->is(FormKind::Keyword) && !key->is(FormKind::String))
                c_.fail(key, msg::pattern_keys, {c_.text_of_form(key)});
            if (is_as(key)) {
                if (at + 2 != items.size() || !items[at + 1]->is(FormKind::Symbol)) c_.fail(key, msg::as_last);
                for (Row& r : rows) r.bindings.push_back({items[at + 1], occurrence, nullptr});
                return rows;
            }
            const Value wanted = datum_of(c_.arena_, key);
            const std::size_t value = part(occurrence, 3, wanted);
            Row has;
            has.tests.push_back({Question::Key, occurrence, wanted, 0, value});
            rows = combine(pattern, rows, {has});
            ++at;
            const Form* name = items[at];
            rows = combine(pattern, rows, expand_alternatives(items, at, value));
            if (at + 1 < items.size() && items[at]->is_symbol(c_.names_.fat_arrow)) {
                if (!name->is(FormKind::Symbol)) c_.fail(items[at], msg::bad_pattern, {"=>"});
                for (Row& r : rows)
                    for (Binding& binding : r.bindings)
                        if (binding.name == name) binding.transform = items[at + 1];
                at += 2;
            }
        }
        return rows;
    }

    // --- The tree

    /// Where the code for a state begins, and whether that is yet to be written. Drops what can't matter: rows behind
    /// one that certainly applies.
    std::pair<Label*, bool> place_of(State& state) {
        for (std::size_t i = 0; i < state.size(); ++i)
            if (final(state[i])) {
                state.resize(i + 1);
                break;
            }
        StateKey key;
        for (const Candidate& candidate : state) key.add(candidate);
        const auto [found, fresh] = labels_.try_emplace(key);
        return {&found->second, fresh};
    }

    bool certain(const Candidate& candidate) const {
        const std::size_t count = rows_[candidate.row].tests.size();
        return candidate.open.first(count) == count;
    }

    /// … and nothing behind it can matter.
    bool final(const Candidate& candidate) const {
        return arms_[rows_[candidate.row].arm].guard == nullptr && certain(candidate);
    }

    /// Goes on with the state: here, or where it is dealt with already.
    void follow(State state) {
        const auto [label, fresh] = place_of(state);
        if (!fresh) return f().jump(Opcode::Jump, 0, 0, 0, *label);
        f().bind(*label);
        decide(std::move(state));
    }

    void decide(State state) {
        for (;;) {
            if (state.empty()) return f().emit(Opcode::NoMatch, occurrences_[0].reg);
            if (certain(state.front())) {
                leaf(state.front().row);
                if (arms_[rows_[state.front().row].arm].guard == nullptr) return;
                state.erase(state.begin()); // the guard said no
            } else if (auto run = run_of(state)) {
                state = ask_next(std::move(run));
            } else {
                State no = split(state);
                const auto [label, fresh] = place_of(no);
                ask(asked_, *label);
                if (fresh) waiting_.push_back({std::move(no), nullptr, label});
            }
            const auto [label, fresh] = place_of(state);
            if (!fresh) return f().jump(Opcode::Jump, 0, 0, 0, *label);
            f().bind(*label);
        }
    }

    /// Asks the first question of the first row: `state` becomes what is left if the answer is yes; returns what is
    /// left if it is no.
    State split(State& state) {
        const Row& first = rows_[state.front().row];
        asked_ = first.tests[state.front().open.first(first.tests.size())];
        const bool chain = grows_too_large();
        State yes, no;
        yes.reserve(state.size());
        no.reserve(state.size());
        for (Candidate& candidate : state) {
            if (chain && candidate.row != state.front().row) {
                yes.push_back(candidate);
                no.push_back(std::move(candidate));
                continue;
            }
            const Row& row = rows_[candidate.row];
            bool holds = false, excluded = false;
            Candidate relieved = candidate;
            for (std::size_t i = 0; i < row.tests.size(); ++i) {
                if (!candidate.open.has(i)) continue;
                if (row.tests[i].same_as(asked_)) {
                    relieved.open.remove(i);
                    holds = true;
                } else if (asked_.excludes(row.tests[i])) {
                    excluded = true;
                }
            }
            if (!excluded) yes.push_back(std::move(relieved));
            if (!holds) no.push_back(std::move(candidate));
        }
        state = std::move(yes);
        return no;
    }

    /// Trees can grow exponentially. One that does is finished as a chain: an answer then counts for its row alone.
    bool grows_too_large() const { return labels_.size() > 2000 + 4 * total_tests_; }

    // --- Runs of questions about one part

    /// The run that begins with the first question of the first row; null if that isn't worth it or isn't one.
    std::unique_ptr<Run> run_of(State& state) {
        const Row& first = rows_[state.front().row];
        const Test& question = first.tests[state.front().open.first(first.tests.size())];
        if (state.size() < long_state || question.question != Question::Is || grows_too_large()) return nullptr;
        auto run = std::make_unique<Run>();
        std::unordered_map<Value, std::uint32_t, HashConstant, SameConstant> group_of;
        for (std::size_t i = 0; i < state.size(); ++i) {
            const auto& tests = rows_[state[i].row].tests;
            Run::Place place;
            bool excluded = false;
            for (std::size_t t = 0; t < tests.size(); ++t) {
                if (!state[i].open.has(t) || tests[t].occurrence != question.occurrence ||
                    tests[t].question == Question::Key)
                    continue;
                if (place.group != Run::none || excluded) return nullptr; // wants two things of it: left to `split`
                excluded = tests[t].question != Question::Is;
                if (!excluded)
                    place = {
                        group_of.try_emplace(tests[t].value, static_cast<std::uint32_t>(group_of.size())).first->second,
                        static_cast<std::uint32_t>(t)};
            }
            run->groups.resize(group_of.size());
            if (place.group != Run::none)
                run->groups[place.group].push_back(i);
            else if (!excluded)
                run->indifferent.push_back(i);
            run->places.push_back(place);
            run->left.add(state[i]);
        }
        run->asked.resize(run->groups.size());
        run->rows = std::move(state);
        return run;
    }

    /// Whether the first question of the first row that is left is one of the run.
    bool goes_on(Run& run) const {
        while (run.at < run.rows.size() && run.places[run.at].group != Run::none && run.asked[run.places[run.at].group])
            ++run.at;
        if (run.at == run.rows.size() || run.places[run.at].group == Run::none || grows_too_large()) return false;
        const Candidate& candidate = run.rows[run.at];
        return candidate.open.first(rows_[candidate.row].tests.size()) == run.places[run.at].test;
    }

    /// Asks the next question of the run; what is left if the answer is yes.
    State ask_next(std::unique_ptr<Run> run) {
        const Run::Place place = run->places[run->at];
        asked_ = rows_[run->rows[run->at].row].tests[place.test];
        const auto& group = run->groups[place.group];
        State yes;
        auto wanted = group.begin();
        for (auto other = run->indifferent.begin(); wanted != group.end() || other != run->indifferent.end();) {
            const bool wants = wanted != group.end() && (other == run->indifferent.end() || *wanted < *other);
            const std::size_t i = wants ? *wanted++ : *other++;
            yes.push_back(run->rows[i]);
            if (wants) yes.back().open.remove(run->places[i].test);
            if (final(yes.back())) break;
        }
        for (const std::size_t i : group) run->left.remove(run->rows[i]);
        run->asked[place.group] = true;
        const auto [known, fresh] = labels_.try_emplace(run->left);
        Label* const label = &known->second;
        ask(asked_, *label);
        if (fresh) waiting_.push_back({{}, std::move(run), label});
        return yes;
    }

    State rest_of(Run run) const {
        State rest;
        for (std::size_t i = run.at; i < run.rows.size(); ++i)
            if (run.places[i].group == Run::none || !run.asked[run.places[i].group])
                rest.push_back(std::move(run.rows[i]));
        return rest;
    }

    void ask(const Test& test, Label& otherwise) {
        const Register reg = occurrences_[test.occurrence].reg;
        switch (test.question) {
        case Question::Is: {
            // Words settle it for everything but floats, strings and boxed integers.
            const Opcode op = compares_by_identity(test.value) ? Opcode::JumpNotSame : Opcode::JumpNotEqual;
            f().emit_with(op, reg, 0, 0, f().constant(test.value));
            f().jump(otherwise);
            return;
        }
        case Question::Items:
        case Question::ItemsFrom: {
            const bool from = test.question == Question::ItemsFrom;
            f().jump(Opcode::JumpNotItems, reg, test.count, from ? 1 : 0, otherwise);
            for (const Part& p : parts_) {
                if (p.parent != test.occurrence) continue;
                const auto index = static_cast<std::uint32_t>(p.key.is_small() ? p.key.as_small() : 0);
                if (p.kind == 1 && index < test.count)
                    f().emit(Opcode::Item, occurrences_[p.occurrence].reg, reg, index);
                if (p.kind == 2 && index == test.count && from)
                    f().emit(Opcode::RestFrom, occurrences_[p.occurrence].reg, reg, index);
            }
            return;
        }
        case Question::Map: f().jump(Opcode::JumpNotMap, reg, 0, 0, otherwise); return;
        case Question::Key:
            f().emit_with(Opcode::JumpNotKey, occurrences_[test.part].reg, reg, 0, f().constant(test.value));
            f().word(f().cache());
            f().jump(otherwise);
            return;
        }
    }

    /// The code of a row that applies, guard and all. Behind it stands what happens if the guard says no.
    void leaf(std::size_t row_number) {
        Row& row = rows_[row_number];
        row.reached = true;
        Arm& arm = arms_[row.arm];
        // Alternatives that bind the same names to the same parts share their code.
        if (arm.guard == nullptr) {
            for (Leaf& known : arm.leaves)
                if (std::equal(known.bindings.begin(), known.bindings.end(), row.bindings.begin(), row.bindings.end(),
                               [](const Binding& a, const Binding& b) {
                                   return a.name->value == b.name->value && a.occurrence == b.occurrence &&
                                          a.transform == b.transform;
                               }))
                    return f().jump(Opcode::Jump, 0, 0, 0, known.label);
            arm.leaves.push_back({row.bindings, {}});
            f().bind(arm.leaves.back().label);
        }
        const auto scope = f().open_scope();
        for (const Binding& binding : row.bindings)
            f().declare(binding.name->value, occurrences_[binding.occurrence].reg);
        Label failed;
        if (arm.guard != nullptr) c_.jump_unless(arm.guard, failed);
        for (const Binding& binding : row.bindings) {
            if (binding.transform == nullptr) continue;
            const Register base = f().reserve(3);
            c_.expression(binding.transform, base);
            f().emit(Opcode::Copy, f().reserve(), occurrences_[binding.occurrence].reg);
            f().emit(Opcode::Call, base, 1);
            f().release_to(base + 1u);
            f().declare(binding.name->value, base);
        }
        Form* body[] = {arm.body};
        c_.open_definitions(body);
        c_.expression(arm.body, to_, want_);
        f().close_scope(scope);
        f().jump(Opcode::Jump, 0, 0, 0, end_);
        if (arm.guard != nullptr) f().bind(failed);
    }

    /// Warns of arms and alternatives that the tree has no way to.
    void check_reached() {
        std::unordered_set<std::size_t> arms;
        std::unordered_set<const Form*> patterns;
        for (const Row& row : rows_) {
            if (!row.reached) continue;
            arms.insert(row.arm);
            patterns.insert(row.pattern);
        }
        for (const Row& row : rows_) {
            if (patterns.contains(row.pattern)) continue;
            const bool whole_arm = !arms.contains(row.arm);
            c_.warnings_->add("unreachable", row.pattern->span,
                              format(whole_arm ? msg::arm_unreachable : msg::alternative_unreachable));
            patterns.insert(row.pattern);
            if (whole_arm)
                for (const Row& other : rows_)
                    if (other.arm == row.arm) patterns.insert(other.pattern);
        }
    }

    struct Part {
        std::size_t parent;
        std::uint32_t kind; // 1 item, 2 rest, 3 value of a key
        Value key;
        std::size_t occurrence;
    };

    Compiler& c_;
    Form* form_;
    Register to_;
    Want want_;
    std::vector<Occurrence> occurrences_;
    std::vector<Part> parts_;
    std::vector<Arm> arms_;
    std::vector<Row> rows_;
    std::unordered_map<StateKey, Label, HashKey> labels_;
    struct Waiting {
        State state;
        std::unique_ptr<Run> run; // if there is one, what is left of it is the state
        Label* label;
    };
    std::vector<Waiting> waiting_; // states that jumps lead to and that have no code yet
    Test asked_{Question::Is, 0, Value::nil()};
    std::size_t total_tests_ = 0;
    Label end_;
};

void Compiler::form_match(Form* form, Register to, Want want) { MatchCompiler(*this, form, to, want).run(); }

} // namespace qi
