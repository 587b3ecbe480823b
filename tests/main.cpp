#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>

int main(int count, char** arguments) {
    setenv("QI_LANG", "en", 1); // the texts compared are the English ones
    return doctest::Context(count, arguments).run();
}
