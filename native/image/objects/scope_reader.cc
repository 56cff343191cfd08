#include "scope_reader.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxNameBytes = 256;
// Description and previous context; then a slot for variables of `eval`, and one for V8's notes on scripts.
constexpr int32_t kMinHeaderSlots = 2;
constexpr int32_t kMaxHeaderSlots = 4;
constexpr int32_t kMaxSearchedNames = 4096;

}  // namespace

void ScopeReader::Reset() {
  for (KnownName& known : known_names_) known = KnownName();
}

bool ScopeReader::IsContext(Tagged* object) const {
  const int32_t type = heap_->TypeOf(object);
  return type >= 0 && type >= layout_->type_first_context && type <= layout_->type_last_context;
}

bool ScopeReader::ReadInfo(Tagged* context, ScopeInfo* info) const {
  Tagged object;
  return layout_->context_scope_info >= 0 && IsContext(context) &&
         heap_->Load(*context, layout_->context_scope_info, &object) && info->Read(object);
}

bool ScopeReader::Read(Tagged context, Scope* scope) {
  ScopeInfo info(heap_);
  *scope = Scope();
  if (!ReadInfo(&context, &info)) return false;
  scope->kind = info.kind();
  scope->is_top_level = info.kind() == Scope::Kind::kScript || info.kind() == Scope::Kind::kModule;
  scope->start_position = info.start_position();
  if (info.kind() != Scope::Kind::kFunction) return true;
  const Tagged name = info.name() != Tagged() ? info.name() : info.inferred_name();
  const char* text = strings_->Copy(name, kMaxNameBytes);
  if (text != nullptr) scope->function_name = text;
  if (scope->start_position == 0) scope->is_top_level = *scope->function_name == '\0';
  return true;
}

// V8 makes a context just as long as its scope needs, so that its length tells where the variables begin.
bool ScopeReader::FindLocals(Tagged context, const ScopeInfo& info, int32_t* first_slot) const {
  int32_t length = 0;
  if (!heap_->LoadSmi(context, layout_->context_length, &length)) return false;
  *first_slot = length - info.locals() - (info.name_slot() >= 0 ? 1 : 0);
  return *first_slot >= kMinHeaderSlots && *first_slot <= kMaxHeaderSlots;
}

Tagged ScopeReader::NameIn(const ScopeInfo& info, int32_t slot, int32_t first_slot) {
  return slot == info.name_slot() ? info.name() : info.LocalName(slot - first_slot);
}

const char* ScopeReader::NameOfSlot(Tagged context, int32_t offset) {
  ScopeInfo info(heap_);
  int32_t first_slot = 0;
  if (!ReadInfo(&context, &info) || !FindLocals(context, info, &first_slot)) return nullptr;
  const int32_t slot = (offset - layout_->context_slots) / 8;
  if (offset % 8 != 0 || slot < first_slot) return nullptr;
  const Tagged name = NameIn(info, slot, first_slot);
  KnownName& known = known_names_[name.bits() / 8 % kKnownNames];
  if (name == Tagged() || known.string == name) return known.name;
  const char* text = strings_->Copy(name, kMaxNameBytes);
  // A variable of V8's own may have an empty name.
  if (text != nullptr && *text == '\0') text = nullptr;
  known = {name, text};
  return text;
}

Tagged ScopeReader::Sibling(Tagged context, const char* variable) {
  Tagged value;
  return Variable(context, variable, &value) ? value : Tagged();
}

bool ScopeReader::Variable(Tagged context, std::string_view name, Tagged* value) {
  ScopeInfo info(heap_);
  int32_t first_slot = 0;
  if (!ReadInfo(&context, &info) || !FindLocals(context, info, &first_slot)) return false;
  const int32_t count = info.locals() < kMaxSearchedNames ? info.locals() : kMaxSearchedNames;
  for (int32_t i = 0; i < count; ++i) {
    if (!strings_->Equals(info.LocalName(i), name)) continue;
    return LoadSlot(context, layout_->context_slots + 8 * (first_slot + i), value);
  }
  return false;
}

bool ScopeReader::IsCell(Tagged* object) const { return heap_->Is(object, layout_->type_context_cell); }

bool ScopeReader::LoadSlot(Tagged context, int32_t offset, Tagged* value) const {
  if (!heap_->Load(context, offset, value)) return false;
  if (!value->IsObject() || !IsCell(value)) return true;
  return layout_->context_cell_value >= 0 && heap_->Load(*value, layout_->context_cell_value, value);
}

}  // namespace gmr::vm
