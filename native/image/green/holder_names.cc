#include "holder_names.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

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
constexpr KnownHolder kKnownHolders[] = {
    {"Immediate", "setImmediate", {}},
    {"FSReqPromise", "fs request", {}},
    {"FSReqCallback", "fs request", {}},
    {"ReadFileJob", "fs request", {}},
    {"GetAddrInfoReqWrap", "DNS lookup", {"hostname"}},
    {"QueryReqWrap", "DNS query", {"hostname"}},
    {"ClientRequest", "http request", {"method", "host", "path"}},
    {"ChildProcess", "child process", {"spawnfile", "pid"}},
    {"Worker", "worker", {}},
    {"MessagePort", "MessagePort", {}},
    {"AbortSignal", "AbortSignal", {}},
};

// Containers that say nothing of what they are for.
constexpr const char* kPlain[] = {"Arguments", "",        "Object",   "Array",   "Function",
                                  "Map",       "Set",     "WeakMap",  "WeakRef", "Listener",
                                  "SafeMap",   "SafeSet", "Arguments"};

}  // namespace

const char* HolderNames::Copy(const char* text) const { return strings_->Keep(text); }

bool HolderNames::ReadNumber(Tagged object, const char* property, double* number) const {
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
// the environment, and for how long. "": it has fired or was cleared, and nothing waits for it any more.
const char* HolderNames::OfTimer(Tagged object) {
  char text[kMaxText];
  double timeout = 0;
  double start = 0;
  if (!ReadNumber(object, "_idleTimeout", &timeout)) return "timer";
  Tagged destroyed;
  int32_t kind = -1;
  const bool has_ended = ReadOwnProperty(*heap_, *strings_, object, "_destroyed", &destroyed) &&
                         heap_->Is(&destroyed, layout_->type_oddball) &&
                         heap_->LoadSmi(destroyed, layout_->oddball_kind, &kind) &&
                         kind == layout_->oddball_true;
  if (timeout < 0 || has_ended) return "";
  const int length = std::snprintf(text, sizeof text, "timer %.0f ms", timeout);
  if (anchors_->timer_base_ms >= 0 && ReadNumber(object, "_idleStart", &start)) {
    const double now = platform::MsBetween(0, platform::MonotonicNs()) - anchors_->timer_base_ms;
    const double left = std::max(0.0, start + timeout - now);
    std::snprintf(text + length, sizeof text - static_cast<size_t>(length), " (%.0f ms left)", left);
  }
  return Copy(text);
}

const char* HolderNames::WithProperties(Tagged object, const char* label, const char* const* properties) {
  char text[kMaxText];
  auto length = static_cast<size_t>(std::snprintf(text, sizeof text, "%s", label));
  for (int i = 0; i < 3 && properties[i] != nullptr; ++i) {
    Tagged value;
    if (!ReadOwnProperty(*heap_, *strings_, object, properties[i], &value)) continue;
    int added = 0;
    if (value.IsSmi()) {
      added = std::snprintf(text + length, sizeof text - length, " %d", value.ToSmi());
    } else {
      const char* string = strings_->Copy(value, kMaxPropertyBytes);
      if (string == nullptr) continue;
      added = std::snprintf(text + length, sizeof text - length, " %s", string);
    }
    length = std::min(sizeof text - 1, length + static_cast<size_t>(std::max(0, added)));
  }
  return Copy(text);
}

HolderName HolderNames::OfObject(Tagged object) {
  const char* name = classes_.NameOf(object);
  if (std::strcmp(name, "Timeout") == 0) {
    const char* const timer = OfTimer(object);
    return *timer == '\0' ? HolderName{name, false} : HolderName{timer, true};
  }
  for (const KnownHolder& known : kKnownHolders) {
    if (std::strcmp(name, known.class_name) == 0)
      return {WithProperties(object, known.label, known.properties), true, true};
  }
  const bool plain = std::any_of(std::begin(kPlain), std::end(kPlain),
                                 [&](const char* other) { return std::strcmp(name, other) == 0; });
  return {*name == '\0' ? "object" : name, !plain};
}

const char* HolderNames::OfCallback(Tagged function, bool* is_own) {
  char text[kMaxText];
  const uint32_t index = places_->FindCallback(function);
  if (index == platform::kNoIndex) return "";
  const AsyncPlace& place = (*places_)[index];
  // V8's own functions, as those of finally(), have no script; nor has what only looks like a function.
  if (*place.file == '\0' && !place.is_eval) return "";
  *is_own = std::strncmp(place.file, "node:", 5) == 0;
  std::snprintf(text, sizeof text, "callback %s (%s:%d:%d)", *place.name == '\0' ? "<anonymous>" : place.name,
                place.file, place.line, place.column);
  return Copy(text);
}

}  // namespace gmr::vm
