#include "cli/check.hpp"

#include "base/json_text.hpp"
#include "base/messages.hpp"
#include "cli/files.hpp"
#include "cli/messages.hpp"
#include "vm/checker.hpp"
#include "vm/loader.hpp"

#include <cstdio>

namespace qi {

namespace {

/// `{"file": …, "line": …, "column": …, "severity": …, "message": …}`
std::string as_json(const Source& source, const Finding& finding) {
    const Source::Place place = source.place(finding.span.begin);
    std::string out = "{\"file\": ";
    append_json_string(out, source.name());
    out += ", \"line\": " + std::to_string(place.line) + ", \"column\": " + std::to_string(place.column);
    out += finding.error ? ", \"severity\": \"error\", \"message\": " : ", \"severity\": \"warning\", \"message\": ";
    append_json_string(out, finding.note.empty() ? finding.text : finding.text + "\n" + finding.note);
    return out + "}";
}

} // namespace

int run_check(Vm& vm, std::span<const std::string> arguments) {
    bool json = false;
    std::vector<std::string> paths;
    for (const std::string& argument : arguments) {
        if (argument == "--json") {
            json = true;
        } else {
            paths.push_back(argument);
        }
    }
    const auto files = qi_files(paths);
    if (!files) {
        std::fprintf(stderr, "qi check: %s\n", files.error().text.c_str());
        return 2;
    }
    std::size_t errors = 0, warnings = 0;
    std::string separator = "[";
    for (const std::string& file : *files) {
        auto text = read_file(file);
        if (!text) {
            std::fprintf(stderr, "qi check: %s\n", text.error().text.c_str());
            return 2;
        }
        const auto source = std::make_shared<Source>(file, std::move(*text), true);
        for (const Finding& finding : check(vm, source)) {
            ++(finding.error ? errors : warnings);
            if (json) {
                vm.out.write(separator + as_json(*source, finding));
                separator = ",\n ";
            } else {
                vm.out.write(describe(*source, finding) + "\n");
            }
        }
    }
    if (json)
        vm.out.write(separator == "[" ? "[]\n" : "]\n");
    else
        vm.out.write(format(msg::check_summary, {std::to_string(files->size()), std::to_string(errors), std::to_string(warnings)}) + "\n");
    vm.out.flush();
    return errors + warnings == 0 ? 0 : 1;
}

} // namespace qi
