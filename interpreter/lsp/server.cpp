#include "lsp/server.hpp"

#include "lsp/answers.hpp"
#include "lsp/channel.hpp"
#include "lsp/messages.hpp"

#include <csignal>
#include <cstdio>
#include <deque>
#include <map>
#include <pthread.h>
#include <unistd.h>

namespace qi::lsp {

namespace {

// Error codes of JSON-RPC 2.0 and of the protocol.
constexpr int parse_error = -32700, invalid_request = -32600, method_not_found = -32601, invalid_params = -32602,
              not_initialized = -32002, request_failed = -32803, request_cancelled = -32800;

class Server {
public:
    explicit Server(Vm& vm) : vm_(vm), channel_(STDIN_FILENO, STDOUT_FILENO) {}

    int run() {
        while (!left_) {
            take_messages(waiting_.empty() && unchecked_ == 0);
            if (channel_.ended() && waiting_.empty()) break;
            if (waiting_.empty()) {
                check_next();
                continue;
            }
            const Json message = std::move(waiting_.front());
            waiting_.pop_front();
            handle(message);
            // Between messages nothing but roots holds values.
            if (vm_.heap().wants_collection()) vm_.heap().collect();
        }
        return ended_ ? 0 : 1;
    }

private:
    /// All that has come; waits for one message if told to.
    void take_messages(bool wait) {
        while (auto text = channel_.receive(wait)) {
            wait = false;
            Json message = Json::parse(*text, nullptr, false);
            if (message.is_discarded()) {
                fail(nullptr, parse_error, msg::lsp_not_json.text());
                continue;
            }
            // Taken ahead of its turn: what it cancels hasn't been answered yet.
            if (is(message, "method", "$/cancelRequest"))
                cancel(message);
            else
                waiting_.push_back(std::move(message));
        }
    }

    static bool is(const Json& message, const char* key, std::string_view value) {
        if (!message.is_object()) return false;
        const auto found = message.find(key);
        return found != message.end() && found->is_string() && found->get_ref<const std::string&>() == value;
    }

    void cancel(const Json& message) {
        const auto params = message.find("params");
        if (params == message.end() || !params->is_object()) return;
        const auto id = params->find("id");
        if (id == params->end()) return;
        for (auto request = waiting_.begin(); request != waiting_.end(); ++request)
            if (request->is_object() && request->contains("id") && request->contains("method") &&
                (*request)["id"] == *id) {
                waiting_.erase(request);
                fail(*id, request_cancelled, msg::lsp_cancelled.text());
                return;
            }
    }

