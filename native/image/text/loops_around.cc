#include "loops_around.h"

#include <iterator>

namespace gmr::vm {

namespace {

// An expression cannot end with these, so a slash after them begins a regular expression.
constexpr std::u16string_view kOperators[] = {u"return", u"typeof",     u"void",  u"delete",
                                              u"new",    u"await",      u"yield", u"in",
                                              u"throw",  u"instanceof", u"case",  u"of"};

}  // namespace

bool LoopsAround::Find() {
  ScriptLexer lexer(source_);
  ScriptToken token;
  do {
    token = in_template_ ? lexer.NextOfTemplate() : lexer.Next(!is_operand_);
    in_template_ = false;
    if (token.Is(Kind::kBad)) return false;
    Visit(token);
    if (!token.Is(Kind::kEnd)) tokens_.push_back(token);
    previous_ = token;
  } while (!is_broken_ && !token.Is(Kind::kEnd));
  return !is_broken_ && open_.empty();
}

void LoopsAround::Visit(const ScriptToken& token) {
  const size_t at = PlaceOf(token);
  if (expects_body_ && !token.Is(Kind::kOpenBrace)) {
    statements_.push_back({begin_, open_.size()});
    expects_body_ = false;
  }
  switch (token.kind) {
    case Kind::kOpenParen:
    case Kind::kOpenSquare:
    case Kind::kOpenBrace:
    case Kind::kTemplateBrace:
      return Open(token.kind, at);
    case Kind::kCloseParen:
      is_broken_ = !Close(Kind::kOpenParen, at + 1);
      return;
    case Kind::kCloseSquare:
      is_broken_ = !Close(Kind::kOpenSquare, at + 1);
      return;
    case Kind::kCloseBrace:
      EndStatements(at);
      in_template_ = !open_.empty() && open_.back().kind == Kind::kTemplateBrace;
      is_broken_ = !Close(in_template_ ? Kind::kTemplateBrace : Kind::kOpenBrace, at + 1);
      return;
    case Kind::kSemicolon:
      EndStatements(at + 1);
      is_operand_ = false;
      return;
    case Kind::kEnd:
      return EndStatements(at);
    case Kind::kName: {
      const bool is_property = previous_.Is(Kind::kDot);
      const bool is_loop = !is_property && (token.text == u"for" || token.text == u"while");
      if (expects_head_ && token.text == u"await") return;
      expects_head_ = is_loop;
      if (is_loop) begin_ = at;
      if (!is_property && token.text == u"do") {
        begin_ = at;
        expects_body_ = true;
      }
      is_operand_ = is_property || (std::find(std::begin(kOperators), std::end(kOperators), token.text) ==
                                        std::end(kOperators) &&
                                    !expects_body_);
      return;
    }
    default:
      is_operand_ = token.Is(Kind::kString) || token.Is(Kind::kNumber) || token.Is(Kind::kRegExp) ||
                    token.Is(Kind::kTemplate) || token.Is(Kind::kPrivate) || token.Is(Kind::kIncrement);
      expects_head_ = false;
  }
}

void LoopsAround::Open(Kind kind, size_t at) {
  const bool is_head = kind == Kind::kOpenParen && expects_head_;
  const bool is_body = kind == Kind::kOpenBrace && expects_body_;
  open_.push_back({kind, is_head, is_body, is_head || is_body ? begin_ : at});
  expects_head_ = expects_body_ = is_operand_ = false;
}

bool LoopsAround::Close(Kind kind, size_t at) {
  if (open_.empty() || open_.back().kind != kind) return false;
  const Bracket bracket = open_.back();
  open_.pop_back();
  expects_body_ = bracket.is_head;
  begin_ = bracket.begin;
  // A slash is taken for the start of a regular expression only after the head of a loop and after a brace.
  // After the head of `if`, and after an object literal, that is wrong, which seldom matters.
  is_operand_ = kind == Kind::kOpenSquare || (kind == Kind::kOpenParen && !bracket.is_head);
  if (!bracket.is_body) return true;
  EndLoop(bracket.begin, at);
  // The block was the statement of loops around it.
  if (!statements_.empty() && statements_.back().depth == open_.size()) EndStatements(at);
  return true;
}

void LoopsAround::EndStatements(size_t at) {
  while (!statements_.empty() && statements_.back().depth == open_.size()) {
    EndLoop(statements_.back().begin, at);
    statements_.pop_back();
  }
}

}  // namespace gmr::vm
