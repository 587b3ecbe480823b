#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message expected_equal{"expected {0}, got {1}", "期待した値は {0}、実際は {1}"};
inline constexpr Message expected_different{"expected something other than {0}", "{0} 以外の値が期待されています"};
inline constexpr Message expected_true{"expected a true value, got {0}", "真の値が期待されていますが {0} です"};
inline constexpr Message expected_false{"expected nil or false, got {0}", "nil か false が期待されていますが {0} です"};
inline constexpr Message expected_error{"expected an error, got none", "エラーが期待されていますが起きませんでした"};
inline constexpr Message no_tests{"no tests", "テストがありません"};
inline constexpr Message tests_failed{"{0} of {1} tests failed", "テスト {1} 件のうち {0} 件が失敗しました"};

} // namespace qi::msg