    void send(const Json& message) { channel_.send(message.dump(-1, ' ', false, Json::error_handler_t::replace)); }
    void answer(const Json& id, Json result) { send({{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}}); }
    void fail(const Json& id, int code, std::string_view text) {
        send({{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", text}}}});
    }
    void notify(const char* method, Json params) {
        send({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
    }

    void handle(const Json& message) {
        const auto id = message.is_object() ? message.find("id") : message.end();
        const bool has_id = message.is_object() && id != message.end() && (id->is_number_integer() || id->is_string());
        const auto method = message.is_object() ? message.find("method") : message.end();
        if (!message.is_object() || method == message.end() || !method->is_string()) {
            // What we get as an answer is nobody's: we ask nothing.
            const bool response =
                message.is_object() && has_id && (message.contains("result") || message.contains("error"));
            if (!response) fail(has_id ? *id : Json(nullptr), invalid_request, msg::lsp_no_request.text());
            return;
        }
        const std::string& name = method->get_ref<const std::string&>();
        const Json none = Json::object();
        const auto given = message.find("params");
        const Json& params = given == message.end() || given->is_null() ? none : *given;
        try {
            if (has_id)
                request(*id, name, params);
            else
                notification(name, params);
        } catch (const Json::exception&) {
            // Something isn't there, or isn't what it should be.
            if (has_id) fail(*id, invalid_params, format(msg::lsp_bad_params, {name}));
        }
    }

    void request(const Json& id, const std::string& method, const Json& params) {
        if (ended_) return fail(id, invalid_request, msg::lsp_ended.text());
        if (method == "initialize") {
            if (answers_ != nullptr) return fail(id, invalid_request, msg::lsp_again.text());
            return initialize(id, params);
        }
        if (answers_ == nullptr) return fail(id, not_initialized, msg::lsp_uninitialized.text());
        if (method == "shutdown") {
            ended_ = true;
            return answer(id, nullptr);
        }
        for (const auto& [name, handler] : requests)
            if (method == name) {
                const std::string& uri = params.at("textDocument").at("uri").get_ref<const std::string&>();
                Open* open = find(uri);
                if (open == nullptr) return fail(id, invalid_params, format(msg::lsp_not_open, {uri}));
                auto result = (this->*handler)(*open, params);
                return result ? answer(id, std::move(*result)) : fail(id, request_failed, result.error().text());
            }
        fail(id, method_not_found, format(msg::lsp_unknown_method, {method}));
    }

    void notification(const std::string& method, const Json& params) {
        if (method == "exit") {
            left_ = true;
            return;
        }
        if (answers_ == nullptr || ended_) return;
        if (method == "textDocument/didOpen") {
            const Json& document = params.at("textDocument");
            const std::string& uri = document.at("uri").get_ref<const std::string&>();
            auto made = std::make_unique<Open>(uri, document.at("text").get<std::string>(), encoding_);
            made->version = document.value("version", std::int64_t{0});
            close(uri);
            documents_.emplace(uri, std::move(made));
            ++unchecked_;
        } else if (method == "textDocument/didChange") {
            if (Open* open = find(params.at("textDocument").at("uri").get_ref<const std::string&>()))
                change(*open, params);
        } else if (method == "textDocument/didSave") {
            if (Open* open = find(params.at("textDocument").at("uri").get_ref<const std::string&>())) recheck(*open);
        } else if (method == "textDocument/didClose") {
            const std::string& uri = params.at("textDocument").at("uri").get_ref<const std::string&>();
            if (close(uri)) notify("textDocument/publishDiagnostics", {{"uri", uri}, {"diagnostics", Json::array()}});
        }
    }

    void initialize(const Json& id, const Json& params) {
        encoding_ = Encoding::Utf16;
        for (const char* key : {"/capabilities/general/positionEncodings", "/capabilities/offsetEncoding"}) {
            const Json::json_pointer pointer(key);
            if (!params.contains(pointer) || !params.at(pointer).is_array()) continue;
            for (const Json& one : params.at(pointer))
                if (one == "utf-8") encoding_ = Encoding::Utf8;
        }
        answers_ = std::make_unique<Answers>(vm_, encoding_);
        answer(id, {{"capabilities",
                     {{"positionEncoding", encoding_ == Encoding::Utf8 ? "utf-8" : "utf-16"},
                      {"textDocumentSync", {{"openClose", true}, {"change", 2}, {"save", {{"includeText", false}}}}},
                      {"completionProvider", {{"triggerCharacters", {"/", ":"}}}},
                      {"hoverProvider", true},
                      {"signatureHelpProvider", {{"triggerCharacters", {" "}}}},
                      {"definitionProvider", true},
                      {"referencesProvider", true},
                      {"documentHighlightProvider", true},
                      {"renameProvider", {{"prepareProvider", true}}},
                      {"documentSymbolProvider", true},
                      {"documentFormattingProvider", true},
                      {"documentRangeFormattingProvider", true}}},
                    {"serverInfo", {{"name", "qi"}}}});
    }

    Open* find(const std::string& uri) {
        const auto found = documents_.find(uri);
        return found == documents_.end() ? nullptr : found->second.get();
    }

    bool close(const std::string& uri) {
        const auto found = documents_.find(uri);
        if (found == documents_.end()) return false;
        if (!found->second->checked) --unchecked_;
        documents_.erase(found);
        return true;
    }

    void recheck(Open& open) {
        if (open.checked) ++unchecked_;
        open.checked = false;
    }

    void change(Open& open, const Json& params) {
        open.known.reset();
        recheck(open);
        open.version = params.at("textDocument").value("version", open.version);
        for (const Json& edit : params.at("contentChanges")) {
            const std::string& text = edit.at("text").get_ref<const std::string&>();
            if (edit.contains("range"))
                open.document.replace(open.document.offset(position(edit.at("range").at("start"))),
                                      open.document.offset(position(edit.at("range").at("end"))), text);
            else
                open.document.replace(0, open.document.text().size(), text);
        }
    }

    /// The diagnostics of one document, when nothing else is to be done: an edit that comes meanwhile makes them vain.
    void check_next() {
        for (auto& [uri, open] : documents_) {
            if (open->checked) continue;
            open->checked = true;
            --unchecked_;
            notify("textDocument/publishDiagnostics",
                   {{"uri", uri}, {"version", open->version}, {"diagnostics", answers_->diagnostics(*open)}});
            return;
        }
        unchecked_ = 0;
    }

    static Position position(const Json& json) {
        const auto number = [&](const char* key) {
            const auto value = json.at(key).get<std::int64_t>();
            return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, UINT32_MAX));
        };
        return {number("line"), number("character")};
    }
    static std::size_t place(const Open& open, const Json& params) {
        return open.document.offset(position(params.at("position")));
    }

    Result<Json> completion(Open& open, const Json& params) { return answers_->completion(open, place(open, params)); }
    Result<Json> hover(Open& open, const Json& params) { return answers_->hover(open, place(open, params)); }
    Result<Json> signature_help(Open& open, const Json& params) {
        return answers_->signature_help(open, place(open, params));
    }
    Result<Json> definition(Open& open, const Json& params) { return answers_->definition(open, place(open, params)); }
    Result<Json> highlights(Open& open, const Json& params) { return answers_->highlights(open, place(open, params)); }
    Result<Json> references(Open& open, const Json& params) {
        return answers_->references(open, place(open, params),
                                    params.at("context").at("includeDeclaration").get<bool>());
    }
    Result<Json> prepare_rename(Open& open, const Json& params) {
        return answers_->prepare_rename(open, place(open, params));
    }
    Result<Json> rename(Open& open, const Json& params) {
        return answers_->rename(open, place(open, params), params.at("newName").get<std::string>());
    }
    Result<Json> symbols(Open& open, const Json&) { return answers_->symbols(open); }
    Result<Json> formatting(Open& open, const Json&) { return answers_->formatting(open, 0, SIZE_MAX); }
    Result<Json> range_formatting(Open& open, const Json& params) {
        return answers_->formatting(open, position(params.at("range").at("start")).line,
                                    position(params.at("range").at("end")).line);
    }

    struct Request {
        std::string_view method;
        Result<Json> (Server::*handler)(Open&, const Json&);
    };
    static constexpr Request requests[] = {
        {"textDocument/completion", &Server::completion},
        {"textDocument/hover", &Server::hover},
        {"textDocument/signatureHelp", &Server::signature_help},
        {"textDocument/definition", &Server::definition},
        {"textDocument/references", &Server::references},
        {"textDocument/documentHighlight", &Server::highlights},
        {"textDocument/prepareRename", &Server::prepare_rename},
        {"textDocument/rename", &Server::rename},
        {"textDocument/documentSymbol", &Server::symbols},
        {"textDocument/formatting", &Server::formatting},
        {"textDocument/rangeFormatting", &Server::range_formatting},
    };

    Vm& vm_;
    Channel channel_;
    std::deque<Json> waiting_;
    std::map<std::string, std::unique_ptr<Open>> documents_;
    std::size_t unchecked_ = 0; // documents whose diagnostics are due
    std::unique_ptr<Answers> answers_;
    Encoding encoding_ = Encoding::Utf16;
    bool ended_ = false; // shutdown came
    bool left_ = false;  // exit came
};

} // namespace

int run_lsp(Vm& vm, std::span<const std::string> arguments) {
    for (const std::string& argument : arguments)
        if (argument != "--stdio") {
            std::fprintf(stderr, "qi lsp: %s\n", std::string(msg::lsp_no_arguments.text()).c_str());
            return 2;
        }
    // Waiting for the editor isn't running a program: a signal ends it at once.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    return Server(vm).run();
}

} // namespace qi::lsp
