#include "aliases.hpp"

namespace qi::stdlib {

namespace {

constexpr LibraryAlias table[] = {
    {"sort-by", "list/sort-by"},
    {"group-by", "list/group-by"},
    {"map/group-by", "list/group-by"},
    {"partition", "list/partition"},
    {"keep", "list/keep"},
    {"zipmap", "list/zipmap"},
    {"frequencies", "list/frequencies"},
    {"chunk", "list/chunk"},
    {"min-by", "list/min-by"},
    {"max-by", "list/max-by"},
    {"some", "list/some?"},
    {"any?", "list/some?"},
    {"every?", "list/every?"},
    {"list/find", "find"},
    {"list/take-while", "take-while"},
    {"list/drop-while", "drop-while"},
    {"assoc-in", "map/assoc-in"},
    {"dissoc-in", "map/dissoc-in"},
    {"select-keys", "map/select-keys"},
    {"update-vals", "map/update-vals"},
    {"map/map-keys", "map/update-keys"},
    {"map/map-vals", "map/update-vals"},
    {"set/intersection", "set/intersect"},
    {"complement", "fn/complement"},
    {"juxt", "fn/juxt"},
    {"go/pmap", "pmap"},
    {"pfilter", "go/pfilter"},
    {"preduce", "go/preduce"},
    {"str/join", "join"},
    {"str/includes?", "str/contains?"},
    {"str/trim-start", "str/trim-left"},
    {"str/trim-end", "str/trim-right"},
    {"str/to-int", "str/parse-int"},
    {"str/to-float", "str/parse-float"},
    {"parse-int", "str/parse-int"},
    {"parse-float", "str/parse-float"},
    {"str/html-escape", "str/html-encode"},
    {"str/html-unescape", "str/html-decode"},
    {"str/hash", "crypto/hash"},
    {"str/sha256", "crypto/hash"},
    {"str/uuid", "crypto/uuid"},
    {"stream/file", "io/file-stream"},
    {"io/read", "io/read-file"},
    {"io/write", "io/write-file"},
    {"io/glob", "io/list-dir"},
    {"read-line", "io/stdin-line"},
    {"time/now", "now"},
    {"time/now-ms", "timestamp"},
};

} // namespace

std::span<const LibraryAlias> aliases() noexcept { return table; }

} // namespace qi::stdlib
