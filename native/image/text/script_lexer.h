// ScriptLexer: divides the source of a script into tokens.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    of the source that it is given.
//
// It knows no grammar: who asks for a token says whether a slash begins a regular expression there, and which
// brace ends a placeholder of a template.
#ifndef GMR_NATIVE_IMAGE_TEXT_SCRIPT_LEXER_H_
#define GMR_NATIVE_IMAGE_TEXT_SCRIPT_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gmr::vm {

struct ScriptToken {
  enum class Kind : uint8_t {
    kEnd,
    kBad,      // not JavaScript, or cut
    kName,     // an identifier or a keyword
    kPrivate,  // #name
    kString,   // the text is without its quotes
    kNumber,
    kRegExp,
    kTemplate,       // ends with a backtick
    kTemplateBrace,  // ends with ${
    kOpenParen,
    kCloseParen,
    kOpenSquare,
    kCloseSquare,
    kOpenBrace,
    kCloseBrace,
    kDot,  // also ?.
    kSpread,
    kComma,
    kSemicolon,
    kColon,
    kQuestion,
    kArrow,
    kAssign,     // = alone
    kIncrement,  // ++ and --
    kOperator,   // any other
  };

  Kind kind = Kind::kEnd;
  std::u16string_view text;
  // A line ended between the token before and this one.
  bool after_newline = false;
  // It has backslashes.
  bool is_escaped = false;

  bool Is(Kind other) const { return kind == other; }
  // A name, private name or string that means `name`; escapes are decoded in names only.
  bool Means(std::u16string_view name) const;
};

class ScriptLexer {
 public:
  explicit ScriptLexer(std::u16string_view source);

  ScriptToken Next(bool may_be_regexp);
  // Behind the brace that ends a placeholder.
  ScriptToken NextOfTemplate();

 private:
  using Kind = ScriptToken::Kind;

  char16_t At(size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : u'\0'; }
  bool AtEnd() const { return at_ >= source_.size(); }
  bool SkipSpace();
  bool SkipComment();
  ScriptToken Make(Kind kind, size_t begin) const;
  ScriptToken Name(Kind kind);
  ScriptToken String();
  ScriptToken Number();
  ScriptToken RegExp();
  ScriptToken Template(size_t begin);
  ScriptToken Operator();
  Kind OperatorWithEqual();

  std::u16string_view source_;
  size_t at_ = 0;
  bool after_newline_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_SCRIPT_LEXER_H_
