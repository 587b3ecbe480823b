// A layout never changes what a program means: over every .qi file of the project, as it is and with blanks, line ends
// and comments strewn in, the bytecode before and after is the same; and what is laid out once stays so.
#include "compiler/compiler.hpp"
#include "data/print.hpp"
#include "format/format.hpp"
#include "format/words.hpp"
#include "reader/reader.hpp"
#include "vm/modules/expander.hpp"
#include "vm/modules/loader.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

using namespace qi;

namespace {

std::vector<std::string> project_files() {
    namespace fs = std::filesystem;
    const char* root = std::getenv("QI_SOURCE");
    std::vector<std::string> files;
    for (const char* folder : {"examples", "stdlib", "tests", "docs"})
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(root == nullptr ? "." : root) / folder))
            if (entry.path().extension() == ".qi") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

/// Code and all that it refers to, without places.
void append_prototype(const Store& store, std::string& out, const Prototype* root) {
    std::vector<const Prototype*> pending{root};
    while (!pending.empty()) {
        const Prototype* prototype = pending.back();
        pending.pop_back();
        const Code& code = *prototype->code;
        out += disassemble(prototype);
        out += "parameters " + std::to_string(prototype->parameters) + (prototype->rest ? "+" : "") + " caches " +
               std::to_string(code.caches.size()) + "\n";
        for (const Capture& capture : code.captures)
            out += "capture " + std::to_string(capture.from_register) + " " + std::to_string(capture.index) + "\n";
        for (const Value constant : code.constants) {
            if (constant.is(ObjectKind::Prototype)) {
                pending.push_back(static_cast<const Prototype*>(constant.object()));
                out += "prototype\n";
            } else if (constant.is(ObjectKind::Variable)) {
                out += "variable " +
                       std::string(as_symbol(static_cast<const Variable*>(constant.object())->name)->text()) + "\n";
            } else {
                out += "constant " + readable(store, constant) + "\n";
            }
        }
    }
}

/// The bytecode of a program, or of its forms up to the error that is told of at its end.
std::string bytecode(std::string_view text) {
    tests::Program program;
    Vm& vm = program.vm;
    const auto source = std::make_shared<Source>("t", std::string(text));
    FormArena arena(vm.store);
    Reader reader(arena, vm.names, *source);
    Expander expander(vm);
    Compiler compiler(arena, vm.names, vm.globals, vm.stack, source, &expander);
    std::vector<Form*> forms;
    for (Form* form = nullptr;;) {
        if (auto error = reader.next(form)) return error->error.text();
        if (form == nullptr) break;
        forms.push_back(form);
    }
    compiler.declare_definitions(forms);
    std::string out;
    for (Form* form : forms) {
        Prototype* prototype = nullptr;
        {
            const Heap::Hold hold(vm.heap());
            auto compiled = compiler.compile(form);
            if (std::holds_alternative<SyntaxError>(compiled)) {
                out += "error\n"; // its text may show the source
                continue;
            }
            prototype = std::get<Prototype*>(compiled);
            append_prototype(vm.store, out, prototype);
        }
        const Form* head = form->is_call() ? form->list.items[0] : nullptr;
        if (head != nullptr && (head->is_symbol(vm.names.defn) || head->is_symbol(vm.names.defn_private)))
            vm.run(prototype);
    }
    return out;
}

/// Other blanks between the words, and comments.
std::string strewn(std::string_view text, std::mt19937& random) {
    std::string out;
    layout::Words words(text);
    std::uint32_t behind = 0;
    bool comment = false;
    for (layout::Word word = words.next();; word = words.next()) {
        const bool glued = word.begin == behind && !comment;
        const bool end = word.kind == TokenKind::End;
        std::string gap;
        if (comment) gap = "\n";
        switch (random() % 12) {
        case 0: gap += "  "; break;
        case 1: gap += "\n"; break;
        case 2: gap += "\n\n\n\t"; break;
        case 3: gap += " ; a comment (with [brackets\n"; break;
        case 4: gap += "\n   ; 日本語\n  "; break;
        default:
            if (!glued && gap.empty()) gap = " ";
            break;
        }
        const bool shebang = word.begin == 0 && text.starts_with("#!");
        if (!shebang) out += gap;
        if (end) return out;
        out += text.substr(word.begin, word.end - word.begin);
        behind = word.end;
        comment = word.comment;
    }
}

std::string laid_out(Vm& vm, const std::string& text) {
    auto result = format_source(vm.store, vm.names, Source("t", text));
    return std::holds_alternative<std::string>(result) ? std::get<std::string>(std::move(result)) : std::string();
}

} // namespace

TEST_CASE("the bytecode of every file is the same before and after") {
    tests::Program program;
    std::mt19937 random(20);
    std::size_t compared = 0;
    for (const std::string& file : project_files()) {
        CAPTURE(file);
        const auto text = read_file(file);
        REQUIRE(text);
        if (unreadable(Source(file, *text))) continue;
        const std::string once = laid_out(program.vm, *text);
        if (once.empty()) continue; // with a syntax error
        CHECK(laid_out(program.vm, once) == once);
        const std::string code = bytecode(*text);
        CHECK(bytecode(once) == code);
        ++compared;
        const std::string other = strewn(*text, random);
        const std::string other_once = laid_out(program.vm, other);
        CHECK(laid_out(program.vm, other_once) == other_once);
        CHECK(bytecode(other_once) == code);
    }
    CHECK(compared > 100);
}

TEST_CASE("what is laid out once stays so, however it was written") {
    tests::Program program;
    std::mt19937 random(21);
    const std::size_t rounds = tests::scaled(20);
    for (const std::string& file : project_files()) {
        CAPTURE(file);
        const auto text = read_file(file);
        REQUIRE(text);
        if (unreadable(Source(file, *text)) || laid_out(program.vm, *text).empty()) continue;
        for (std::size_t round = 0; round < rounds; ++round) {
            const std::string other = strewn(*text, random);
            const std::string once = laid_out(program.vm, other);
            const std::string twice = laid_out(program.vm, once);
            CHECK(!once.empty());
            CHECK(once == twice);
            if (once != twice) break;
        }
    }
}
