#include "scope_stack.h"

namespace gmr::vm {

using Kind = ScopeLevel::Kind;
using Declaring = ScopeLevel::Declaring;

void ScopeStack::Reset() {
  depth_ = 0;
  is_full_ = false;
  levels_[0] = ScopeLevel();
  levels_[0].is_function = true;
}

void ScopeStack::Push(const ScopeLevel& level) {
  is_full_ = is_full_ || depth_ == kMaxDepth;
  if (!is_full_) levels_[++depth_] = level;
}

ScopeLevel ScopeStack::Pop() { return levels_[depth_ == 0 ? 0 : depth_--]; }

void ScopeStack::EndScope(const ScopeLevel& scope) {
  if (!scope.declares) top().uses += scope.uses + scope.candidates;
}

void ScopeStack::EndBodies(bool with_statements) {
  while (top().kind == Kind::kArrowBody || (with_statements && top().kind == Kind::kStatement)) {
    EndScope(Pop());
  }
}

void ScopeStack::Mention() {
  ScopeLevel& level = top();
  if (level.IsPattern() && level.declaring == Declaring::kNone) {
    ++level.candidates;
  } else if (level.ExpectsBinding()) {
    Declare(level.declaring);
  } else {
    ++level.uses;
  }
}

void ScopeStack::Declare(Declaring how) {
  size_t depth = depth_;
  for (; depth > 0; --depth) {
    const ScopeLevel& level = levels_[depth];
    const bool is_loop = level.kind == Kind::kParen && level.role == ScopeLevel::Role::kLoop;
    if (how == Declaring::kInFunction ? level.is_function : level.kind == Kind::kBlock || is_loop) break;
  }
  levels_[depth].declares = true;
}

}  // namespace gmr::vm
