// CodeBlocks: how the tokens of a function are nested.
//
// Owns:        its lists.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    of the tokens that it is given, whose brackets must be balanced (loops_around.h).
#ifndef GMR_NATIVE_IMAGE_TEXT_CODE_BLOCKS_H_
#define GMR_NATIVE_IMAGE_TEXT_CODE_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "script_lexer.h"

namespace gmr::vm {

class CodeBlocks {
 public:
  static constexpr size_t kNone = SIZE_MAX;

  explicit CodeBlocks(const std::vector<ScriptToken>& tokens);

  // The token of the innermost bracket around one; kNone: there is none.
  size_t Around(size_t at) const { return around_[at]; }
  // The closing bracket of an opening one, or the other way round.
  size_t PartnerOf(size_t bracket) const { return partner_[bracket]; }

  // Whether a statement begins here that is not the only one of an `if`, a loop or the like.
  bool BeginsStatement(size_t at) const;
  // Whether a statement that begins at `at` has run where `place` is reached: no block around it has ended
  // before, but that of a `try` that is over and that leaves the function if it fails.
  bool RunsBefore(size_t at, size_t place) const;
  // Whether a token behind `place` may be reached from there if nothing fails: it is in no other branch, in
  // no `catch`, and not behind an exit.
  bool IsReached(size_t at, size_t place) const;
  // Whether the block that begins at `brace` contains `place`; kNone: the whole function, which does.
  bool Contains(size_t brace, size_t place) const {
    return brace == kNone || (brace < place && partner_[brace] >= place);
  }
  // Whether a token behind `place` is in a `finally` that begins behind it.
  bool IsInFinally(size_t at, size_t place) const;

 private:
  using Kind = ScriptToken::Kind;

  bool Is(size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at].Is(kind); }
  bool IsWord(size_t at, std::u16string_view word) const {
    return Is(at, Kind::kName) && tokens_[at].text == word;
  }
  // The keyword in front of the brackets that end before this brace: `switch (x) {`.
  bool IsHeadOf(size_t brace, std::u16string_view word) const;
  bool EndsHead(size_t paren) const;
  size_t CatchOf(size_t closing) const;
  bool Leaves(size_t brace) const;
  bool IsOtherBranch(size_t brace, size_t place) const;

  const std::vector<ScriptToken>& tokens_;
  std::vector<size_t> around_;
  std::vector<size_t> partner_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_CODE_BLOCKS_H_
