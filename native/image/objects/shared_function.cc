#include "shared_function.h"

#include <algorithm>

#include "../text/call_arguments.h"
#include "own_name.h"
#include "scope_info.h"
#include "source_window.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxNameBytes = 512;
// What is read of the source in front of a function: the rest of a usual statement.
constexpr uint32_t kMaxUnitsBefore = 512;
// The wrapper's only field, SharedFunctionInfoWrapper in shared-function-info.tq.
constexpr int32_t kWrappedFunction = 8;

bool Unwrap(const HeapReader& heap, Tagged* object) {
  const Layout& layout = heap.layout();
  if (heap.Is(object, layout.type_shared_wrapper) && !heap.Load(*object, kWrappedFunction, object)) {
    return false;
  }
  return heap.Is(object, layout.type_shared);
}

bool LoadScript(const HeapReader& heap, Tagged shared, Tagged* script) {
  const Layout& layout = heap.layout();
  if (!heap.Load(shared, layout.shared_script, script)) return false;
  // While a debugger holds breakpoints in it, up to V8 11.
  return !heap.Is(script, layout.type_debug_info) || heap.Load(*script, layout.debug_info_script, script);
}

// Of a function that was never called: V8 knows where it is, and no more.
bool ReadUncompiled(const HeapReader& heap, Tagged data, int32_t* start, int32_t* end) {
  const Layout& layout = heap.layout();
  const int32_t type = heap.TypeOf(&data);
  if (type < 0 || type < layout.type_first_uncompiled || type > layout.type_last_uncompiled) return false;
  if (!heap.LoadInt32(data, layout.uncompiled_start, start) || *start < 0) *start = -1;
  if (layout.uncompiled_end < 0 || !heap.LoadInt32(data, layout.uncompiled_end, end) || *end < *start)
    *end = -1;
  return true;
}

// Since V8 13 there is a second field for what is not in the trusted space.
bool FindUncompiled(const HeapReader& heap, Tagged shared, int32_t* start, int32_t* end) {
  const int32_t field = heap.layout().shared_data;
  Tagged data;
  Tagged second;
  if (!heap.Load(shared, field, &data)) return false;
  return ReadUncompiled(heap, data, start, end) ||
         (heap.Load(shared, field + 8, &second) && ReadUncompiled(heap, second, start, end));
}

}  // namespace

bool FindFunctionText(const HeapReader& heap, Tagged object, FunctionText* text) {
  Tagged name;
  ScopeInfo scope(&heap);
  if (heap.IsFunction(&object) && !heap.Load(object, heap.layout().function_shared, &object)) return false;
  if (!Unwrap(heap, &object) || !LoadScript(heap, object, &text->script)) return false;
  if (!heap.Is(&text->script, heap.layout().type_script)) return false;
  text->shared = object;
  if (heap.Load(object, heap.layout().shared_name, &name) && scope.Read(name)) {
    text->start = scope.start_position();
    text->end = scope.end_position();
  }
  if (text->start < 0) FindUncompiled(heap, object, &text->start, &text->end);
  return text->start >= 0 && text->end >= text->start;
}

void FunctionTable::Reset() {
  for (Slot& slot : slots_) slot.used = false;
}

bool ReadFunctionName(const HeapReader& heap, Tagged function, Tagged* name) {
  Tagged shared;
  if (!heap.IsFunction(&function) || !heap.Load(function, heap.layout().function_shared, &shared) ||
      !Unwrap(heap, &shared) || !heap.Load(shared, heap.layout().shared_name, name))
    return false;
  ScopeInfo scope(&heap);
  if (scope.Read(*name)) *name = scope.name();
  return name->IsObject();
}

bool FunctionTable::Find(Tagged object, FunctionInfo* info) {
  if (!Unwrap(*heap_, &object)) return false;
  Slot& slot = slots_[object.bits() / 64 % kSlots];
  if (!slot.used || slot.key != object) {
    slot.used = true;
    slot.key = object;
    slot.info = FunctionInfo();
    slot.info.shared = object;
    ReadName(object, &slot.info);
    ReadScript(object, &slot.info);
    ReadInferredName(object, &slot.info);
    ReadData(object, &slot.info);
  }
  *info = slot.info;
  return true;
}

