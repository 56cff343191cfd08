#include "holder_kinds.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string_view>

#include "../../base/clock.h"
#include "../../base/containers/index_table.h"
#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxPropertyBytes = 120;

// Classes of Node's own whose name alone says little, and what to say of them.
struct KnownHolder {
  const char* class_name;
  const char* label;
  const char* properties[3];
};
constexpr KnownHolder kRequests[] = {
    {"FSReqPromise", "fs request", {}},
    {"FSReqCallback", "fs request", {}},
    {"ReadFileJob", "fs request", {}},
    {"GetAddrInfoReqWrap", "DNS lookup", {"hostname"}},
    {"QueryReqWrap", "DNS query", {"hostname"}},
    {"ClientRequest", "http request", {"method", "host", "path"}},
    {"Request", "http request", {"method", "origin", "path"}},
    {"ChildProcess", "child process", {"spawnfile", "pid"}},
    {"Worker", "worker", {}},
    {"MessagePort", "MessagePort", {}},
};

struct KnownShape {
  const char* class_name;
  HolderShape shape;
};
constexpr KnownShape kShapes[] = {
    {"", HolderShape::kPlain},
    {"Object", HolderShape::kPlain},
    {"Arguments", HolderShape::kPlain},
    {"Listener", HolderShape::kPlain},  // of an EventTarget
    {"Array", HolderShape::kCollection},
    {"Map", HolderShape::kCollection},
    {"Set", HolderShape::kCollection},
    {"SafeMap", HolderShape::kCollection},
    {"SafeSet", HolderShape::kCollection},
    {"Array Iterator", HolderShape::kNothing},
    {"Map Iterator", HolderShape::kNothing},
    {"Set Iterator", HolderShape::kNothing},
    {"FixedQueue", HolderShape::kCollection},
    {"FixedCircularBuffer", HolderShape::kListNode},
    {"Timeout", HolderShape::kTimer},
    {"Immediate", HolderShape::kTimer},
    {"AbortSignal", HolderShape::kSignal},
    {"Module", HolderShape::kModule},
    {"WeakRef", HolderShape::kNothing},
    {"WeakSet", HolderShape::kNothing},
    {"FinalizationRegistry", HolderShape::kNothing},
};

bool Is(const char* name, const char* other) { return std::strcmp(name, other) == 0; }

// The program may have classes of the same names.
bool IsOfNode(const HolderClass& of) { return *of.file == '\0' || std::strncmp(of.file, "node:", 5) == 0; }

const KnownHolder* FindRequest(const HolderClass& of) {
  if (!IsOfNode(of)) return nullptr;
  const auto* known = std::find_if(std::begin(kRequests), std::end(kRequests),
                                   [&](const auto& other) { return Is(of.name, other.class_name); });
  return known == std::end(kRequests) ? nullptr : known;
}

// Not each object with a then() is one: queries and transactions have one too, and are what is waited for.
bool IsPromiseName(std::string_view name) {
  return name.find("Promise") != name.npos || name.find("Deferred") != name.npos;
}

}  // namespace

void HolderKinds::Reset() { std::fill(std::begin(known_), std::end(known_), Known()); }

bool HolderKinds::ReadNumber(Tagged object, const char* property, double* number) const {
  Tagged value;
  uint64_t bits = 0;
  if (!ReadOwnProperty(*heap_, *strings_, object, property, &value)) return false;
  if (value.IsSmi()) {
    *number = value.ToSmi();
    return true;
  }
  if (!heap_->Is(&value, layout_->type_heap_number)) return false;
  if (!heap_->memory().Load(value.Slot(layout_->heap_number_value), &bits)) return false;
  std::memcpy(number, &bits, sizeof bits);
  return true;
}

// Node keeps when a timer was started, by the loop's clock since the start of
// the environment, and for how long. It is over when it has fired or was cleared: nothing waits for it any
// more.
HeldTimer HolderKinds::ReadTimer(Tagged object) const {
  HeldTimer timer;
  double start = 0;
  Tagged destroyed;
  int32_t kind = -1;
  const bool has_ended = ReadOwnProperty(*heap_, *strings_, object, "_destroyed", &destroyed) &&
                         heap_->Is(&destroyed, layout_->type_oddball) &&
                         heap_->LoadSmi(destroyed, layout_->oddball_kind, &kind) &&
                         kind == layout_->oddball_true;
  const bool has_timeout = ReadNumber(object, "_idleTimeout", &timer.after_ms);
  double repeat_ms = -1;
  timer.repeats = ReadNumber(object, "_repeat", &repeat_ms) && repeat_ms > 0;
  timer.is_over = has_ended || (has_timeout && timer.after_ms < 0);
  if (has_timeout && anchors_->timer_base_ms >= 0 && ReadNumber(object, "_idleStart", &start)) {
    const double now = platform::MsBetween(0, platform::MonotonicNs()) - anchors_->timer_base_ms;
    timer.left_ms = std::max(0.0, start + timer.after_ms - now);
  }
  return timer;
}

// It will not call its listeners again. lib/internal/abort_controller.js
bool HolderKinds::IsAborted(Tagged signal) const {
  Tagged aborted;
  int32_t kind = -1;
  return ReadOwnDescribed(*heap_, *strings_, signal, "kAborted", &aborted) &&
         heap_->Is(&aborted, layout_->type_oddball) &&
         heap_->LoadSmi(aborted, layout_->oddball_kind, &kind) && kind == layout_->oddball_true;
}

