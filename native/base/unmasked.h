// Unmasked: text from outside the program that may hold a secret.
//
// Owns:        its characters.
// Threads:     a plain value.
// Signal-safe: no: allocates.
// Lifetime:    a plain value.
//
// Command lines, paths, names and messages from outside have this type until they are written. The JSON
// writer writes them unchanged, because the formatter masks everything that it reads. A writer of plain text
// must use PlainWords(), which drops everything that could be a secret.
#ifndef GMR_NATIVE_BASE_UNMASKED_H_
#define GMR_NATIVE_BASE_UNMASKED_H_

#include <string>
#include <string_view>
#include <utility>

namespace gmr::platform {

class Unmasked {
 public:
  // Reasons for which unmasked text may be read.
  enum class Reader {
    kFormatter,  // it masks what it reads, see src/formatter/mask-photograph.ts
    kTest,
  };

  Unmasked() = default;
  explicit Unmasked(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }
  bool operator==(const Unmasked& other) const = default;
  const std::string& For(Reader) const { return text_; }

 private:
  friend std::string PlainWords(const Unmasked& text);
  std::string text_;
};

// Returns the words that cannot hold a secret, and "***" in place of each of the others. This hides far more
// than the formatter does: every option of a command line and the word after it, assignments, quoted text,
// long runs of mixed letters and digits, and everything after a word such as "password".
std::string PlainWords(const Unmasked& text);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_UNMASKED_H_
