#include "async_places.h"

#include <cstring>

#include "../../base/containers/index_table.h"

namespace gmr::vm {

namespace {

using platform::kNoIndex;

uint64_t Mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

uint64_t Mix(uint64_t hash, const char* text) {
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<uint8_t>(*text)) * 0x100000001b3u;
  return Mix(hash, uint64_t{0xff});
}

constexpr int kMaxScopes = 16;

bool StartsWith(const char* text, const char* start) {
  return std::strncmp(text, start, std::strlen(start)) == 0;
}

// 0 is no key of a table.
uint64_t NotZero(uint64_t hash) { return hash == 0 ? 1 : hash; }

bool IsInBytecode(const HeapReader& heap, Tagged bytecode, int32_t offset) {
  int32_t length = 0;
  return heap.LoadSmi(bytecode, heap.layout().bytecode_length, &length) && offset >= 0 && offset < length;
}

AsyncFrameKind KindOf(SuspendedKind kind) {
  switch (kind) {
    case SuspendedKind::kAsyncGenerator:
      return AsyncFrameKind::kAsyncGenerator;
    case SuspendedKind::kDrivenGenerator:
      return AsyncFrameKind::kDrivenGenerator;
    case SuspendedKind::kCallback:
    case SuspendedKind::kHeldCallback:
      return AsyncFrameKind::kCallback;
    case SuspendedKind::kAsyncFunction:
      break;
  }
  return AsyncFrameKind::kAsyncFunction;
}

}  // namespace

AsyncPlaces::AsyncPlaces(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings,
                         platform::Arena* arena)
    : heap_(heap),
      layout_(layout),
      scripts_(heap, strings),
      functions_(heap, strings, &scripts_),
      classes_(heap, strings, &functions_),
      scopes_(heap, layout, strings),
      code_(heap, strings, &scripts_, arena) {}

void AsyncPlaces::Reset() {
  scripts_.Reset();
  functions_.Reset();
  scopes_.Reset();
  code_.Reset();
  places_.Truncate(0);
  by_key_.Clear();
  by_text_.Clear();
  searched_functions_ = 0;
  full_ = false;
}

bool AsyncPlaces::IsBefore(uint32_t a, uint32_t b) const {
  if (a == kNoIndex || b == kNoIndex) return a < b;
  const AsyncPlace& first = places_[a];
  const AsyncPlace& second = places_[b];
  const int files = std::strcmp(first.file, second.file);
  if (files != 0) return files < 0;
  return first.line != second.line ? first.line < second.line : first.column < second.column;
}

uint64_t AsyncPlaces::KeyOf(Tagged shared, int32_t position, Tagged receiver_map) const {
  const auto offset = static_cast<uint64_t>(static_cast<uint32_t>(position));
  return NotZero(Mix(Mix(Mix(0, shared.bits()), offset), receiver_map.bits()));
}

uint32_t AsyncPlaces::Find(const SuspendedObject& suspended) {
  Tagged shared;
  Tagged receiver = suspended.receiver;
  Tagged receiver_map;
  if (IsCallback(suspended.kind)) return FindCallback(suspended.function);
  if (!heap_->Load(suspended.function, heap_->layout().function_shared, &shared)) return kNoIndex;
  // A static method's object is the class itself.
  if (heap_->IsFunction(&receiver)) {
    receiver_map = receiver;
  } else if (receiver.IsObject()) {
    heap_->MapOf(receiver, &receiver_map);
  }
  const uint64_t key = KeyOf(shared, suspended.position, receiver_map);
  const uint32_t* known = by_key_.Find(key);
  if (known != nullptr) return *known;
  uint32_t index = Read(suspended.function, &suspended);
  if (!by_key_.Insert(key, index, &index)) full_ = true;
  return index;
}

uint32_t AsyncPlaces::FindCallback(Tagged function) {
  Tagged shared;
  if (!heap_->Load(function, heap_->layout().function_shared, &shared)) return kNoIndex;
  const uint64_t key = KeyOf(shared, -1, Tagged());
  const uint32_t* known = by_key_.Find(key);
  if (known != nullptr) return *known;
  uint32_t index = Read(function, nullptr);
  if (!by_key_.Insert(key, index, &index)) full_ = true;
  return index;
}

uint32_t AsyncPlaces::Read(Tagged function, const SuspendedObject* suspended) {
  FunctionInfo info;
  AsyncPlace place;
  if (!functions_.FindByFunction(function, &info)) return kNoIndex;
  place.name = info.name;
  place.file = info.file;
  place.is_eval = info.is_eval;
  place.is_own = std::strcmp(info.file, kSelfTestFile) == 0;
  int32_t script_offset = info.start_position;
  place.kind = AsyncFrameKind::kCallback;
  if (suspended != nullptr) {
    // Only what has bytecode can be suspended in it.
    if (!info.bytecode.IsObject()) return kNoIndex;
    place.kind = KindOf(suspended->kind);
    place.class_name = classes_.PrefixOf(suspended->receiver, place.name);
    const int32_t offset = suspended->position - (heap_->layout().bytecode_data - 1);
    place.is_function_line = suspended->position == kUnknownPosition;
    // The remains of a call, whose function V8 has moved: what is there now is another one.
    if (!place.is_function_line && !IsInBytecode(*heap_, info.bytecode, offset)) return kNoIndex;
    if (!place.is_function_line && !FindBytecodePosition(*heap_, info.bytecode, offset, &script_offset))
      script_offset = -1;
  }
  if (*place.name == '\0') {
    place.enclosing_name = NameAround(info);
    if (*place.enclosing_name == '\0') place.enclosing_name = EnclosingName(function);
  }
  if (script_offset >= 0 && !scripts_.Locate(info.script, script_offset, &place.line, &place.column))
    place.line = place.column = 0;
  const bool is_users = info.has_script && !StartsWith(info.file, "node:");
  place.is_user_code = is_users && !StartsWith(info.file, "gmr:");
  place.is_in_package = std::strstr(info.file, "node_modules/") != nullptr;
  if (is_users) place.at = {info.script, script_offset, info.start_position, place.line, place.column};
  return Intern(place);
}

