// jwt/: signed tokens (RFC 7519, in the compact form of RFC 7515). Interpreter thread only.
#include "namespaces.hpp"

#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "crypto/messages.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "jwt/base64url.hpp"
#include "jwt/keys.hpp"
#include "jwt/messages.hpp"
#include "jwt/signatures.hpp"
#include "native/units.hpp"
#include "json/json.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>

namespace qi::stdlib {

namespace {

using Names = std::vector<std::string_view>;

struct JwtOptions {
    std::optional<Names> audiences; // who we are; absent: nobody has said
    std::optional<Names> issuers;   // whom we believe; absent: all who have the key
    double leeway = 0;              // of the clocks, in seconds
};

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<const SignatureAlgorithm*> named_algorithm(Call call, std::optional<Value> given) {
    if (!given || given->is_nil()) return signature_algorithm("HS256");
    if (!is_string(*given))
        return failure_at(2, kind::type, msg::argument_type,
                          {msg::type_string.text(), describe_value(call.store(), *given)});
    if (const SignatureAlgorithm* found = signature_algorithm(text_of(*given))) return found;
    return failure_at(2, kind::value, msg::unknown_algorithm,
                      {shortened(call.store(), *given), signature_algorithm_names()});
}

/// What may well fail is an error map, the rest is thrown.
Result<Value> refused(Call call, const Error& error) {
    if (error.kind == key_fault) return call.make_error(error);
    return error;
}

// --- Signing

/// The payload with the time of its end, under the key that it has for that.
Result<Value> with_expiry(Call call, Value payload, std::int64_t seconds) {
    std::int64_t end = 0;
    if (__builtin_add_overflow(static_cast<std::int64_t>(seconds_now()), seconds, &end))
        return failure_at(3, kind::range, msg::jwt_expiry_range);
    const Value text = make_string(call.store(), std::string_view("exp"));
    const Value key = map_get(payload, text).is_absent() ? call.store().keyword("exp") : text;
    return map_assoc(call.store(), payload, key, make_integer(call.store(), end));
}

Result<Value> sign_token(Call call, Value payload, Value key, std::optional<Value> alg,
                         std::optional<std::int64_t> seconds) {
    const auto algorithm = named_algorithm(call, alg);
    if (!algorithm) return algorithm.error();
    if (seconds) {
        auto timed = with_expiry(call, payload, *seconds);
        if (!timed) return timed.error();
        payload = *timed;
    }
    const auto json = json_of_value(call, payload);
    if (!json || !is_string(*json)) return json;
    const std::string header = "{\"typ\":\"JWT\",\"alg\":\"" + std::string((*algorithm)->name) + "\"}";
    std::string token = base64url::encode(header) + "." + base64url::encode(text_of(*json));
    const auto signature = sign(call, **algorithm, text_of(key), token);
    if (!signature) return refused(call, signature.error());
    if (!*signature) return call.stop();
    token.append(".").append(base64url::encode(**signature));
    return make_string(call.store(), std::move(token));
}

// --- Taking apart

struct Token {
    std::string_view signed_text; // the header and the payload, as they were signed
    Value header, payload;        // maps
    std::string signature;
};

Error malformed(std::string_view why) { return failure(Kind{"malformed"}, msg::jwt_malformed, {why}); }

Result<Value> object_of(Call call, const Message& name, std::string_view part) {
    const auto bytes = base64url::decode(part);
    if (!bytes) return malformed(format(msg::jwt_part_not_base64, {name.text()}));
    const Value value = utf8::valid(*bytes) ? value_of_json(call, *bytes) : Value::nil();
    if (!is_map(value)) return malformed(format(msg::jwt_part_not_object, {name.text()}));
    // A claim of that name has a string as its key.
    if (const Value problem = map_get(value, call.store().keyword("error")); !problem.is_absent())
        return malformed(format(msg::jwt_part_unreadable, {name.text(), text_of(problem)}));
    return value;
}

/// Fails with what is said as an error map.
Result<Token> take_apart(Call call, std::string_view text) {
    const std::size_t first = text.find('.');
    const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
        return malformed(msg::jwt_three_parts.text());
    Token token;
    token.signed_text = text.substr(0, second);
    const auto header = object_of(call, msg::jwt_header, text.substr(0, first));
    if (!header) return header.error();
    const auto payload = object_of(call, msg::jwt_payload, text.substr(first + 1, second - first - 1));
    if (!payload) return payload.error();
    const auto signature = base64url::decode(text.substr(second + 1));
    if (!signature) return malformed(format(msg::jwt_part_not_base64, {msg::jwt_signature.text()}));
    token.header = *header;
    token.payload = *payload;
    token.signature = std::move(*signature);
    return token;
}

Result<Value> decode_token(Call call, std::string_view text) {
    const auto token = take_apart(call, text);
    if (call.should_stop()) return call.stop();
    if (!token) return call.make_error(token.error());
    Store& store = call.store();
    const Value parts = map_assoc(store, empty_map(store), store.keyword("header"), token->header);
    return map_assoc(store, parts, store.keyword("payload"), token->payload);
}

// --- Verifying

Result<Names> names_of(Call call, int argument, std::string_view option, Value given) {
    const auto wrong = [&] {
        return failure_at(argument, kind::type, msg::jwt_option_type,
                          {option, msg::jwt_names.text(), describe_value(call.store(), given)});
    };
    if (is_string(given)) return Names{text_of(given)};
    if (!is_sequential(given)) return wrong();
    Names names;
    for (const Value each : items_of(given)) {
        if (!is_string(each)) return wrong();
        names.push_back(text_of(each));
    }
    return names;
}

Result<JwtOptions> verify_options(Call call, int argument, Value given) {
    JwtOptions options;
    if (!is_map(given))
        return failure_at(argument, kind::type, msg::argument_type,
                          {msg::type_map.text(), describe_value(call.store(), given)});
    MapCursor cursor(given);
    for (Value key, value; cursor.next(key, value);) {
        const std::string_view name = is_keyword(key) ? as_symbol(key)->text() : "";
        if (name == "aud" || name == "iss") {
            auto names = names_of(call, argument, name == "aud" ? ":aud" : ":iss", value);
            if (!names) return names.error();
            (name == "aud" ? options.audiences : options.issuers) = std::move(*names);
        } else if (name == "leeway") {
            const auto leeway = duration_of(call, argument, value);
            if (!leeway) return leeway.error();
            options.leeway = std::chrono::duration<double>(*leeway).count();
        } else {
            return failure_at(argument, kind::value, msg::unknown_option,
                              {shortened(call.store(), key), ":aud :iss :leeway"});
        }
    }
    return options;
}

Value claim(Call call, Value map, std::string_view name) {
    const Value found = map_get(map, call.store().keyword(name));
    return found.is_absent() ? Value::nil() : found;
}

/// Seconds since 1970; empty: it isn't claimed.
Result<std::optional<double>> time_claim(Call call, Value payload, std::string_view name) {
    const Value given = map_get(payload, call.store().keyword(name));
    if (given.is_absent()) return std::optional<double>();
    if (!is_number(given)) return malformed(format(msg::jwt_no_time, {name, shortened(call.store(), given)}));
    return std::optional(as_float(given));
}

std::string whole_seconds(double seconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.0f", std::ceil(seconds));
    return text.data();
}

std::string quoted(const Names& names) {
    std::string all;
    for (const std::string_view name : names) all.append(all.empty() ? "\"" : ", \"").append(name).append("\"");
    return all.empty() ? std::string(msg::jwt_nobody.text()) : all;
}

/// One of those that the claim names is one of ours.
bool shares(Value claimed, const Names& ours) {
    const auto is_ours = [&](Value name) {
        return is_string(name) && std::find(ours.begin(), ours.end(), text_of(name)) != ours.end();
    };
    if (!is_sequential(claimed)) return is_ours(claimed);
    for (const Value name : items_of(claimed))
        if (is_ours(name)) return true;
    return false;
}

Result<void> check_times(Call call, Value payload, double leeway) {
    const double now = seconds_now();
    const auto end = time_claim(call, payload, "exp"), begin = time_claim(call, payload, "nbf");
    if (!end) return end.error();
    if (!begin) return begin.error();
    // RFC 7519, 4.1.4 and 4.1.5: on or after the one it is refused, before the other. So that NaN is, too.
    if (*end && !(now < **end + leeway))
        return failure(Kind{"expired"}, msg::jwt_expired, {whole_seconds(std::max(0.0, now - **end))});
    if (*begin && !(now + leeway >= **begin))
        return failure(Kind{"not-before"}, msg::jwt_too_early, {whole_seconds(**begin - now)});
    return {};
}

Result<void> check_names(Call call, Value payload, const JwtOptions& options) {
    const auto shown = [&](Value claimed) {
        return claimed.is_nil() ? std::string(msg::jwt_nobody.text()) : shortened(call.store(), claimed);
    };
    const Value audience = claim(call, payload, "aud"), issuer = claim(call, payload, "iss");
    // RFC 7519, 4.1.3: who isn't named refuses it, and nobody has said who we are.
    if (!options.audiences && !audience.is_nil())
        return failure(Kind{"audience"}, msg::jwt_unasked_audience, {shown(audience)});
    if (options.audiences && !shares(audience, *options.audiences))
        return failure(Kind{"audience"}, msg::jwt_other_audience, {shown(audience), quoted(*options.audiences)});
    if (options.issuers && (is_sequential(issuer) || !shares(issuer, *options.issuers)))
        return failure(Kind{"issuer"}, msg::jwt_other_issuer, {shown(issuer), quoted(*options.issuers)});
    return {};
}

/// What the header says, before anything is believed.
Result<void> check_header(Call call, Value header, const SignatureAlgorithm& algorithm) {
    const Value said = claim(call, header, "alg");
    if (!is_string(said) || text_of(said) != algorithm.name)
        return failure(Kind{"algorithm"}, msg::jwt_other_algorithm,
                       {said.is_nil() ? std::string(msg::jwt_no_algorithm.text()) : shortened(call.store(), said),
                        algorithm.name});
    // RFC 7515, 4.1.11: what isn't understood must be refused.
    const Value demanded = map_get(header, call.store().keyword("crit"));
    if (!demanded.is_absent()) return malformed(format(msg::jwt_critical, {shortened(call.store(), demanded)}));
    return {};
}

Result<Value> verify_token(Call call, std::string_view text, Value key, std::optional<Value> alg,
                           std::optional<Value> given) {
    const bool no_alg = alg && is_map(*alg) && !given; // (jwt/verify token key {:aud …})
    const auto algorithm = named_algorithm(call, no_alg ? std::nullopt : alg);
    if (!algorithm) return algorithm.error();
    JwtOptions options;
    if (no_alg || (given && !given->is_nil())) {
        auto read = verify_options(call, no_alg ? 2 : 3, no_alg ? *alg : *given);
        if (!read) return read.error();
        options = std::move(*read);
    }
    const auto token = take_apart(call, text);
    if (call.should_stop()) return call.stop();
    if (!token) return call.make_error(token.error());
    if (auto fits = check_header(call, token->header, **algorithm); !fits) return call.make_error(fits.error());
    const auto right = verify(call, **algorithm, text_of(key), token->signed_text, token->signature);
    if (!right) return refused(call, right.error());
    if (!*right) return call.stop();
    if (!**right) return call.make_error(failure(Kind{"signature"}, msg::jwt_wrong_signature));
    if (auto in_time = check_times(call, token->payload, options.leeway); !in_time)
        return call.make_error(in_time.error());
    if (auto meant = check_names(call, token->payload, options); !meant) return call.make_error(meant.error());
    return token->payload;
}

constexpr OptionRow verify_option_rows[] = {
    {":aud",
     {"a string or a vector of strings", "文字列、または文字列のベクタ"},
     "",
     {"who you are: the token must name one of these, and a token that names anybody is refused without it",
      "自分の名前。トークンの宛先にどれかが必要。なければ、宛先のあるトークンは拒否される"}},
    {":iss",
     {"a string or a vector of strings", "文字列、または文字列のベクタ"},
     "",
     {"whom the token must be from: one of these", "トークンの発行者。どれかでなければならない"}},
    {":leeway",
     {"a duration", "時間"},
     "0",
     {"by how much the clocks of the two sides may differ", "双方の時計のずれとして許す時間"}},
};

constexpr Native jwt_natives[] = {
    native("jwt/sign payload key alg? seconds?",
           "A token with the map payload, signed with key by alg: \"HS256\" by default, or HS384, HS512 with a secret "
           "(a string or bytes, as long as the digest at least: 32, 48 or 64 bytes); RS256, RS384, RS512, ES256, ES384 "
           "with a private key as PEM text. With seconds it "
           "expires then: its claim \"exp\". An error map, :kind :key, if alg can't use the key, and :kind :value if "
           "two keys of payload have the same text. Fails with :value for another alg, with :range for a time too far "
           "away, and with :io if the library for it can't be loaded.\n"
           "(let [secret (crypto/random-bytes 32)]\n"
           "  (jwt/verify (jwt/sign {:user 42} secret) secret)) ;=> {:user 42}",
           [](Call call, Map payload, TextOrBytes key, std::optional<Value> alg, std::optional<std::int64_t> seconds) {
               return sign_token(call, payload, key, alg, seconds);
           }),
    native("jwt/verify token key alg? options?",
           "The payload of token, with keywords for keys, if it was signed with key by alg, \"HS256\" by default "
           "and never what the token says; key is a secret, or a public key or certificate as PEM text. Its "
           "claims exp, nbf and aud must allow it here and now, as options say; alg may be left out before "
           "them. Otherwise an error map whose :kind is :malformed, :algorithm, :key, :signature, :expired, "
           ":not-before, :audience or :issuer. Fails with :value for another alg or a wrong option, with "
           ":range for a wrong duration, and with :io if the library for it can't be loaded.\n"
           "(let [secret (crypto/random-bytes 32)]\n"
           "  (get (jwt/verify (jwt/sign {:user 42} secret \"HS256\" -1) secret) :kind)) ;=> :expired",
           [](Call call, std::string_view token, TextOrBytes key, std::optional<Value> alg,
              std::optional<Value> options) { return verify_token(call, token, key, alg, options); }),
    native(
        "jwt/decode token",
        "{:header :payload} of token, which anybody may have made: nothing is verified. An error map, :kind "
        ":malformed, for what is no token.\n"
        "(get (jwt/decode (jwt/sign {:user 42} (crypto/random-bytes 32))) :header) ;=> {:typ \"JWT\" :alg \"HS256\"}",
        [](Call call, std::string_view token) { return decode_token(call, token); }),
};

} // namespace

void define_jwt(Setup setup) {
    auto keys = std::make_shared<PemKeys>();
    setup.set_extension(keys.get());
    setup.own(std::move(keys));
    setup.define(jwt_natives);
    for (const std::size_t place : {2, 3})
        setup.declare_options("jwt/verify", place, [](Language in) { return docs_of(verify_option_rows, in); });
}

} // namespace qi::stdlib
