// What the server knows about a place in a document: each function answers one kind of request, in the protocol's
// shapes. Nothing of the documents runs. Interpreter thread only.
#pragma once

#include "lsp/document.hpp"
#include "lsp/index.hpp"
#include "lsp/library.hpp"
#include "vm/vm.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace qi::lsp {

using Json = nlohmann::json;

/// An open document with what was found out about its present text.
struct Open {
    Open(std::string uri, std::string text, Encoding encoding)
        : uri(std::move(uri)), document(std::move(text), encoding) {}

    std::string uri;
    Document document;
    std::int64_t version = 0;
    bool checked = false; // its diagnostics are those of its text
    std::unique_ptr<Index> known;

    const Index& index() {
        if (known == nullptr) known = std::make_unique<Index>(document.text());
        return *known;
    }
};

class Answers {
public:
    Answers(Vm& vm, Encoding encoding) : vm_(vm), library_(vm), encoding_(encoding) {}

    Json diagnostics(Open& open);
    Json completion(Open& open, std::size_t offset);
    Json hover(Open& open, std::size_t offset);
    Json option_hover(Open& open, std::size_t offset);
    Json signature_help(Open& open, std::size_t offset);
    Json definition(Open& open, std::size_t offset);
    Json references(Open& open, std::size_t offset, bool with_definition);
    Json highlights(Open& open, std::size_t offset);
    Json symbols(Open& open);
    /// Edits on these lines alone, from the first up to the last.
    Json formatting(Open& open, std::size_t first_line, std::size_t last_line);

    /// The name that can be renamed, or null.
    Json prepare_rename(Open& open, std::size_t offset);
    /// The edits, or why there are none.
    Result<Json> rename(Open& open, std::size_t offset, const std::string& name);

private:
    struct Found { // in the document or in a module that it uses
        const Binding* binding = nullptr;
        std::string path; // of the module; empty: the document
        std::shared_ptr<const Index> module;
    };

    Json range(const Open& open, std::size_t begin, std::size_t end) const;
    const Binding* binding_at(Open& open, std::size_t offset, const Occurrence*& occurrence);
    Found in_modules(Open& open, std::string_view name) const;
    Json location(const std::string& path, const std::string& text, std::size_t begin, std::size_t end) const;

    Vm& vm_;
    Library library_;
    Encoding encoding_;
};

/// `file:///a%20b` as a path; empty if it is something else.
std::string path_of(std::string_view uri);
std::string uri_of(std::string_view path);

} // namespace qi::lsp
