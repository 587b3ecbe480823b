// Which of the two languages the user reads. Decided once, from the environment.
// Any thread.
#pragma once

namespace qi {

enum class Language { English, Japanese };

/// The language of messages: QI_LANG, else LC_ALL, else LANG; the first two letters count, "ja" is
/// Japanese and everything else English.
Language language() noexcept;

} // namespace qi
