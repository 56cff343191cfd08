#include "heap_layout.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

namespace {

struct HeapSymbol {
  int32_t HeapLayout::*to;
  const char* names[2];
};

constexpr HeapSymbol kHeapSymbols[] = {
    {&HeapLayout::type_promise, {"type_JSPromise__JS_PROMISE_TYPE"}},
    {&HeapLayout::type_reaction, {"type_PromiseReaction__PROMISE_REACTION_TYPE"}},
    {&HeapLayout::type_capability, {"type_PromiseCapability__PROMISE_CAPABILITY_TYPE"}},
    {&HeapLayout::type_async_function, {"type_JSAsyncFunctionObject__JS_ASYNC_FUNCTION_OBJECT_TYPE"}},
    {&HeapLayout::type_async_generator, {"type_JSAsyncGeneratorObject__JS_ASYNC_GENERATOR_OBJECT_TYPE"}},
    {&HeapLayout::type_async_generator_request, {"type_AsyncGeneratorRequest__ASYNC_GENERATOR_REQUEST_TYPE"}},
    {&HeapLayout::type_first_context, {"FirstContextType"}},
    {&HeapLayout::type_last_context, {"LastContextType"}},
    {&HeapLayout::type_heap_number, {"type_HeapNumber__HEAP_NUMBER_TYPE"}},
    {&HeapLayout::function_context, {"class_JSFunction__context__Context"}},
    {&HeapLayout::object_elements, {"class_JSObject__elements__Object"}},
    {&HeapLayout::heap_number_value, {"class_HeapNumber__value__double"}},
};

constexpr HeapSymbol kOptionalSymbols[] = {
    {&HeapLayout::type_map_object, {"type_JSMap__JS_MAP_TYPE"}},
    {&HeapLayout::type_set_object, {"type_JSSet__JS_SET_TYPE"}},
    {&HeapLayout::type_array_object, {"type_JSArray__JS_ARRAY_TYPE"}},
    {&HeapLayout::type_symbol, {"type_Symbol__SYMBOL_TYPE"}},
    {&HeapLayout::type_bound_function, {"type_JSBoundFunction__JS_BOUND_FUNCTION_TYPE"}},
    {&HeapLayout::type_weak_map, {"type_JSWeakMap__JS_WEAK_MAP_TYPE"}},
    {&HeapLayout::type_weak_set, {"type_JSWeakSet__JS_WEAK_SET_TYPE"}},
    {&HeapLayout::type_weak_ref, {"type_JSWeakRef__JS_WEAK_REF_TYPE"}},
    {&HeapLayout::type_weak_cell, {"type_WeakCell__WEAK_CELL_TYPE"}},
    {&HeapLayout::type_module, {"type_SourceTextModule__SOURCE_TEXT_MODULE_TYPE"}},
    {&HeapLayout::type_cell, {"type_Cell__CELL_TYPE"}},
    {&HeapLayout::type_context_cell, {"type_ContextCell__CONTEXT_CELL_TYPE"}},
    {&HeapLayout::type_context_side_cell, {"type_ContextSidePropertyCell__CONTEXT_SIDE_PROPERTY_CELL_TYPE"}},
    {&HeapLayout::type_oddball, {"type_Oddball__ODDBALL_TYPE"}},
    {&HeapLayout::oddball_kind, {"class_Oddball__kind_offset__int", "class_Oddball__kind__int"}},
    {&HeapLayout::oddball_true, {"OddballTrue"}},
    {&HeapLayout::oddball_false, {"OddballFalse"}},
    {&HeapLayout::oddball_null, {"OddballNull"}},
};

bool ReadSymbol(const platform::ElfNumbers& numbers, const HeapSymbol& symbol, HeapLayout* layout) {
  return std::any_of(std::begin(symbol.names), std::end(symbol.names), [&](const char* name) {
    return name != nullptr && numbers.Find(name, &(layout->*symbol.to));
  });
}

struct VersionTable {
  std::string_view version;
  int32_t free_space_type;
  int32_t free_space_unit;
  int32_t gc_state;
  int32_t private_symbol_bits;
  int32_t wrappers_are_code;
  int32_t weak_cell_value;
};

// FREE_SPACE_TYPE, instance-type.h; FreeSpace::size, src/objects/free-space.tq; Heap::gc_state_,
// src/heap/heap.h; SymbolFlags, src/objects/name.tq; GetSystemEntryType(),
// src/profiler/heap-snapshot-generator.cc; WeakCell::holdings, src/objects/js-weak-refs.tq and .h; as the
// official node binaries have it.
constexpr VersionTable kVersions[] = {
    {"11.3.", 251, 1, 552, 1, 0, 32},
    {"12.4.", 260, 1, 408, 1, 0, 32},
    {"13.6.", 268, 8, 544, 1, 1, 32},
    {"14.6.", 273, 8, 552, 3, 1, 16},
};
// Heap::ms_count_ and gc_count_ follow gc_state_ at the same distance in all of them.
constexpr int32_t kFullCountBehindState = 24;
constexpr int32_t kGcCountBehindState = 28;
// ContextCell: its first field.
constexpr int32_t kContextCellValue = 8;

}  // namespace

std::string LoadHeapLayout(std::string_view v8_version, const platform::ElfNumbers& numbers,
                           HeapLayout* layout) {
  for (const HeapSymbol& symbol : kHeapSymbols) {
    if (!ReadSymbol(numbers, symbol, layout)) return std::string("no v8dbg_") + symbol.names[0];
  }
  for (const HeapSymbol& symbol : kOptionalSymbols) ReadSymbol(numbers, symbol, layout);
  if (layout->type_context_cell >= 0) layout->context_cell_value = kContextCellValue;
  int32_t scope_info = 0;
  if (numbers.Find("context_idx_scope_info", &scope_info))
    layout->context_scope_info = layout->context_slots + 8 * scope_info;
  int32_t previous = 0;
  if (!numbers.Find("context_idx_prev", &previous)) return "no v8dbg_context_idx_prev";
  layout->context_previous = layout->context_slots + 8 * previous;
  for (const VersionTable& known : kVersions) {
    if (!v8_version.starts_with(known.version)) continue;
    layout->type_free_space = known.free_space_type;
    layout->free_space_unit = known.free_space_unit;
    layout->heap_gc_state = known.gc_state;
    layout->heap_full_count = known.gc_state + kFullCountBehindState;
    layout->heap_gc_count = known.gc_state + kGcCountBehindState;
    layout->private_symbol_bits = known.private_symbol_bits;
    layout->wrappers_are_code = known.wrappers_are_code;
    layout->weak_cell_value = known.weak_cell_value;
  }
  return "";
}

}  // namespace gmr::vm