// The script's functions in the order in which they begin, as far as V8 still has them;
// src/objects/script.tq.
bool AsyncPlaces::FindFunctionsOf(Tagged script, Tagged* functions) const {
  for (int32_t i = 1; i <= kMaxScriptFields; ++i) {
    if (!heap_->Load(script, i * static_cast<int32_t>(sizeof(uint64_t)), functions)) return false;
    if (functions->IsObject() && heap_->Is(functions, heap_->layout().type_weak_fixed_array)) return true;
  }
  return false;
}

// The name of the innermost named function whose source contains that of `inner`. "": none was found.
const char* AsyncPlaces::NameAround(const FunctionInfo& inner) {
  Tagged functions;
  Tagged one;
  if (!inner.has_script || inner.start_position < 0 || !FindFunctionsOf(inner.script, &functions)) return "";
  const int32_t length = heap_->LengthOf(functions);
  int32_t at = 0;
  while (at < length && searched_functions_ < kMaxSearchedFunctions &&
         heap_->LoadElement(functions, at, &one) && one.Strong() != inner.shared) {
    ++searched_functions_;
    ++at;
  }
  if (at >= length) return "";
  FunctionText text{inner.shared, inner.script, inner.start_position, inner.end_position};
  while (--at > 0 && searched_functions_++ < kMaxSearchedFunctions) {
    FunctionText around;
    FunctionInfo info;
    if (!heap_->LoadElement(functions, at, &one) || !one.Strong().IsObject() ||
        !FindFunctionText(*heap_, one.Strong(), &around) || around.script != inner.script ||
        around.start >= text.start || around.end < text.end)
      continue;
    // V8's own functions, as <instance_members_initializer>, are in no source.
    if (functions_.Find(around.shared, &info) && *info.name != '\0' && *info.name != '<') return info.name;
    text = around;
  }
  return "";
}

// V8 leaves out functions without variables that closures use: then the function around that one is found.
const char* AsyncPlaces::EnclosingName(Tagged function) {
  Tagged context;
  if (!heap_->Load(function, layout_->function_context, &context)) return "";
  for (int i = 0; i < kMaxScopes; ++i) {
    Scope scope;
    if (!scopes_.Read(context, &scope) || scope.is_top_level) return "";
    if (*scope.function_name != '\0') return scope.function_name;
    if (!heap_->Load(context, layout_->context_previous, &context)) return "";
  }
  return "";
}

void AsyncPlaces::ReadCode(uint32_t index) {
  AsyncPlace& place = places_[index];
  if (place.code != nullptr || !place.at.script.IsObject()) return;
  place.code = code_.Read(place.at);
  place.is_code_young = HasYoungSource(place.at.script);
}

bool AsyncPlaces::HasYoungSource(Tagged script) const {
  Tagged source;
  uint64_t flags = 0;
  if (layout_->page_flags < 0 || !heap_->Load(script, heap_->layout().script_source, &source)) return true;
  const Tagged page = Tagged::At(source.Slot(0).AlignedDown(kPageBytes));
  return !heap_->memory().Load(page.Slot(layout_->page_flags), &flags) ||
         (flags & (kPageIsFromSpace | kPageIsToSpace)) != 0;
}

// A file that was loaded more than once has a script for each time.
bool AsyncPlaces::IsSameText(const CodePlace& a, const CodePlace& b) {
  if (a.script == b.script) return true;
  FlatString sources[2];
  SourceWindow windows[2];
  return scripts_.SourceOf(a.script, &sources[0]) && scripts_.SourceOf(b.script, &sources[1]) &&
         sources[0].length == sources[1].length && a.offset == b.offset && a.offset >= 0 &&
         windows[0].Read(&heap_->memory(), sources[0], static_cast<uint32_t>(a.offset)) &&
         windows[1].Read(&heap_->memory(), sources[1], static_cast<uint32_t>(b.offset)) &&
         windows[0].Equals(windows[1]);
}

// The interpreter and its successor count offsets differently: what reads the
// same is the same.
uint32_t AsyncPlaces::Intern(const AsyncPlace& place) {
  uint64_t hash = Mix(Mix(Mix(0, place.name), place.class_name), place.file);
  hash = Mix(hash, place.enclosing_name);
  hash = Mix(hash, static_cast<uint64_t>(static_cast<uint32_t>(place.line)));
  hash = Mix(hash, static_cast<uint64_t>(static_cast<uint32_t>(place.column)));
  hash = NotZero(Mix(hash, static_cast<uint64_t>(place.kind)));
  auto index = static_cast<uint32_t>(places_.size());
  const uint32_t* known = by_text_.Find(hash);
  if (known != nullptr) {
    if (*known < places_.size() && !IsSameText(places_[*known].at, place.at))
      places_[*known].at = CodePlace();
    return *known;
  }
  if (!places_.Append(place) || !by_text_.Insert(hash, index, &index)) {
    full_ = true;
    return kNoIndex;
  }
  return index;
}

}  // namespace gmr::vm
