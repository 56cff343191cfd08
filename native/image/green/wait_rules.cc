#include "wait_rules.h"

namespace gmr::vm {

namespace {

using Action = WaitStep::Action;

constexpr WaitStep kIgnore{};
constexpr WaitStep kCut{.action = Action::kCut};

constexpr WaitStep Follow(WaitRole role, WaitEffect at_most = WaitEffect::kSettles) {
  return {.action = Action::kFollow, .role = role, .at_most = at_most};
}

constexpr WaitStep End(WaitEndKind end, WaitEffect at_most = WaitEffect::kSettles) {
  return {.action = Action::kEnd, .end = end, .at_most = at_most};
}

// Ends that are the same for all that can be held.
WaitStep StepToEnd(HolderShape shape) {
  switch (shape) {
    case HolderShape::kTimer:
      return End(WaitEndKind::kTimer);
    case HolderShape::kSignal:
      return End(WaitEndKind::kSignal);
    case HolderShape::kRequest:
      return End(WaitEndKind::kRequest);
    case HolderShape::kGlobal:
      return End(WaitEndKind::kGlobal);
    case HolderShape::kModule:
      return End(WaitEndKind::kExports);
    case HolderShape::kUnknown:
      return kCut;
    default:
      return kIgnore;
  }
}

WaitStep StepFromFunction(HolderShape shape) {
  switch (shape) {
    case HolderShape::kVariable:
    case HolderShape::kOuterVariable:
      return Follow(WaitRole::kScope);
    case HolderShape::kGoingOn:
      return End(WaitEndKind::kGoingOn, WaitEffect::kMaySettle);
    case HolderShape::kLocal:
      return End(WaitEndKind::kLocal, WaitEffect::kMaySettle);
    case HolderShape::kBound:
    case HolderShape::kArray:
    case HolderShape::kCell:
      return Follow(WaitRole::kFunction);
    case HolderShape::kFulfilReaction:
      return Follow(WaitRole::kReaction);
    case HolderShape::kRejectReaction:
      return Follow(WaitRole::kReaction, WaitEffect::kMaySettle);
    case HolderShape::kFunctionObject:
    case HolderShape::kPlain:
      return Follow(WaitRole::kEntry);
    case HolderShape::kCollection:
    case HolderShape::kListNode:
    case HolderShape::kWeakTable:
      return Follow(WaitRole::kContainer);
    case HolderShape::kThenable:
      return Follow(WaitRole::kUserland);
    case HolderShape::kClass:
      return Follow(WaitRole::kNamed);
    default:
      return StepToEnd(shape);
  }
}

WaitStep StepFromEntry(HolderShape shape) {
  switch (shape) {
    // The state of a listener that is called once is the receiver of a bound function.
    case HolderShape::kBound:
      return Follow(WaitRole::kFunction);
    case HolderShape::kFulfilReaction:
    case HolderShape::kRejectReaction:
    case HolderShape::kGoingOn:
      return kIgnore;
    case HolderShape::kArray:
    case HolderShape::kCell:
      return Follow(WaitRole::kEntry);
    case HolderShape::kThenable:
      return Follow(WaitRole::kNamed);
    default:
      return StepFromFunction(shape);
  }
}

WaitStep StepFromUserland(HolderShape shape) {
  switch (shape) {
    case HolderShape::kVariable:
    case HolderShape::kOuterVariable:
      return Follow(WaitRole::kScope);
    case HolderShape::kArray:
    case HolderShape::kCell:
    case HolderShape::kThenable:
      return Follow(WaitRole::kUserland);
    case HolderShape::kBound:
      return Follow(WaitRole::kFunction);
    case HolderShape::kLocal:
    case HolderShape::kGlobal:
      return kIgnore;
    // Any other object merely waits for it.
    default:
      return shape == HolderShape::kUnknown ? kCut : kIgnore;
  }
}

// From a container on, its owner is looked for, and no longer who may call something.
WaitStep StepFromContainer(HolderShape shape) {
  switch (shape) {
    case HolderShape::kVariable:
    case HolderShape::kOuterVariable:
      return End(WaitEndKind::kVariable);
    case HolderShape::kLocal:
      return End(WaitEndKind::kLocal, WaitEffect::kMaySettle);
    case HolderShape::kFunctionObject:
      return End(WaitEndKind::kStatic);
    case HolderShape::kArray:
    case HolderShape::kCell:
    case HolderShape::kPlain:
    case HolderShape::kCollection:
    case HolderShape::kListNode:
    case HolderShape::kWeakTable:
      return Follow(WaitRole::kContainer);
    case HolderShape::kThenable:
    case HolderShape::kClass:
      return Follow(WaitRole::kNamed);
    case HolderShape::kBound:
      return kIgnore;
    default:
      return StepToEnd(shape);
  }
}

WaitStep StepFromNamed(HolderShape shape) {
  switch (shape) {
    case HolderShape::kVariable:
    case HolderShape::kOuterVariable:
      return End(WaitEndKind::kVariable);
    case HolderShape::kGlobal:
      return End(WaitEndKind::kGlobal);
    case HolderShape::kModule:
      return End(WaitEndKind::kExports);
    case HolderShape::kFunctionObject:
      return End(WaitEndKind::kStatic);
    case HolderShape::kArray:
    case HolderShape::kCell:
    case HolderShape::kClass:
      return Follow(WaitRole::kNamed);
    // An item of a queue, perhaps.
    case HolderShape::kCollection:
    case HolderShape::kListNode:
      return Follow(WaitRole::kContainer);
    case HolderShape::kPlain:
      return Follow(WaitRole::kItem);
    default:
      return kIgnore;
  }
}

// Variables are ignored: they say less than a class.
WaitStep StepFromItem(HolderShape shape) {
  switch (shape) {
    case HolderShape::kArray:
    case HolderShape::kPlain:
      return Follow(WaitRole::kItem);
    case HolderShape::kClass:
      return Follow(WaitRole::kNamed);
    case HolderShape::kCollection:
    case HolderShape::kListNode:
      return Follow(WaitRole::kContainer);
    default:
      return kIgnore;
  }
}

WaitStep StepFromScope(HolderShape shape) {
  switch (shape) {
    case HolderShape::kClosure:
      return Follow(WaitRole::kFunction);
    case HolderShape::kInnerScope:
      return Follow(WaitRole::kScope);
    case HolderShape::kActivation:
      return End(WaitEndKind::kLocal, WaitEffect::kMaySettle);
    default:
      return kIgnore;
  }
}

}  // namespace

WaitStep StepFor(WaitRole role, HolderShape shape) {
  switch (role) {
    case WaitRole::kPromise:
      // Whoever merely has a promise waits for it like others; a request of Node's own settles it.
      return shape == HolderShape::kRequest ? End(WaitEndKind::kRequest)
             : shape == HolderShape::kArray ? Follow(WaitRole::kPromise)
                                            : kIgnore;
    case WaitRole::kFunction:
      return StepFromFunction(shape);
    case WaitRole::kEntry:
      return StepFromEntry(shape);
    case WaitRole::kUserland:
      return StepFromUserland(shape);
    case WaitRole::kContainer:
      return StepFromContainer(shape);
    case WaitRole::kItem:
      return StepFromItem(shape);
    case WaitRole::kNamed:
      return StepFromNamed(shape);
    case WaitRole::kScope:
      return StepFromScope(shape);
    case WaitRole::kReaction:
    case WaitRole::kEnd:
      break;
  }
  return kIgnore;
}

}  // namespace gmr::vm
