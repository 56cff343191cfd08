// CodeConditions: on which conditions a part of a function runs.
//
// Owns:        plain values.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    of the tokens and blocks that it is given.
//
// Conditions are those of `if`, `else`, `while` and `switch`, not those in expressions, such as `a && b()`.
#ifndef GMR_NATIVE_IMAGE_TEXT_CODE_CONDITIONS_H_
#define GMR_NATIVE_IMAGE_TEXT_CODE_CONDITIONS_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "code_blocks.h"
#include "script_lexer.h"

namespace gmr::vm {

class CodeConditions {
 public:
  // The brackets around a condition.
  struct Condition {
    size_t open = 0;
    size_t close = 0;
  };

  CodeConditions(const std::vector<ScriptToken>& tokens, const CodeBlocks& blocks)
      : tokens_(tokens), blocks_(blocks) {}

  // More are not looked for.
  static constexpr size_t kMost = 16;

  // The conditions that must hold for a token to be reached; if there are kMost, perhaps not all of them.
  // Those of blocks that also contain `place` are left out; kNone: none is.
  std::vector<Condition> Of(size_t at, size_t place) const;
  // Whether a condition compares or changes a number that is not the size of a list: `active < max`,
  // `--depth === 0`.
  bool Counts(const Condition& condition) const;

 private:
  using Kind = ScriptToken::Kind;

  bool Is(size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at].Is(kind); }
  bool IsWord(size_t at, std::u16string_view word) const {
    return Is(at, Kind::kName) && tokens_[at].text == word;
  }
  // Where the statement begins that a token is in.
  size_t StatementOf(size_t at) const;
  void AddHeads(size_t statement, size_t at, std::vector<Condition>* found) const;

  const std::vector<ScriptToken>& tokens_;
  const CodeBlocks& blocks_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_CODE_CONDITIONS_H_
