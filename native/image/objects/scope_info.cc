#include "scope_info.h"

namespace gmr::vm {

namespace {

// ScopeFlags, src/objects/scope-info.tq; the same in V8 11.3 to 14.6.
constexpr uint32_t kScopeTypeMask = 15;
constexpr uint32_t kHasSavedClassVariable = 1u << 10;
constexpr int kFunctionVariableShift = 12;
constexpr uint32_t kFunctionVariableMask = 3;
constexpr uint32_t kVariableInContext = 2;
constexpr uint32_t kHasInferredName = 1u << 14;
constexpr int kFunctionKindShift = 17;
constexpr uint32_t kFunctionKindMask = 31;
// Names of more locals than that are in one hash table, kScopeInfoMaxInlinedLocalNamesSize.
constexpr int32_t kMaxInlinedNames = 75;
constexpr int32_t kMaxLocals = 1 << 20;
// NameToIndexHashTable: three words, then name and index of each entry.
constexpr int32_t kTableHeader = 3;
constexpr int32_t kWordsPerEntry = 2;
constexpr int32_t kMaxTableWords = 1 << 16;
constexpr int32_t kModuleInfoLength = 5;
// Fields between the names and the description of a module: positions, outer scope, names that are hidden.
constexpr int32_t kMaxFieldsBetween = 8;

}  // namespace

// The words are counted from the first field.
bool ScopeInfo::Load(int64_t index, Tagged* word) const {
  uint64_t bits = 0;
  if (!heap_->memory().Load(object_.Slot(8) + uint64_t{8} * static_cast<uint64_t>(index), &bits))
    return false;
  *word = Tagged(bits);
  return true;
}

bool ScopeInfo::LoadSmi(int64_t index, int32_t* value) const {
  Tagged word;
  if (!Load(index, &word) || !word.IsSmi()) return false;
  *value = word.ToSmi();
  return true;
}

// A small integer, or since V8 13 a plain number with padding behind it.
bool ScopeInfo::ReadFlags(uint32_t* flags) const {
  Tagged word;
  if (!Load(0, &word)) return false;
  *flags = static_cast<uint32_t>(word.IsSmi() ? word.bits() >> 32 : word.bits());
  return true;
}

ScopeInfo::Kind ScopeInfo::KindOf(uint32_t flags) const {
  const Layout& layout = heap_->layout();
  const auto type = static_cast<int32_t>(flags & kScopeTypeMask);
  const struct {
    int32_t type;
    Kind kind;
  } kinds[] = {
      {layout.scope_type_function, Kind::kFunction}, {layout.scope_type_block, Kind::kBlock},
      {layout.scope_type_catch, Kind::kCatch},       {layout.scope_type_class, Kind::kClass},
      {layout.scope_type_eval, Kind::kEval},         {layout.scope_type_script, Kind::kScript},
      {layout.scope_type_module, Kind::kModule},
  };
  for (const auto& known : kinds) {
    if (known.type == type) return known.kind;
  }
  return Kind::kOther;
}

void ScopeInfo::ReadPositions(int64_t index) {
  int32_t start = 0;
  int32_t end = 0;
  if (!LoadSmi(index, &start) || !LoadSmi(index + 1, &end) || start < 0 || start > end) return;
  start_position_ = start;
  end_position_ = end;
}

bool ScopeInfo::Read(Tagged object) {
  const Layout& layout = heap_->layout();
  *this = ScopeInfo(heap_);
  if (!heap_->Is(&object, layout.type_scope_info)) return false;
  object_ = object;
  uint32_t flags = 0;
  if (!ReadFlags(&flags) || !LoadSmi(layout.scope_locals, &locals_)) return false;
  if (locals_ < 0 || locals_ > kMaxLocals) return false;
  kind_ = KindOf(flags);
  function_kind_ = static_cast<int32_t>(flags >> kFunctionKindShift & kFunctionKindMask);
  // Since V8 12 the number of a module's variables comes before the names.
  Tagged first;
  first_name_ = layout.scope_first_name;
  if (kind_ == Kind::kModule && Load(first_name_, &first) && first.IsSmi()) ++first_name_;
  int64_t next = first_name_ + (locals_ < kMaxInlinedNames ? locals_ : 1) + locals_;
  behind_names_ = next;
  if ((flags & kHasSavedClassVariable) != 0) ++next;
  const uint32_t variable = flags >> kFunctionVariableShift & kFunctionVariableMask;
  if (variable != 0) {
    Load(next, &name_);
    if (variable == kVariableInContext) LoadSmi(next + 1, &name_slot_);
    next += 2;
  }
  if ((flags & kHasInferredName) != 0) Load(next++, &inferred_name_);
  if (layout.scope_position >= 0) {
    ReadPositions(layout.scope_position);
  } else if (kind_ != Kind::kBlock && kind_ != Kind::kCatch && kind_ != Kind::kOther) {
    ReadPositions(next);
  }
  return true;
}

// SourceTextModuleInfo, src/objects/source-text-module.h: an array of arrays.
bool ScopeInfo::IsModuleInfo(Tagged word) const {
  if (!heap_->Is(&word, heap_->layout().type_fixed_array) || heap_->LengthOf(word) < kModuleInfoLength)
    return false;
  for (int32_t i = 0; i < kModuleInfoLength; ++i) {
    Tagged part;
    if (!heap_->LoadElement(word, i, &part) || !heap_->Is(&part, heap_->layout().type_fixed_array))
      return false;
  }
  return true;
}

// Which fields are in front of it differs between versions. None of them is such an array.
Tagged ScopeInfo::ModuleInfo() const {
  Tagged word;
  if (kind_ != Kind::kModule) return {};
  for (int32_t i = 0; i < kMaxFieldsBetween && Load(behind_names_ + i, &word); ++i) {
    if (word.IsObject() && IsModuleInfo(word)) return word;
  }
  return {};
}

Tagged ScopeInfo::LocalName(int32_t index) const {
  Tagged word;
  if (index < 0 || index >= locals_) return {};
  if (locals_ >= kMaxInlinedNames) return Load(first_name_, &word) ? NameInTable(word, index) : Tagged();
  return Load(first_name_ + index, &word) ? word : Tagged();
}

Tagged ScopeInfo::NameInTable(Tagged table, int32_t index) const {
  if (!heap_->Is(&table, heap_->layout().type_name_table)) return {};
  const int32_t length = heap_->LengthOf(table);
  if (length > kMaxTableWords) return {};
  for (int32_t i = kTableHeader; i + 1 < length; i += kWordsPerEntry) {
    int32_t value = 0;
    Tagged name;
    // What an entry without a name has there is no index.
    if (!heap_->LoadSmiElement(table, i + 1, &value) || value != index) continue;
    if (heap_->LoadElement(table, i, &name) && name.IsObject()) return name;
  }
  return {};
}

}  // namespace gmr::vm
