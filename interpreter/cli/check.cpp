#include "cli/check.hpp"

#include "base/json_text.hpp"
#include "base/messages.hpp"
#include "cli/files.hpp"
#include "cli/messages.hpp"
#include "vm/modules/checker.hpp"
#include "vm/modules/loader.hpp"

#include <unordered_set>

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

/// What isn't there is among them: that is an error like others.
std::vector<std::string> files_to_check(std::span<const std::string> paths) {
    static const std::string here[] = {"."};
    std::vector<std::string> files;
    std::unordered_set<std::string> known;
    for (const std::string& path : paths.empty() ? std::span<const std::string>(here) : paths) {
        const auto found = qi_files({&path, 1});
        for (const std::string& file : found ? *found : std::vector<std::string>{path})
            if (known.insert(file).second) files.push_back(file);
    }
    return files;
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
    const std::vector<std::string> files = files_to_check(paths);
    std::size_t errors = 0, warnings = 0;
    std::string separator = "[";
    for (const std::string& file : files) {
        auto text = read_file(file);
        if (!text) {
            ++errors;
            if (json) {
                vm.out.write(separator + as_json(Source(file, ""), {{}, true, text.error().text(), "", "unreadable"}));
                separator = ",\n ";
            } else {
                vm.out.write(file + ": " + std::string(msg::label_error.text()) + ": " + text.error().text() + "\n");
            }
            continue;
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
        vm.out.write(format(msg::check_summary, {counted(files.size(), msg::one_file, msg::many_files),
                                                 counted(errors, msg::one_error, msg::many_errors),
                                                 counted(warnings, msg::one_warning, msg::many_warnings)}) +
                     "\n");
    vm.out.flush();
    return errors + warnings == 0 ? 0 : 1;
}

} // namespace qi