bool FunctionTable::FindByFunction(Tagged function, FunctionInfo* info) {
  Tagged shared;
  if (!heap_->IsFunction(&function)) return false;
  if (!heap_->Load(function, heap_->layout().function_shared, &shared) || !Find(shared, info)) return false;
  const char* own_name = ReadOwnName(*heap_, *strings_, function);
  if (own_name != nullptr) {
    info->name = own_name;
    info->false_name = "";
  }
  return true;
}

// A function that was never compiled has its name in place; else it is in the
// ScopeInfo.
void FunctionTable::ReadName(Tagged shared, FunctionInfo* info) const {
  Tagged name;
  if (!heap_->Load(shared, heap_->layout().shared_name, &name)) return;
  ScopeInfo scope(heap_);
  if (scope.Read(name)) return ReadScopeInfo(scope, info);
  info->name = CopyName(name);
}

const char* FunctionTable::CopyName(Tagged name) const {
  const char* text = strings_->Copy(name, kMaxNameBytes);
  return text == nullptr ? "" : text;
}

void FunctionTable::ReadScopeInfo(const ScopeInfo& scope, FunctionInfo* info) const {
  const Layout& layout = heap_->layout();
  if (scope.name() != Tagged()) info->name = CopyName(scope.name());
  // These run the fields of a class; V8 shows them so.
  const int32_t kind = scope.function_kind();
  if (kind >= layout.members_initializer_first && kind <= layout.members_initializer_last) {
    info->name = "<instance_members_initializer>";
  }
  if (kind >= layout.static_initializer_first && kind <= layout.static_initializer_last) {
    info->name = "<static_initializer>";
  }
  info->start_position = scope.start_position();
  info->end_position = scope.end_position();
}

// The name of what a function was assigned to, unless that is the result of a call that it was passed to.
void FunctionTable::ReadInferredName(Tagged shared, FunctionInfo* info) const {
  Tagged name;
  ScopeInfo scope(heap_);
  if (*info->name != '\0' || !heap_->Load(shared, heap_->layout().shared_name, &name)) return;
  if (!scope.Read(name) || scope.inferred_name() == Tagged()) return;
  const char* inferred = CopyName(scope.inferred_name());
  (IsArgumentAt(info->script, info->start_position) ? info->false_name : info->name) = inferred;
}

bool FunctionTable::IsArgumentAt(Tagged script, int32_t start) const {
  FlatString source;
  char16_t units[kMaxUnitsBefore];
  const auto end = static_cast<uint32_t>(start);
  if (start < 0 || !script.IsObject() || !scripts_->SourceOf(script, &source) || end > source.length)
    return false;
  const uint32_t count = std::min(end, kMaxUnitsBefore);
  return LoadUnits(&heap_->memory(), source, end - count, count, units) && IsArgument({units, count});
}

void FunctionTable::ReadScript(Tagged shared, FunctionInfo* info) {
  Tagged script;
  if (!LoadScript(*heap_, shared, &script)) return;
  const Script* known = scripts_->Find(script);
  if (known == nullptr) return;
  info->has_script = true;
  info->script = known->object;
  info->file = known->file;
  info->is_eval = known->is_eval;
}

// What it runs: bytecode, bytecode with its own copy of the interpreter's
// entry, or baseline code that leads to one of these. The number of a builtin;
// or else a template.
void FunctionTable::ReadData(Tagged shared, FunctionInfo* info) const {
  const Layout& layout = heap_->layout();
  Tagged data;
  if (!heap_->Load(shared, layout.shared_data, &data)) return;
  info->is_api = !info->has_script && data.IsObject();
  if (info->has_script && info->start_position < 0 &&
      FindUncompiled(*heap_, shared, &info->start_position, &info->end_position)) {
    return;
  }
  if (heap_->Is(&data, layout.type_code) && !heap_->Load(data, layout.code_deopt_data, &data)) return;
  if (heap_->Is(&data, layout.type_interpreter_data) &&
      !heap_->Load(data, layout.interpreter_data_bytecode, &data)) {
    return;
  }
  if (heap_->Is(&data, layout.type_bytecode_array)) info->bytecode = data;
}

}  // namespace gmr::vm
