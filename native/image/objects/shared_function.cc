#include "shared_function.h"

#include "own_name.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxNameBytes = 512;
// The wrapper's only field, SharedFunctionInfoWrapper in shared-function-info.tq.
constexpr int32_t kWrappedFunction = 8;

// ScopeFlags, src/objects/scope-info.tq; the same in V8 11.3 to 14.6.
constexpr uint32_t kHasSavedClassVariable = 1u << 10;
constexpr uint32_t kFunctionVariableMask = 3u << 12;
constexpr uint32_t kHasInferredName = 1u << 14;
constexpr int kFunctionKindShift = 17;
constexpr uint32_t kFunctionKindMask = 31;
// Names of more locals than that are in one hash table, kScopeInfoMaxInlinedLocalNamesSize.
constexpr int32_t kMaxInlinedNames = 75;
constexpr int32_t kMaxLocals = 1 << 20;

// Reads the words of a ScopeInfo by their index: the first field is word 0.
class ScopeWords {
 public:
  ScopeWords(const HeapReader* heap, Tagged scope_info) : heap_(heap), scope_info_(scope_info) {}

  bool Load(int64_t index, Tagged* word) const {
    uint64_t bits = 0;
    if (!heap_->memory().Load(scope_info_.Slot(8) + uint64_t{8} * static_cast<uint64_t>(index), &bits))
      return false;
    *word = Tagged(bits);
    return true;
  }
  bool LoadSmi(int64_t index, int32_t* value) const {
    Tagged word;
    if (!Load(index, &word) || !word.IsSmi()) return false;
    *value = word.ToSmi();
    return true;
  }
  // 0 for what cannot be read, which is no object.
  Tagged At(int64_t index) const {
    Tagged word;
    Load(index, &word);
    return word;
  }
  // A small integer, or since V8 13 a plain number with padding behind it.
  bool LoadFlags(uint32_t* flags) const {
    Tagged word;
    if (!Load(0, &word)) return false;
    *flags = static_cast<uint32_t>(word.IsSmi() ? word.bits() >> 32 : word.bits());
    return true;
  }

 private:
  const HeapReader* heap_;
  Tagged scope_info_;
};

}  // namespace

void FunctionTable::Reset() {
  for (Slot& slot : slots_) slot.used = false;
}

bool FunctionTable::Unwrap(Tagged* object) const {
  const Layout& layout = heap_->layout();
  if (heap_->Is(object, layout.type_shared_wrapper) && !heap_->Load(*object, kWrappedFunction, object)) {
    return false;
  }
  return heap_->Is(object, layout.type_shared);
}

bool FunctionTable::Find(Tagged object, FunctionInfo* info) {
  if (!Unwrap(&object)) return false;
  Slot& slot = slots_[object.bits() / 64 % kSlots];
  if (!slot.used || slot.key != object) {
    slot.used = true;
    slot.key = object;
    slot.info = FunctionInfo();
    slot.info.shared = object;
    ReadName(object, &slot.info);
    ReadScript(object, &slot.info);
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
  if (own_name != nullptr) info->name = own_name;
  return true;
}

// A function that was never compiled has its name in place; else it is in the
// ScopeInfo.
void FunctionTable::ReadName(Tagged shared, FunctionInfo* info) const {
  Tagged name;
  if (!heap_->Load(shared, heap_->layout().shared_name, &name)) return;
  if (heap_->Is(&name, heap_->layout().type_scope_info)) return ReadScopeInfo(name, info);
  info->name = CopyName(name);
}

const char* FunctionTable::CopyName(Tagged name) const {
  const char* text = strings_->Copy(name, kMaxNameBytes);
  return text == nullptr ? "" : text;
}

void FunctionTable::ReadScopeInfo(Tagged scope_info, FunctionInfo* info) const {
  const Layout& layout = heap_->layout();
  const ScopeWords words(heap_, scope_info);
  uint32_t flags = 0;
  int32_t locals = 0;
  if (!words.LoadFlags(&flags) || !words.LoadSmi(layout.scope_locals, &locals)) return;
  if (locals < 0 || locals > kMaxLocals) return;
  int64_t next = int64_t{layout.scope_first_name} + (locals < kMaxInlinedNames ? locals : 1) + locals;
  if ((flags & kHasSavedClassVariable) != 0) ++next;
  if ((flags & kFunctionVariableMask) != 0) {
    info->name = CopyName(words.At(next));
    next += 2;
  }
  if ((flags & kHasInferredName) != 0) {
    // What it was assigned to, as "exports.handler"; only where it has no name.
    if (*info->name == '\0') info->name = CopyName(words.At(next));
    ++next;
  }
  // These run the fields of a class; V8 shows them so.
  const auto kind = static_cast<int32_t>(flags >> kFunctionKindShift & kFunctionKindMask);
  if (kind >= layout.members_initializer_first && kind <= layout.members_initializer_last) {
    info->name = "<instance_members_initializer>";
  }
  if (kind >= layout.static_initializer_first && kind <= layout.static_initializer_last) {
    info->name = "<static_initializer>";
  }
  const int64_t position = layout.scope_position >= 0 ? layout.scope_position : next;
  int32_t start = 0;
  int32_t end = 0;
  if (!words.LoadSmi(position, &start) || !words.LoadSmi(position + 1, &end)) return;
  if (start >= 0 && start <= end) info->start_position = start;
}

void FunctionTable::ReadScript(Tagged shared, FunctionInfo* info) {
  const Layout& layout = heap_->layout();
  Tagged script;
  if (!heap_->Load(shared, layout.shared_script, &script)) return;
  // While a debugger holds breakpoints in it, up to V8 11.
  if (heap_->Is(&script, layout.type_debug_info) && !heap_->Load(script, layout.debug_info_script, &script)) {
    return;
  }
  const Script* known = scripts_->Find(script);
  if (known == nullptr) return;
  info->has_script = true;
  info->script = known->object;
  info->file = known->file;
  info->is_eval = known->is_eval;
}

// Of a function that was never called: V8 knows where it starts, and no more.
bool FunctionTable::ReadUncompiled(Tagged data, FunctionInfo* info) const {
  const Layout& layout = heap_->layout();
  const int32_t type = heap_->TypeOf(&data);
  if (type < 0 || type < layout.type_first_uncompiled || type > layout.type_last_uncompiled) return false;
  int32_t start = -1;
  if (heap_->LoadInt32(data, layout.uncompiled_start, &start) && start >= 0) info->start_position = start;
  return true;
}

// What it runs: bytecode, bytecode with its own copy of the interpreter's
// entry, or baseline code that leads to one of these. The number of a builtin;
// or else a template.
void FunctionTable::ReadData(Tagged shared, FunctionInfo* info) const {
  const Layout& layout = heap_->layout();
  Tagged data;
  if (!heap_->Load(shared, layout.shared_data, &data)) return;
  info->is_api = !info->has_script && data.IsObject();
  if (info->has_script && info->start_position < 0) {
    // Since V8 13 there is a second field for what is not in the trusted space.
    Tagged second;
    if (ReadUncompiled(data, info)) return;
    if (heap_->Load(shared, layout.shared_data + 8, &second) && ReadUncompiled(second, info)) return;
  }
  if (heap_->Is(&data, layout.type_code) && !heap_->Load(data, layout.code_deopt_data, &data)) return;
  if (heap_->Is(&data, layout.type_interpreter_data) &&
      !heap_->Load(data, layout.interpreter_data_bytecode, &data)) {
    return;
  }
  if (heap_->Is(&data, layout.type_bytecode_array)) info->bytecode = data;
}

}  // namespace gmr::vm
