#include "module_reader.h"

#include <algorithm>

namespace gmr::vm {

namespace {

// ExecuteAsyncModuleContextSlots: the header, the module.
constexpr int32_t kClosureSlots = 3;
// SourceTextModule, src/objects/source-text-module.tq. Fields came and went in front of these two, so they
// are found by what they hold: the promise of the evaluation is the only promise, and the list of parents is
// behind the only module.
constexpr int32_t kFirstField = 8;
constexpr int32_t kEndOfFields = 8 * 20;

}  // namespace

bool ModuleReader::IsModule(Tagged* object) const {
  return layout_->type_module >= 0 && heap_->Is(object, layout_->type_module);
}

Tagged ModuleReader::ModuleOf(const Handler& handler) const {
  Tagged context = handler.context;
  Tagged module;
  int32_t length = 0;
  const int32_t type = heap_->TypeOf(&context);
  const bool is_closure =
      type >= layout_->type_first_context && type <= layout_->type_last_context &&
      heap_->LoadSmi(context, layout_->context_length, &length) && length == kClosureSlots &&
      heap_->Load(context, layout_->context_slots + 8 * (kClosureSlots - 1), &module) && IsModule(&module);
  return is_closure ? module : Tagged();
}

ModuleReader::Module ModuleReader::Read(Tagged module) const {
  Module read;
  Tagged word;
  for (int32_t offset = kFirstField; offset < kEndOfFields; offset += 8) {
    if (!heap_->Load(module, offset, &word)) return {};
    if (heap_->Is(&word, layout_->type_promise)) read.promise = word;
    if (!IsModule(&word)) continue;
    if (!heap_->Load(module, offset + 8, &read.parents)) return {};
    break;
  }
  return read;
}

size_t ModuleReader::ReadPromises(Tagged module, Tagged (&promises)[kMaxPromises]) const {
  Tagged open[kMaxModules] = {module};
  size_t modules = 1;
  size_t count = 0;
  for (size_t i = 0; i < modules; ++i) {
    const Module read = Read(open[i]);
    if (read.promise.IsObject() && count < kMaxPromises) promises[count++] = read.promise;
    if (!read.parents.IsObject()) continue;
    // Newer versions have the number of parents in front of them.
    const int32_t words = std::min(heap_->LengthOf(read.parents), kMaxParents) + 1;
    for (int32_t at = 0; at < words; ++at) {
      Tagged parent;
      if (!heap_->Load(read.parents, heap_->layout().array_data + 8 * at, &parent) || !IsModule(&parent) ||
          modules == kMaxModules || std::find(open, open + modules, parent) != open + modules)
        continue;
      open[modules++] = parent;
    }
  }
  return count;
}

}  // namespace gmr::vm
