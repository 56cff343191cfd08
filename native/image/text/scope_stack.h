// ScopeStack: the brackets that are open at a place of a script, and what was found in them.
//
// Owns:        a fixed number of levels.
// Threads:     one at a time.
// Signal-safe: yes.
// Lifetime:    of a search.
//
// Whether `(a, b)` is a list of parameters shows only behind it, and whether `{ a }` is a pattern as well. So
// what stands where a pattern would declare it is a candidate until its bracket has ended.
#ifndef GMR_NATIVE_IMAGE_TEXT_SCOPE_STACK_H_
#define GMR_NATIVE_IMAGE_TEXT_SCOPE_STACK_H_

#include <cstddef>
#include <cstdint>

namespace gmr::vm {

struct ScopeLevel {
  enum class Kind : uint8_t {
    kBlock,  // of statements; also the whole source
    kClass,
    kObject,  // a literal or a pattern
    kParen,
    kSquare,
    kTemplate,   // a placeholder
    kArrowBody,  // an expression behind =>; has no bracket
    kStatement,  // of a loop; has no bracket
  };
  // What stands before a parenthesis, or class.
  enum class Role : uint8_t { kNone, kCondition, kLoop, kCatch, kParameters };
  enum class Declaring : uint8_t { kNone, kInBlock, kInFunction };

  Kind kind = Kind::kBlock;
  Role role = Role::kNone;
  Declaring declaring = Declaring::kNone;
  bool is_function = false;  // a scope of `var`
  bool is_arrow = false;
  bool is_operand = false;  // a function or class that is part of an expression
  bool declares = false;    // the name that is searched for
  bool in_initializer = false;
  bool at_key = false;          // of an object, where a key would begin
  bool names_function = false;  // of parameters: of a function expression with the name
  bool awaits_class = false;    // `class`, and its body has not begun
  bool class_is_operand = false;
  bool class_declares = false;
  uint16_t conditionals = 0;  // `?` without its `:`
  uint32_t uses = 0;
  uint32_t candidates = 0;
  uint32_t keys = 0;  // of a pattern, if it is one

  bool IsPattern() const {
    return (kind == Kind::kParen || kind == Kind::kSquare || kind == Kind::kObject) && !in_initializer;
  }
  bool IsUnbracketed() const { return kind == Kind::kArrowBody || kind == Kind::kStatement; }
  bool ExpectsBinding() const { return declaring != Declaring::kNone && !in_initializer; }
};

class ScopeStack {
 public:
  // The whole source is a function.
  void Reset();

  ScopeLevel& top() { return levels_[depth_]; }
  bool IsWhole() const { return depth_ == 0; }
  // Deeper than it has room for.
  bool is_full() const { return is_full_; }

  void Push(const ScopeLevel& level);
  // Removes the top level, and returns it.
  ScopeLevel Pop();
  // Adds what was found in a scope that has ended to the one around it.
  void EndScope(const ScopeLevel& scope);
  // Ends the bodies of arrow functions that are expressions, and with them statements of loops.
  void EndBodies(bool with_statements);

  // The name is mentioned here, where a pattern would declare it.
  void Mention();
  void Declare(ScopeLevel::Declaring how);

 private:
  static constexpr size_t kMaxDepth = 255;

  size_t depth_ = 0;
  bool is_full_ = false;
  ScopeLevel levels_[kMaxDepth + 1];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_SCOPE_STACK_H_
