#include "scope_reader.h"

#include <algorithm>

namespace gmr::vm {

namespace {

constexpr size_t kMaxNameBytes = 256;
// Description and previous context; then a slot for variables of `eval`, and one for V8's notes on scripts.
constexpr int32_t kMinHeaderSlots = 2;
constexpr int32_t kMaxHeaderSlots = 4;
constexpr int32_t kMaxSearchedNames = 4096;
// Context::EXTENSION_INDEX, src/objects/contexts.h: there a module's context has the module.
constexpr int32_t kExtensionSlot = 2;
// SourceTextModule, src/objects/source-text-module.tq: the exports are behind the generator that runs its
// code, and the imports behind these. Which fields are in front of it differs between versions.
constexpr int32_t kFirstModuleField = 8;
constexpr int32_t kEndOfModuleFields = 8 * 16;
// SourceTextModuleInfo, src/objects/source-text-module.h: of each export its name in the module, the number
// of its cell, from 1 on, and the names that others see.
constexpr int32_t kRegularExports = 2;
constexpr int32_t kRegularImports = 4;
constexpr int32_t kWordsPerExport = 3;
// SourceTextModuleInfoEntry, likewise: the cells of imports have numbers from -1 downwards.
constexpr int32_t kImportLocalName = 16;
constexpr int32_t kImportCell = 40;
// src/objects/cell.tq
constexpr int32_t kCellValue = 8;

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
  return KeepName(NameIn(info, slot, first_slot));
}

const char* ScopeReader::KeepName(Tagged name) {
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
  return info.kind() == Scope::Kind::kModule && ExportedOrImported(context, info, name, value);
}

// ---- Modules

int32_t ScopeReader::ExportsOf(Tagged module) const {
  for (int32_t at = kFirstModuleField; at < kEndOfModuleFields; at += 8) {
    Tagged code;
    if (!heap_->Load(module, at, &code)) return -1;
    if (!code.IsObject()) continue;
    const int32_t type = heap_->TypeOf(&code);
    if (type >= 0 && (type == layout_->type_generator || type == layout_->type_async_function)) return at + 8;
  }
  return -1;
}

bool ScopeReader::LoadModule(Tagged context, const ScopeInfo& info, Tagged* module,
                             Tagged* description) const {
  *description = info.ModuleInfo();
  return description->IsObject() &&
         heap_->Load(context, layout_->context_slots + 8 * kExtensionSlot, module) && IsModule(module);
}

bool ScopeReader::LoadCell(Tagged module, int32_t array_at, int32_t index, Tagged* cell) const {
  Tagged cells;
  return array_at > 0 && heap_->Load(module, array_at, &cells) &&
         heap_->Is(&cells, heap_->layout().type_fixed_array) && heap_->LoadElement(cells, index, cell) &&
         cell->IsObject() && IsExportCell(cell);
}

const char* ScopeReader::NameOfExport(Tagged context, Tagged cell) {
  ScopeInfo info(heap_);
  Tagged module;
  Tagged description;
  Tagged names;
  if (!ReadInfo(&context, &info) || !LoadModule(context, info, &module, &description) ||
      !heap_->LoadElement(description, kRegularExports, &names))
    return nullptr;
  const int32_t exports = ExportsOf(module);
  const int32_t count = std::min(heap_->LengthOf(names), kMaxSearchedNames);
  for (int32_t i = 0; i + 1 < count; i += kWordsPerExport) {
    int32_t number = 0;
    Tagged name;
    Tagged other;
    if (!heap_->LoadSmiElement(names, i + 1, &number) || !LoadCell(module, exports, number - 1, &other) ||
        other != cell || !heap_->LoadElement(names, i, &name))
      continue;
    const char* text = KeepName(name);
    // What has no name of its own: `export default`.
    return text != nullptr && *text == '.' ? text + 1 : text;
  }
  return nullptr;
}

bool ScopeReader::ExportedOrImported(Tagged context, const ScopeInfo& info, std::string_view name,
                                     Tagged* value) const {
  Tagged module;
  Tagged description;
  Tagged list;
  Tagged cell;
  int32_t number = 0;
  if (!LoadModule(context, info, &module, &description)) return false;
  const int32_t exports = ExportsOf(module);
  if (exports < 0 || !heap_->LoadElement(description, kRegularExports, &list)) return false;
  int32_t count = std::min(heap_->LengthOf(list), kMaxSearchedNames);
  for (int32_t i = 0; i + 1 < count; i += kWordsPerExport) {
    Tagged local;
    if (!heap_->LoadElement(list, i, &local) || !strings_->Equals(local, name)) continue;
    return heap_->LoadSmiElement(list, i + 1, &number) && LoadCell(module, exports, number - 1, &cell) &&
           heap_->Load(cell, kCellValue, value);
  }
  if (!heap_->LoadElement(description, kRegularImports, &list)) return false;
  count = std::min(heap_->LengthOf(list), kMaxSearchedNames);
  for (int32_t i = 0; i < count; ++i) {
    Tagged entry;
    Tagged local;
    if (!heap_->LoadElement(list, i, &entry) || !heap_->Load(entry, kImportLocalName, &local) ||
        !strings_->Equals(local, name))
      continue;
    return heap_->LoadSmi(entry, kImportCell, &number) && LoadCell(module, exports + 8, -number - 1, &cell) &&
           heap_->Load(cell, kCellValue, value);
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
