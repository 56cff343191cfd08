// StepFor: where the search for what settles a promise goes on, and where it ends.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    functions of plain values.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_RULES_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_RULES_H_

#include "wait_nodes.h"

namespace gmr::vm {

// What a holder is to what it holds.
enum class HolderShape : uint8_t {
  kNothing,         // it says nothing: a weak reference, a key, a timer that has ended
  kUnknown,         // nothing that is known of
  kVariable,        // a slot of a scope
  kOuterVariable,   // the same, of a scope of a whole file
  kClosure,         // of a scope: a function that was made in it
  kInnerScope,      // of a scope: one inside of it
  kActivation,      // of a scope: the suspended function whose variables it has
  kGoingOn,         // of a function: its suspended call
  kLocal,           // a suspended function, in a temporary variable
  kBound,           // a function made by bind()
  kFulfilReaction,  // of a pending promise
  kRejectReaction,
  kArray,           // in which an object keeps its elements or properties
  kCell,            // between a variable and its value
  kGlobal,          // a property of the global object
  kModule,          // of CommonJS, for what it exports
  kWeakTable,       // of a WeakMap, for a key, or a cell of a FinalizationRegistry
  kFunctionObject,  // a function with a property
  kPlain,           // a plain object
  kCollection,      // an Array, Map or Set
  kListNode,
  kThenable,  // an object with a then() of its own
  kTimer,
  kSignal,
  kRequest,
  kClass,  // an object of any other class
};

struct WaitStep {
  enum class Action : uint8_t { kIgnore, kFollow, kEnd, kCut };

  Action action = Action::kIgnore;
  WaitRole role = WaitRole::kEnd;
  WaitEndKind end = WaitEndKind::kNone;
  WaitEffect at_most = WaitEffect::kSettles;
};

// `role` is that of what is held; of a scope it is kScope whatever its variable has.
WaitStep StepFor(WaitRole role, HolderShape shape);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_RULES_H_
