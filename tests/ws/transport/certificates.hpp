// Certificates made here, good ones and others.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace qi::ws::test {

/// A folder with an authority and certificates signed by it; gone with the object.
class Certificates {
public:
    Certificates() {
        std::string name = (std::filesystem::temp_directory_path() / "qi-tls-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        folder_ = name;
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem "
            "-days 2 -subj /CN=TestAuthority");
        issue("good", "DNS:localhost,IP:127.0.0.1,IP:::1");
        issue("other", "DNS:other.example");
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout self.key -out self.pem "
            "-days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1");
    }
    ~Certificates() { std::filesystem::remove_all(folder_); }

    std::string operator()(std::string_view file) const { return (folder_ / file).string(); }

private:
    void run(const std::string& command) const {
        REQUIRE(std::system(("cd " + folder_.string() + " && " + command + " >/dev/null 2>&1").c_str()) == 0);
    }
    void issue(const std::string& name, const std::string& names) const {
        std::ofstream(folder_ / (name + ".ext")) << "subjectAltName=" << names << "\n";
        run("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + name + ".key -out " +
            name + ".csr -subj /CN=" + name);
        run("openssl x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile " + name +
            ".ext -out " + name + ".pem");
    }
    std::filesystem::path folder_;
};

inline const Certificates& certificates() {
    static const Certificates made;
    return made;
}

} // namespace qi::ws::test
