// What a mention, a string, a bracket or an arrow is: the token behind it decides.
#include "source_use.h"

namespace gmr::vm {

using Role = ScopeLevel::Role;

void SourceSearch::Resolve(const ScriptToken& next) {
  const Pending pending = pending_;
  if (pending == Pending::kArrow) return;
  pending_ = Pending::kNone;
  if (next.Is(Kind::kArrow)) arrow_ = Level();
  switch (pending) {
    case Pending::kMention:
      return ResolveMention(next);
    case Pending::kString:
      if (string_in_square_ && next.Is(Kind::kCloseSquare)) use_.property = true;
      if (mention_at_key_ && next.Is(Kind::kColon)) ++stack_.top().keys;
      return;
    case Pending::kBracket:
      return closed_.kind == Level::Kind::kParen ? ResolveParen(next) : ResolvePattern(next);
    default:
      return;
  }
}

void SourceSearch::ResolveMention(const ScriptToken& next) {
  Level& level = stack_.top();
  if (mention_at_key_) {
    const bool is_short = next.Is(Kind::kComma) || next.Is(Kind::kCloseBrace) || next.Is(Kind::kAssign);
    // Else it is a method, or `get` before the name of one.
    if (is_short || next.Is(Kind::kColon)) ++level.keys;
    if (is_short) ++level.candidates;
    return;
  }
  if (next.Is(Kind::kArrow)) {
    arrow_.declares = true;
    return;
  }
  const bool is_label = mention_at_statement_ && next.Is(Kind::kColon);
  if (!is_label && !mention_behind_jump_) stack_.Mention();
}

void SourceSearch::ExpectBody(bool is_function, bool declares, uint32_t uses) {
  body_ = Level();
  body_.is_function = is_function;
  body_.declares = declares;
  body_.uses = uses;
  body_.is_operand = closed_.is_operand;
  has_body_ = true;
  if (closed_.keys > 0) use_.property = true;
}

void SourceSearch::ResolveParen(const ScriptToken& next) {
  const bool has_block = next.Is(Kind::kOpenBrace);
  const bool has_parameter = closed_.candidates > 0;
  if (next.Is(Kind::kArrow)) {
    arrow_.declares = has_parameter;
    arrow_.uses = closed_.uses;
    if (closed_.keys > 0) use_.property = true;
    return;
  }
  if (closed_.role == Role::kParameters && has_block)
    return ExpectBody(true, has_parameter || closed_.names_function || is_own_in_functions_, closed_.uses);
  if (closed_.role == Role::kCatch && has_block) return ExpectBody(false, has_parameter, closed_.uses);
  if (!closed_.declares) stack_.top().uses += closed_.uses + closed_.candidates;
  if (closed_.role != Role::kLoop && closed_.role != Role::kCondition) return;
  closed_.keys = 0;
  if (has_block) return ExpectBody(false, closed_.declares, 0);
  if (closed_.declares) stack_.Push({.kind = Level::Kind::kStatement, .declares = true});
}

void SourceSearch::ResolvePattern(const ScriptToken& next) {
  Level& level = stack_.top();
  level.uses += closed_.uses;
  if (closed_.kind == Level::Kind::kSquare && closed_.at_key) {  // a computed key
    level.uses += closed_.candidates;
    return;
  }
  const bool is_declared = level.ExpectsBinding();
  if (closed_.keys > 0 && (is_declared || next.Is(Kind::kAssign))) use_.property = true;
  if (is_declared) {
    if (closed_.candidates > 0) stack_.Declare(level.declaring);
  } else if (level.IsPattern()) {
    level.candidates += closed_.candidates;
    level.keys += closed_.keys;
  } else {
    level.uses += closed_.candidates;
  }
}

// Behind the arrow of a function. True: `next` is the brace of its body.
bool SourceSearch::BeginBody(const ScriptToken& next) {
  if (pending_ != Pending::kArrow) return false;
  pending_ = Pending::kNone;
  const bool is_block = next.Is(Kind::kOpenBrace);
  arrow_.kind = is_block ? Level::Kind::kBlock : Level::Kind::kArrowBody;
  arrow_.is_function = true;
  arrow_.is_operand = true;
  stack_.Push(arrow_);
  After(false, is_block);
  return is_block;
}

}  // namespace gmr::vm
