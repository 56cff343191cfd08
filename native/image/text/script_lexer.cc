#include "script_lexer.h"

namespace gmr::vm {

namespace {

bool IsLineEnd(char16_t c) { return c == u'\n' || c == u'\r' || c == 0x2028 || c == 0x2029; }

// Zs of Unicode, tabs and the byte order mark.
bool IsSpace(char16_t c) {
  return c == u' ' || c == u'\t' || c == u'\v' || c == u'\f' || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}

bool IsDigit(char16_t c) { return c >= u'0' && c <= u'9'; }

// Without Unicode's tables: beyond ASCII, all that is no space may be part of a name.
bool IsNamePart(char16_t c) {
  return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || IsDigit(c) || c == u'$' || c == u'_' ||
         c == u'\\' || (c >= 0x80 && !IsSpace(c) && !IsLineEnd(c));
}

int HexDigit(char16_t c) {
  if (IsDigit(c)) return c - u'0';
  const int letter = c | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// Reads an escape (\u and four digits, or digits in braces) and moves behind it. -1: it is none.
int32_t DecodeEscape(std::u16string_view text, size_t* at) {
  size_t i = *at + 1;
  if (i >= text.size() || text[i] != u'u') return -1;
  ++i;
  const bool braced = i < text.size() && text[i] == u'{';
  if (braced) ++i;
  int32_t point = 0;
  for (int digits = 0; braced || digits < 4; ++digits, ++i) {
    if (i >= text.size()) return -1;
    if (braced && text[i] == u'}') break;
    const int digit = HexDigit(text[i]);
    if (digit < 0 || point > 0xffff) return -1;
    point = point * 16 + digit;
  }
  *at = braced ? i + 1 : i;
  return point;
}

// Removes it from the front of `name`.
bool Take(char16_t unit, std::u16string_view* name) {
  if (name->empty() || name->front() != unit) return false;
  name->remove_prefix(1);
  return true;
}

bool EqualsDecoded(std::u16string_view text, std::u16string_view name) {
  for (size_t i = 0; i < text.size();) {
    const int32_t point = text[i] == u'\\' ? DecodeEscape(text, &i) : text[i++];
    if (point < 0) return false;
    const bool is_pair = point > 0xffff;
    if (!Take(static_cast<char16_t>(is_pair ? 0xd7c0 + (point >> 10) : point), &name)) return false;
    if (is_pair && !Take(static_cast<char16_t>(0xdc00 | (point & 0x3ff)), &name)) return false;
  }
  return name.empty();
}

}  // namespace

bool ScriptToken::Means(std::u16string_view name) const {
  if (!is_escaped) return text == name;
  return kind != Kind::kString && EqualsDecoded(text, name);
}

ScriptLexer::ScriptLexer(std::u16string_view source) : source_(source) {
  if (source.starts_with(u"#!")) {
    while (!AtEnd() && !IsLineEnd(At())) ++at_;
  }
}

ScriptToken ScriptLexer::Make(Kind kind, size_t begin) const {
  return {kind, source_.substr(begin, at_ - begin), after_newline_, false};
}

// False: a comment has no end.
bool ScriptLexer::SkipSpace() {
  after_newline_ = false;
  while (!AtEnd()) {
    const char16_t c = At();
    if (IsLineEnd(c)) {
      after_newline_ = true;
    } else if (c == u'/' && (At(1) == u'/' || At(1) == u'*')) {
      if (!SkipComment()) return false;
      continue;
    } else if (!IsSpace(c)) {
      return true;
    }
    ++at_;
  }
  return true;
}

bool ScriptLexer::SkipComment() {
  if (At(1) == u'/') {
    while (!AtEnd() && !IsLineEnd(At())) ++at_;
    return true;
  }
  for (at_ += 2; !AtEnd(); ++at_) {
    if (IsLineEnd(At())) after_newline_ = true;
    if (At() != u'*' || At(1) != u'/') continue;
    at_ += 2;
    return true;
  }
  return false;
}

ScriptToken ScriptLexer::Next(bool may_be_regexp) {
  if (!SkipSpace()) return Make(Kind::kBad, at_);
  if (AtEnd()) return Make(Kind::kEnd, at_);
  const char16_t c = At();
  if (IsDigit(c) || (c == u'.' && IsDigit(At(1)))) return Number();
  if (IsNamePart(c)) return Name(Kind::kName);
  switch (c) {
    case u'#':
      return Name(Kind::kPrivate);
    case u'"':
    case u'\'':
      return String();
    case u'`':
      ++at_;
      return Template(at_ - 1);
    case u'/':
      return may_be_regexp ? RegExp() : Operator();
    default:
      return Operator();
  }
}

ScriptToken ScriptLexer::Name(Kind kind) {
  const size_t begin = at_;
  bool is_escaped = false;
  if (kind == Kind::kPrivate) ++at_;
  while (!AtEnd() && IsNamePart(At())) {
    const bool braced = At() == u'\\' && At(1) == u'u' && At(2) == u'{';
    is_escaped = is_escaped || At() == u'\\';
    ++at_;
    if (!braced) continue;
    while (!AtEnd() && At() != u'}') ++at_;
    if (!AtEnd()) ++at_;
  }
  ScriptToken token = Make(kind, begin);
  token.is_escaped = is_escaped;
  return token;
}

ScriptToken ScriptLexer::String() {
  const size_t begin = at_;
  const char16_t quote = At();
  bool is_escaped = false;
  for (++at_; !AtEnd() && At() != quote; ++at_) {
    if (At() == u'\n' || At() == u'\r') return Make(Kind::kBad, begin);
    if (At() != u'\\') continue;
    is_escaped = true;
    ++at_;
    if (At() == u'\r' && At(1) == u'\n') ++at_;
  }
  if (AtEnd()) return Make(Kind::kBad, begin);
  ScriptToken token = Make(Kind::kString, begin + 1);
  token.is_escaped = is_escaped;
  ++at_;
  return token;
}

ScriptToken ScriptLexer::Number() {
  const size_t begin = at_;
  const bool is_decimal = At() != u'0' || (At(1) | 0x20) < u'a';
  bool has_point = !is_decimal;
  for (; !AtEnd(); ++at_) {
    const char16_t c = At();
    const bool is_sign = (c == u'+' || c == u'-') && is_decimal && (source_[at_ - 1] | 0x20) == u'e';
    const bool is_point = c == u'.' && !has_point;
    if (!is_sign && !is_point && !IsNamePart(c)) break;
    has_point = has_point || is_sign || is_point;
  }
  return Make(Kind::kNumber, begin);
}

ScriptToken ScriptLexer::RegExp() {
  const size_t begin = at_;
  bool in_class = false;
  for (++at_; !AtEnd() && !IsLineEnd(At()); ++at_) {
    const char16_t c = At();
    if (c == u'/' && !in_class) break;
    if (c == u'\\') ++at_;
    in_class = c == u'[' || (in_class && c != u']');
  }
  if (At() != u'/') return Make(Kind::kBad, begin);
  ++at_;
  while (!AtEnd() && IsNamePart(At())) ++at_;
  return Make(Kind::kRegExp, begin);
}

ScriptToken ScriptLexer::NextOfTemplate() {
  after_newline_ = false;
  return Template(at_);
}

ScriptToken ScriptLexer::Template(size_t begin) {
  for (; !AtEnd(); ++at_) {
    if (At() == u'`') {
      ++at_;
      return Make(Kind::kTemplate, begin);
    }
    if (At() == u'$' && At(1) == u'{') {
      at_ += 2;
      return Make(Kind::kTemplateBrace, begin);
    }
    if (At() == u'\\' && at_ + 1 < source_.size()) ++at_;
  }
  return Make(Kind::kBad, begin);
}

// `=`, and all operators that end with it or begin like it.
ScriptLexer::Kind ScriptLexer::OperatorWithEqual() {
  if (At() == u'=' && At(1) == u'>') {
    at_ += 2;
    return Kind::kArrow;
  }
  const bool is_assign = At() == u'=' && At(1) != u'=';
  ++at_;
  while (!is_assign && At() == u'=') ++at_;
  return is_assign ? Kind::kAssign : Kind::kOperator;
}

ScriptToken ScriptLexer::Operator() {
  struct Single {
    char16_t c;
    Kind kind;
  };
  static constexpr Single kSingles[] = {
      {u'(', Kind::kOpenParen},   {u')', Kind::kCloseParen}, {u'[', Kind::kOpenSquare},
      {u']', Kind::kCloseSquare}, {u'{', Kind::kOpenBrace},  {u'}', Kind::kCloseBrace},
      {u',', Kind::kComma},       {u';', Kind::kSemicolon},  {u':', Kind::kColon},
  };
  const size_t begin = at_;
  const char16_t c = At();
  for (const Single& single : kSingles) {
    if (single.c != c) continue;
    ++at_;
    return Make(single.kind, begin);
  }
  Kind kind = Kind::kOperator;
  if (c == u'.' && At(1) == u'.' && At(2) == u'.') {
    at_ += 3;
    kind = Kind::kSpread;
  } else if (c == u'.') {
    ++at_;
    kind = Kind::kDot;
  } else if (c == u'?' && At(1) == u'.' && !IsDigit(At(2))) {
    at_ += 2;
    kind = Kind::kDot;
  } else if (c == u'?' && At(1) != u'?') {
    ++at_;
    kind = Kind::kQuestion;
  } else if ((c == u'+' || c == u'-') && At(1) == c) {
    at_ += 2;
    kind = Kind::kIncrement;
  } else {
    if (c == u'?') ++at_;
    kind = OperatorWithEqual();
  }
  return Make(kind, begin);
}

}  // namespace gmr::vm
