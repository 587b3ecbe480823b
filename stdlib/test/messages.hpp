#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message expected_equal{"expected {0}, got {1}", "期待した値は {0}、実際は {1}"};
inline constexpr Message expected_different{"expected something other than {0}", "{0} 以外の値を期待しました"};
inline constexpr Message expected_true{"expected a true value, got {0}", "真の値を期待しましたが、{0} でした"};
inline constexpr Message expected_false{"expected nil or false, got {0}", "nil か false を期待しましたが、{0} でした"};
inline constexpr Message expected_error{"expected an error, got none", "エラーを期待しましたが、発生しませんでした"};
inline constexpr Message no_tests{"no tests", "テストがありません"};
inline constexpr Message tests_failed{"{0} of {1} tests failed", "テスト {1} 件のうち {0} 件が失敗しました"};

inline constexpr Message test_timeout{"the test was stopped: it took longer than {0} ms",
                                      "テストが {0} ミリ秒以内に終わらないため中断しました"};
inline constexpr Message difference_changed{"at {0}: expected {1}, got {2}", "{0}: 期待した値は {1}、実際は {2}"};
inline constexpr Message difference_missing{"at {0}: expected {1}, got nothing",
                                            "{0}: {1} を期待しましたが、ありません"};
inline constexpr Message difference_extra{"at {0}: {1} is not expected", "{0}: 余分な {1} があります"};
inline constexpr Message difference_text{"at {0}, from character {1} on: expected {2}, got {3}",
                                         "{0} の {1} 文字目から: 期待した値は {2}、実際は {3}"};
inline constexpr Message differences_more{"and {0} more", "ほか {0} か所"};

} // namespace qi::msg
