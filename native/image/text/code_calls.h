// CodeCalls: the calls in a function's source, by the names that lead to what is called.
//
// Owns:        its list.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    of the tokens that it is given (loops_around.h).
#ifndef GMR_NATIVE_IMAGE_TEXT_CODE_CALLS_H_
#define GMR_NATIVE_IMAGE_TEXT_CODE_CALLS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "script_lexer.h"

namespace gmr::vm {

struct CodeCall {
  // `this.mutex` of `this.mutex.release()`: names of a variable, or `this`, and of properties. Empty: the
  // function is a variable.
  std::vector<std::string> object;
  std::string method;
  size_t first = 0;      // of its tokens
  size_t arguments = 0;  // the bracket
};

class CodeCalls {
 public:
  // The longest way to a method that is followed: `a.b.c.d.release()`.
  static constexpr size_t kMaxSteps = 4;

  explicit CodeCalls(const std::vector<ScriptToken>& tokens);

  // In the order of the source; the first 64 of methods and the first 64 of variables.
  const std::vector<CodeCall>& all() const { return all_; }
  // Names and dots from there on: `this`, `queue` of `this.queue)`, and the token behind them. Empty: there
  // is no name.
  std::vector<std::string> NamesAt(size_t at, size_t* end) const;
  // Appends the text of a name or private name. False: it is none, is too long or has other characters than
  // ASCII.
  bool ToText(size_t at, std::string* text) const;

 private:
  using Kind = ScriptToken::Kind;

  bool Is(size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at].Is(kind); }

  const std::vector<ScriptToken>& tokens_;
  std::vector<CodeCall> all_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_CODE_CALLS_H_
