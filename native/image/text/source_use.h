// SourceSearch: whether the source of a function uses a name.
//
// Owns:        the levels of brackets of one search.
// Threads:     one at a time.
// Signal-safe: yes.
// Lifetime:    plain object, of some 8 KiB.
//
// It follows the scopes of JavaScript with as little grammar as tells a declaration from a use, in one pass.
// What it takes for a use and is none costs a guess; a use that it misses would cost the truth. Where it is
// not sure, a mention is a use.
#ifndef GMR_NATIVE_IMAGE_TEXT_SOURCE_USE_H_
#define GMR_NATIVE_IMAGE_TEXT_SOURCE_USE_H_

#include <string_view>

#include "scope_stack.h"
#include "script_lexer.h"

namespace gmr::vm {

struct SourceUse {
  // False: the source is cut or not understood, and nothing else holds.
  bool is_known = false;
  // It has a direct eval() or a `with`, which can use any name.
  bool is_dynamic = false;
  // A variable of this name that the source does not declare.
  bool variable = false;
  // A property of any object.
  bool property = false;
};

class SourceSearch {
 public:
  // `source`: of a function, as V8 has its bounds: from its parameters, without `function` and its name.
  SourceUse Find(std::u16string_view source, std::u16string_view name);

 private:
  using Kind = ScriptToken::Kind;
  using Level = ScopeLevel;

  // What the next token decides.
  enum class Pending : uint8_t { kNone, kMention, kString, kBracket, kArrow };

  void Visit(const ScriptToken& token);
  void VisitOther(const ScriptToken& token);

  void Resolve(const ScriptToken& next);
  void ResolveMention(const ScriptToken& next);
  void ResolveParen(const ScriptToken& next);
  void ResolvePattern(const ScriptToken& next);
  bool BeginBody(const ScriptToken& next);
  void ExpectBody(bool is_function, bool declares, uint32_t uses);
  bool BeginsStatement(const ScriptToken& token);
  void EndStatement();

  void VisitName(const ScriptToken& token);
  bool VisitKey(const ScriptToken& token);
  bool VisitOwnName(const ScriptToken& token);
  bool VisitKeyword(const ScriptToken& token);
  bool VisitDeclaration(const ScriptToken& token);
  void VisitPrivate(const ScriptToken& token);
  void VisitString(const ScriptToken& token);
  void VisitColon();
  void VisitComma();
  void VisitAssign();

  void OpenParen();
  void OpenSquare();
  void OpenBrace();
  bool IsBlockAhead();
  void Close(Level::Kind kind);
  void CloseBrace();
  bool IsAtKey();
  void After(bool is_operand, bool at_statement);

  std::u16string_view name_;
  bool is_own_in_functions_ = false;  // `this` and `arguments`
  bool is_private_ = false;
  SourceUse use_;
  bool is_broken_ = false;
  ScopeStack stack_;

  // The token before this one; whether it ends an expression, and whether a statement may begin behind it.
  ScriptToken previous_;
  bool is_operand_ = false;
  bool at_statement_ = true;
  bool is_first_ = true;

  Pending pending_ = Pending::kNone;
  bool mention_at_statement_ = false;
  bool mention_at_key_ = false;
  bool mention_behind_jump_ = false;  // `break` or `continue`
  bool string_in_square_ = false;
  Level closed_;
  Level arrow_;  // what is known of an arrow function before its body
  Level body_;   // and of another block, with has_body_
  bool has_body_ = false;

  Level::Role role_ahead_ = Level::Role::kNone;  // of a parenthesis
  bool may_be_dynamic_ = false;                  // behind `eval` and `with`
  bool expects_function_name_ = false;
  bool function_is_operand_ = false;
  bool function_has_name_ = false;
  bool expects_class_name_ = false;
  bool continues_template_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_SOURCE_USE_H_