const char* HolderKinds::DescribeRequest(Tagged object, const HolderClass& of, bool with_values) const {
  const KnownHolder* known = FindRequest(of);
  if (known == nullptr) return "";
  char text[kMaxText];
  auto length = static_cast<size_t>(std::snprintf(text, sizeof text, "%s", known->label));
  for (const char* property : known->properties) {
    Tagged value;
    if (!with_values || property == nullptr || !ReadOwnProperty(*heap_, *strings_, object, property, &value))
      continue;
    int added = 0;
    if (value.IsSmi()) {
      added = std::snprintf(text + length, sizeof text - length, " %d", value.ToSmi());
    } else {
      const char* string = strings_->Copy(value, kMaxPropertyBytes);
      if (string == nullptr) continue;
      // Values in a URL may be secrets.
      const int shown =
          static_cast<int>(std::string_view(string).substr(0, std::strcspn(string, "?")).size());
      added = std::snprintf(text + length, sizeof text - length, " %.*s", shown, string);
    }
    length = std::min(sizeof text - 1, length + static_cast<size_t>(std::max(0, added)));
  }
  return strings_->Keep(text);
}

// A class of promises has then() on its prototype.
bool HolderKinds::HasThen(Tagged object) const {
  Tagged map;
  Tagged then;
  for (int i = 0; i < kMaxPrototypes; ++i) {
    if (!heap_->MapOf(object, &map) || !heap_->Load(map, heap_->layout().map_prototype, &object))
      return false;
    if (heap_->TypeOf(&object) < heap_->layout().type_first_receiver) return false;
    if (ReadOwnProperty(*heap_, *strings_, object, "then", &then)) return heap_->IsFunction(&then);
  }
  return false;
}

// A list node refers to another object of its class or, if it is the last one, to none. An object with more
// properties than its content and its place in the list is not a mere node.
bool HolderKinds::IsListNode(Tagged object) const {
  Tagged map;
  Tagged next;
  Tagged map_of_next;
  const uint32_t properties = OwnProperties(*heap_, object);
  if (properties < 2 || properties > kMaxNodeProperties) return false;
  if (!ReadOwnProperty(*heap_, *strings_, object, "next", &next) &&
      !ReadOwnProperty(*heap_, *strings_, object, "_next", &next))
    return false;
  const int32_t type = heap_->TypeOf(&next);
  if (type == layout_->type_oddball) return true;
  return type >= heap_->layout().type_first_receiver && heap_->MapOf(object, &map) &&
         heap_->MapOf(next, &map_of_next) && map == map_of_next;
}

// Objects without a class are recognised as nodes by the names of their properties, or by their like behind
// them.
bool HolderKinds::HasListData(Tagged object) const {
  constexpr const char* kNames[] = {"data", "value", "item", "prev", "previous", "resolve", "callback"};
  Tagged next;
  const bool has_next = ReadOwnProperty(*heap_, *strings_, object, "next", &next) &&
                        heap_->TypeOf(&next) >= heap_->layout().type_first_receiver;
  if (has_next) return true;
  Tagged value;
  return std::any_of(std::begin(kNames), std::end(kNames), [&](const char* name) {
    return ReadOwnProperty(*heap_, *strings_, object, name, &value);
  });
}

HolderShape HolderKinds::ShapeOf(Tagged object, const HolderClass& named) const {
  const auto* known = std::find_if(std::begin(kShapes), std::end(kShapes),
                                   [&](const auto& other) { return Is(named.name, other.class_name); });
  const bool is_of_node_only = known != std::end(kShapes) &&
                               (known->shape == HolderShape::kTimer || known->shape == HolderShape::kModule);
  if (known != std::end(kShapes) && (!is_of_node_only || IsOfNode(named))) return known->shape;
  if (FindRequest(named) != nullptr) return HolderShape::kRequest;
  return IsPromiseName(named.name) && HasThen(object) ? HolderShape::kThenable : HolderShape::kClass;
}

HolderClass HolderKinds::Of(Tagged object) {
  Tagged map;
  if (!heap_->MapOf(object, &map)) return {};
  Known& known = known_[map.bits() / 8 % kKnown];
  if (known.map != map) {
    known.map = map;
    known.answer = {};
    known.answer.name = classes_.NameOf(object);
    known.answer.file = classes_.FileOf(object);
    known.answer.shape = ShapeOf(object, known.answer);
  }
  HolderClass answer = known.answer;
  if (answer.shape == HolderShape::kPlain && IsListNode(object) && HasListData(object)) {
    answer.shape = HolderShape::kListNode;
  }
  if (answer.shape == HolderShape::kClass && IsListNode(object)) answer.shape = HolderShape::kListNode;
  const bool is_over = (answer.shape == HolderShape::kTimer && ReadTimer(object).is_over) ||
                       (answer.shape == HolderShape::kSignal && IsAborted(object));
  if (is_over) answer.shape = HolderShape::kNothing;
  return answer;
}

bool HolderKinds::IsPromiseHelper(const HolderClass& of, const HolderClass& promise) {
  const std::string_view file = of.file;
  const std::string_view other = promise.file;
  const size_t folder = file.rfind('/');
  return promise.shape == HolderShape::kThenable && IsPromiseName(of.name) && folder != file.npos &&
         other.rfind('/') == folder && file.substr(0, folder) == other.substr(0, folder);
}

HolderClass HolderKinds::OfNow(Tagged object) {
  Tagged map;
  if (heap_->MapOf(object, &map)) known_[map.bits() / 8 % kKnown] = Known();
  return Of(object);
}

uint32_t HolderKinds::PlaceOf(Tagged function) {
  const uint32_t index = places_->FindCallback(function);
  if (index == platform::kNoIndex) return index;
  const AsyncPlace& place = (*places_)[index];
  // V8's own functions, as those of finally(), have no script; nor has what only looks like a function.
  return *place.file == '\0' && !place.is_eval ? platform::kNoIndex : index;
}

}  // namespace gmr::vm
