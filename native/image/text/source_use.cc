#include "source_use.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

namespace {

// An expression cannot end with these, so that a slash behind them begins a regular expression.
constexpr std::u16string_view kOperators[] = {u"return", u"typeof",     u"void",   u"delete",
                                              u"new",    u"await",      u"yield",  u"in",
                                              u"throw",  u"instanceof", u"extends"};
// A statement begins behind these.
constexpr std::u16string_view kBeforeStatements[] = {u"else",    u"do",     u"try",
                                                     u"finally", u"export", u"default"};
// A line that begins with these continues the statement before.
constexpr std::u16string_view kContinuations[] = {u"in", u"instanceof", u"of", u"as", u"extends"};

template <size_t kCount>
bool IsOneOf(std::u16string_view text, const std::u16string_view (&words)[kCount]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

}  // namespace

using Role = ScopeLevel::Role;
using Declaring = ScopeLevel::Declaring;

SourceUse SourceSearch::Find(std::u16string_view source, std::u16string_view name) {
  *this = SourceSearch();
  name_ = name;
  is_own_in_functions_ = name == u"this" || name == u"arguments";
  is_private_ = name.starts_with(u"#");
  stack_.Reset();
  ScriptLexer lexer(source);
  ScriptToken token;
  do {
    token = continues_template_ ? lexer.NextOfTemplate() : lexer.Next(!is_operand_);
    continues_template_ = false;
    is_broken_ = is_broken_ || token.Is(Kind::kBad) || stack_.is_full();
    if (!is_broken_) Visit(token);
  } while (!is_broken_ && !token.Is(Kind::kEnd));
  stack_.EndBodies(true);
  use_.is_known = !is_broken_ && stack_.IsWhole();
  use_.variable = !stack_.top().declares && stack_.top().uses > 0;
  return use_;
}

void SourceSearch::Visit(const ScriptToken& token) {
  Resolve(token);
  if (token.after_newline && is_operand_ && BeginsStatement(token)) EndStatement();
  if (!BeginBody(token)) {
    if (!token.Is(Kind::kOpenParen) && token.text != u"await") role_ahead_ = Role::kNone;
    if (token.Is(Kind::kName)) {
      VisitName(token);
    } else {
      VisitOther(token);
      may_be_dynamic_ = false;
    }
  }
  previous_ = token;
  is_first_ = false;
}

void SourceSearch::After(bool is_operand, bool at_statement) {
  is_operand_ = is_operand;
  at_statement_ = at_statement;
}

void SourceSearch::VisitOther(const ScriptToken& token) {
  switch (token.kind) {
    case Kind::kPrivate:
      return VisitPrivate(token);
    case Kind::kString:
      return VisitString(token);
    case Kind::kNumber:
    case Kind::kRegExp:
    case Kind::kTemplate:
      return After(true, false);
    case Kind::kTemplateBrace:
      stack_.Push({.kind = Level::Kind::kTemplate});
      return After(false, false);
    case Kind::kOpenParen:
      return OpenParen();
    case Kind::kOpenSquare:
      return OpenSquare();
    case Kind::kOpenBrace:
      return OpenBrace();
    case Kind::kCloseParen:
      return Close(Level::Kind::kParen);
    case Kind::kCloseSquare:
      return Close(Level::Kind::kSquare);
    case Kind::kCloseBrace:
      return CloseBrace();
    case Kind::kColon:
      return VisitColon();
    case Kind::kComma:
      return VisitComma();
    case Kind::kAssign:
      return VisitAssign();
    case Kind::kSemicolon:
      return EndStatement();
    case Kind::kArrow:
      pending_ = Pending::kArrow;
      return After(false, false);
    case Kind::kQuestion:
      ++stack_.top().conditionals;
      return After(false, false);
    case Kind::kSpread:
      stack_.top().at_key = false;
      return After(false, false);
    case Kind::kIncrement:
      return After(is_operand_, false);
    default:
      return After(false, false);
  }
}

// Of what is in a line of its own, behind a complete expression.
bool SourceSearch::BeginsStatement(const ScriptToken& token) {
  switch (token.kind) {
    case Kind::kName:
      return !IsOneOf(token.text, kContinuations);
    case Kind::kPrivate:
    case Kind::kString:
    case Kind::kNumber:
    case Kind::kIncrement:
      return true;
    case Kind::kOpenBrace:
      return !has_body_ && !stack_.top().awaits_class;
    case Kind::kOperator:
      return token.text == u"!" || token.text == u"~" || token.text == u"@";
    default:
      return false;
  }
}

void SourceSearch::EndStatement() {
  stack_.EndBodies(true);
  Level& level = stack_.top();
  level.declaring = Declaring::kNone;
  level.in_initializer = false;
  level.awaits_class = false;
  level.conditionals = 0;
  After(false, level.kind == Level::Kind::kBlock);
}

bool SourceSearch::IsAtKey() {
  const Level& level = stack_.top();
  return (level.kind == Level::Kind::kObject && level.at_key) ||
         (level.kind == Level::Kind::kClass && !level.in_initializer);
}

void SourceSearch::VisitName(const ScriptToken& token) {
  if (previous_.Is(Kind::kDot)) {
    if (token.Means(name_)) use_.property = true;
    return After(true, false);
  }
  if (VisitOwnName(token) || VisitKey(token)) return;
  may_be_dynamic_ = token.text == u"eval" || token.text == u"with";
  if (!token.is_escaped && (VisitDeclaration(token) || VisitKeyword(token))) return;
  const bool is_super = name_ == u"this" && token.text == u"super";
  if (token.Means(name_) || is_super) {
    pending_ = Pending::kMention;
    mention_at_statement_ = at_statement_;
    mention_at_key_ = false;
    mention_behind_jump_ =
        !token.after_newline && (previous_.text == u"break" || previous_.text == u"continue");
  }
  After(true, at_statement_ && token.text == u"async");
}

// Of the function or class that begins here.
bool SourceSearch::VisitOwnName(const ScriptToken& token) {
  if (expects_class_name_) {
    expects_class_name_ = false;
    if (token.text == u"extends") return false;
    Level& level = stack_.top();
    if (token.Means(name_) && level.class_is_operand) level.class_declares = true;
    if (token.Means(name_) && !level.class_is_operand) stack_.Declare(Declaring::kInBlock);
    After(false, false);
    return true;
  }
  if (!expects_function_name_) return false;
  if (token.Means(name_) && !function_is_operand_) stack_.Declare(Declaring::kInBlock);
  function_has_name_ = token.Means(name_) && function_is_operand_;
  After(false, false);
  return true;
}

// Of a member of an object or class.
bool SourceSearch::VisitKey(const ScriptToken& token) {
  if (!IsAtKey()) return false;
  if (stack_.top().kind == Level::Kind::kObject && token.Means(name_)) {
    pending_ = Pending::kMention;
    mention_at_key_ = true;
  }
  After(true, false);
  return true;
}

bool SourceSearch::VisitDeclaration(const ScriptToken& token) {
  Level& level = stack_.top();
  const bool is_var = token.text == u"var";
  // `let` may be a name.
  const bool is_let = token.text == u"let" && (at_statement_ || previous_.Is(Kind::kOpenParen));
  if (is_var || is_let || token.text == u"const") {
    level.declaring = is_var ? Declaring::kInFunction : Declaring::kInBlock;
    level.in_initializer = false;
  } else if (token.text == u"function") {
    expects_function_name_ = true;
    function_is_operand_ = !at_statement_;
    function_has_name_ = false;
  } else if (token.text == u"class") {
    expects_class_name_ = true;
    level.awaits_class = true;
    level.class_is_operand = !at_statement_;
    level.class_declares = false;
  } else {
    return false;
  }
  After(false, false);
  return true;
}

bool SourceSearch::VisitKeyword(const ScriptToken& token) {
  const std::u16string_view text = token.text;
  Level& level = stack_.top();
  const bool is_in_loop = level.kind == Level::Kind::kParen && level.role == Role::kLoop && is_operand_;
  if (text == u"for") {
    role_ahead_ = Role::kLoop;
  } else if (text == u"catch") {
    role_ahead_ = Role::kCatch;
  } else if (text == u"if" || text == u"while" || text == u"switch" || text == u"with") {
    role_ahead_ = Role::kCondition;
  } else if (is_in_loop && (text == u"of" || text == u"in")) {
    level.declaring = Declaring::kNone;
    level.in_initializer = true;
  } else if (IsOneOf(text, kBeforeStatements)) {
    After(false, true);
    return true;
  } else if (text != u"case" && !IsOneOf(text, kOperators)) {
    return false;
  }
  After(false, text == u"catch");  // which may have no parameter
  return true;
}

void SourceSearch::VisitPrivate(const ScriptToken& token) {
  if (is_private_ && token.Means(name_)) {
    Level& level = stack_.top();
    if (level.kind == Level::Kind::kClass && !level.in_initializer) {
      level.declares = true;
    } else {
      use_.property = true;
      ++level.uses;
    }
  }
  After(true, false);
}

void SourceSearch::VisitString(const ScriptToken& token) {
  string_in_square_ = previous_.Is(Kind::kOpenSquare);
  mention_at_key_ = stack_.top().kind == Level::Kind::kObject && stack_.top().at_key;
  if ((string_in_square_ || mention_at_key_) && token.Means(name_)) pending_ = Pending::kString;
  After(true, false);
}

void SourceSearch::VisitColon() {
  while (stack_.top().kind == Level::Kind::kArrowBody && stack_.top().conditionals == 0)
    stack_.EndScope(stack_.Pop());
  Level& level = stack_.top();
  const bool is_label = level.conditionals == 0 && level.kind != Level::Kind::kObject;
  if (level.conditionals > 0) {
    --level.conditionals;
  } else {
    level.at_key = false;
  }
  After(false, is_label);
}

void SourceSearch::VisitComma() {
  stack_.EndBodies(false);
  Level& level = stack_.top();
  level.in_initializer = false;
  level.conditionals = 0;
  level.at_key = level.kind == Level::Kind::kObject;
  After(false, false);
}

void SourceSearch::VisitAssign() {
  Level& level = stack_.top();
  level.in_initializer =
      level.IsPattern() || level.kind == Level::Kind::kClass || level.declaring != Declaring::kNone;
  level.at_key = false;
  After(false, false);
}

void SourceSearch::OpenParen() {
  Level level{.kind = Level::Kind::kParen, .role = role_ahead_};
  role_ahead_ = Role::kNone;
  if (may_be_dynamic_) use_.is_dynamic = true;
  if (expects_function_name_) {
    level.role = Role::kParameters;
    level.is_operand = function_is_operand_;
    level.names_function = function_has_name_;
    expects_function_name_ = false;
    function_has_name_ = false;
  } else if (IsAtKey() || is_first_) {
    level.role = Role::kParameters;
  }
  stack_.Push(level);
  After(false, false);
}

void SourceSearch::OpenSquare() {
  stack_.Push({.kind = Level::Kind::kSquare, .at_key = IsAtKey()});
  After(false, false);
}

void SourceSearch::OpenBrace() {
  Level level;
  Level& outer = stack_.top();
  if (has_body_) {
    level = body_;
    has_body_ = false;
  } else if (outer.awaits_class) {
    level.kind = Level::Kind::kClass;
    level.is_operand = outer.class_is_operand;
    level.declares = outer.class_declares || is_own_in_functions_;
    outer.awaits_class = false;
    expects_class_name_ = false;
  } else if (outer.kind == Level::Kind::kClass && !outer.in_initializer) {  // static
    level.is_function = true;
    level.declares = is_own_in_functions_;
  } else if (!IsBlockAhead()) {
    level.kind = Level::Kind::kObject;
    level.at_key = true;
  }
  stack_.Push(level);
  After(false, level.kind == Level::Kind::kBlock);
}

bool SourceSearch::IsBlockAhead() {
  const Level::Kind kind = stack_.top().kind;
  const bool in_statements = kind == Level::Kind::kBlock || kind == Level::Kind::kStatement;
  return in_statements && (at_statement_ || is_operand_) && previous_.text != u"default";
}

void SourceSearch::Close(Level::Kind kind) {
  stack_.EndBodies(true);
  if (stack_.IsWhole() || stack_.top().kind != kind) {
    is_broken_ = true;
    return;
  }
  closed_ = stack_.Pop();
  pending_ = Pending::kBracket;
  const bool is_condition = closed_.role == Role::kCondition || closed_.role == Role::kLoop;
  After(!is_condition, is_condition);
}

void SourceSearch::CloseBrace() {
  stack_.EndBodies(true);
  const Level::Kind kind = stack_.top().kind;
  if (kind == Level::Kind::kObject) return Close(kind);
  is_broken_ = is_broken_ || stack_.IsWhole() || kind == Level::Kind::kParen || kind == Level::Kind::kSquare;
  if (is_broken_) return;
  const Level closed = stack_.Pop();
  stack_.EndScope(closed);
  continues_template_ = kind == Level::Kind::kTemplate;
  // The block may have been all of a loop's statement.
  if (!closed.is_operand && !continues_template_) stack_.EndBodies(true);
  After(closed.is_operand, !closed.is_operand && stack_.top().kind == Level::Kind::kBlock);
}

}  // namespace gmr::vm
