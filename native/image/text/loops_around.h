// LoopsAround: the loops of a function that contain a place in it, and the tokens of its source.
//
// Owns:        its lists.
// Threads:     one at a time.
// Signal-safe: no: allocates.
// Lifetime:    of the source that it is given.
#ifndef GMR_NATIVE_IMAGE_TEXT_LOOPS_AROUND_H_
#define GMR_NATIVE_IMAGE_TEXT_LOOPS_AROUND_H_

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "script_lexer.h"

namespace gmr::vm {

class LoopsAround {
 public:
  LoopsAround(std::u16string_view source, size_t offset) : source_(source), offset_(offset) {}

  // False: the source could not be parsed.
  bool Find();
  // All tokens of the source, without the last one.
  const std::vector<ScriptToken>& tokens() const { return tokens_; }
  // Whether `visit(text up to the place, text of the whole loop)` is true for one of them.
  template <typename Visit>
  bool Any(Visit visit) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Loop& loop) {
      return visit(source_.substr(loop.begin, offset_ - loop.begin),
                   source_.substr(loop.begin, loop.end - loop.begin));
    });
  }

 private:
  using Kind = ScriptToken::Kind;

  struct Loop {
    size_t begin = 0;
    size_t end = 0;
  };
  struct Bracket {
    Kind kind = Kind::kOpenBrace;
    bool is_head = false;  // of a loop
    bool is_body = false;
    size_t begin = 0;  // of the loop
  };
  // A loop whose body is a statement without braces. The loop ends with it.
  struct Statement {
    size_t begin = 0;
    size_t depth = 0;
  };

  void Visit(const ScriptToken& token);
  void Open(Kind kind, size_t at);
  bool Close(Kind kind, size_t at);
  void EndStatements(size_t at);
  void EndLoop(size_t begin, size_t end) {
    if (begin <= offset_ && offset_ < end) found_.push_back({begin, end});
  }
  size_t PlaceOf(const ScriptToken& token) const {
    return static_cast<size_t>(token.text.data() - source_.data());
  }

  std::u16string_view source_;
  size_t offset_;
  std::vector<Loop> found_;
  std::vector<ScriptToken> tokens_;
  std::vector<Bracket> open_;
  std::vector<Statement> statements_;
  // True after `for` or `while`, and after `do` or a head, of the loop that begins at `begin_`.
  bool expects_head_ = false;
  bool expects_body_ = false;
  size_t begin_ = 0;
  bool is_operand_ = false;
  bool in_template_ = false;
  bool is_broken_ = false;
  ScriptToken previous_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_LOOPS_AROUND_H_
