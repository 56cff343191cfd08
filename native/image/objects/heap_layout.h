// HeapLayout: where V8 keeps what suspended functions are made of, in one isolate.
//
// Owns:        nothing; plain numbers.
// Threads:     made on the isolate's thread by heap_calibration.h; immutable afterwards.
// Signal-safe: no. Reading it: yes.
// Lifetime:    of the isolate: some of the numbers are addresses of its objects.
//
// Beside layout.h, which knows what a stack is made of. Three sources: the
// instance types and some fields from v8dbg_*; nearly all fields from known
// objects, where exactly one place may fit; the type and unit of free blocks
// from a table per V8 version.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_HEAP_LAYOUT_H_
#define GMR_NATIVE_IMAGE_OBJECTS_HEAP_LAYOUT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tagged.h"

namespace gmr::vm {

// What the addresses of an isolate are compared with.
struct HeapAnchors {
  // v8::internal::Heap, as every page of it says.
  platform::Address heap;
  // The `elements` of objects that have none, and of frozen ones: two objects
  // that all of an isolate share.
  Tagged empty_elements;
  Tagged empty_frozen_elements;
  // SharedFunctionInfo of the functions that `new Promise` gives its executor.
  Tagged resolve_shared;
  Tagged reject_shared;
  // 0: unknown; then dead objects in free blocks are not recognised.
  Tagged free_space_map;
  // Of the word of the isolate that says where the next new object goes; 0:
  // unknown, then dead objects behind it are not recognised.
  platform::Address allocation_top_slot;
  // LinearAllocationArea of young and of old objects: three words, of which the second is where the next
  // object goes, and the third how far others may follow. 0: unknown.
  platform::Address new_area;
  platform::Address old_area;
  // Milliseconds of CLOCK_MONOTONIC at which the timers' clock was 0; -1: unknown.
  double timer_base_ms = -1;
};

// All int32_t, so that a test can set any of them to any value.
struct HeapLayout {
  // Instance types, v8dbg.
  int32_t type_promise = -1;
  int32_t type_reaction = -1;
  int32_t type_capability = -1;
  int32_t type_async_function = -1;
  int32_t type_async_generator = -1;
  int32_t type_async_generator_request = -1;
  int32_t type_first_context = -1;
  int32_t type_last_context = -1;
  int32_t type_heap_number = -1;
  // From a known generator.
  int32_t type_generator = -1;

  // Fields, in bytes. v8dbg:
  int32_t function_context = -1;
  int32_t object_elements = -1;
  int32_t heap_number_value = -1;
  // v8dbg; -1 where it has none: then values of this type are not read.
  int32_t type_map_object = -1;  // a JavaScript Map
  int32_t type_set_object = -1;
  int32_t type_array_object = -1;
  int32_t type_symbol = -1;
  int32_t type_bound_function = -1;
  int32_t type_weak_map = -1;
  int32_t type_weak_set = -1;
  int32_t type_weak_ref = -1;
  int32_t type_weak_cell = -1;  // of a FinalizationRegistry
  int32_t type_module = -1;     // an ES module
  int32_t type_cell = -1;       // of a variable that a module exports
  // Between a slot of a context and its value, since V8 14.
  int32_t type_context_cell = -1;
  // Beside the slots of a script's context, in V8 13: it holds no value.
  int32_t type_context_side_cell = -1;
  int32_t type_oddball = -1;
  int32_t oddball_kind = -1;
  int32_t oddball_true = -1;
  int32_t oddball_false = -1;
  int32_t oddball_null = -1;
  // Of a Context, src/objects/contexts.tq: map, length, then its slots.
  int32_t context_length = 8;
  int32_t context_slots = 16;
  int32_t context_scope_info = -1;  // v8dbg
  int32_t context_previous = -1;    // v8dbg

  // From known objects:
  int32_t promise_reactions = -1;  // or its result, when it is settled
  int32_t promise_flags = -1;
  int32_t reaction_next = -1;
  int32_t reaction_fulfill = -1;
  int32_t reaction_reject = -1;
  int32_t reaction_target = -1;  // the promise or capability that depends on it
  // What Node keeps for it, of AsyncLocalStorage; -1: there is no such field.
  int32_t reaction_context = -1;
  // Offset in the isolate of the same for the code that runs; -1: it keeps none.
  int32_t isolate_context = -1;
  int32_t capability_promise = -1;
  int32_t generator_function = -1;
  int32_t generator_context = -1;
  int32_t generator_receiver = -1;
  int32_t generator_position = -1;  // input_or_debug_pos: while suspended, where
  int32_t generator_continuation = -1;
  int32_t generator_registers = -1;
  int32_t async_function_promise = -1;
  int32_t async_generator_queue = -1;
  int32_t async_generator_awaiting = -1;
  int32_t request_next = -1;
  int32_t request_promise = -1;
  int32_t shared_builtin = -1;  // the number of a builtin
  // Slots of the contexts of V8's own closures, in bytes.
  int32_t await_generator = -1;
  int32_t resolve_promise = -1;
  int32_t all_capability = -1;
  int32_t any_capability = -1;
  // Numbers of builtins.
  int32_t builtin_resolve = -1;
  int32_t builtin_reject = -1;
  int32_t builtin_all = -1;
  int32_t builtin_all_settled = -1;
  int32_t builtin_any = -1;
  // -1 where they were not found: then this is not followed.
  int32_t bound_target = -1;
  int32_t bound_receiver = -1;
  int32_t bound_arguments = -1;
  int32_t collection_table = -1;      // of a Map, Set, WeakMap and WeakSet
  int32_t type_ordered_map = -1;      // the table of a Map: key, value, next of each entry
  int32_t type_ordered_set = -1;      // of a Set: key, next
  int32_t type_ephemeron_table = -1;  // of a WeakMap: key, value
  int32_t context_cell_value = -1;

  // The header of a page; -1 where it holds the fields itself, V8 11 and 12.
  int32_t page_metadata = -1;
  int32_t page_metadata_self = -1;
  int32_t page_heap = -1;
  int32_t page_flags = -1;

  // Offset in Heap, from the table of versions; see gc_epoch.h. -1 when unknown.
  int32_t heap_gc_state = -1;
  int32_t heap_full_count = -1;
  int32_t heap_gc_count = -1;

  // Version table.
  int32_t type_free_space = -1;
  int32_t free_space_unit = -1;  // bytes per unit of its size
  // In the flags of a symbol: at least one of these bits is set if it is private, so that programs cannot see
  // it.
  int32_t private_symbol_bits = -1;
  // 1 if a heap snapshot of this version counts CodeWrapper and BytecodeWrapper as code, else 0.
  int32_t wrappers_are_code = -1;
  // In a WeakCell: what the callback of its FinalizationRegistry is called with.
  int32_t weak_cell_value = -1;
};

// Fills in the v8dbg numbers and the version table, with the arguments of LoadLayout(). "": complete; else
// what is missing.
std::string LoadHeapLayout(std::string_view v8_version, const platform::ElfNumbers& numbers,
                           HeapLayout* layout);

// A promise's status is in the two lowest bits of its flags, JSPromise::StatusBits.
inline constexpr int32_t kPromiseStatusMask = 3;
inline constexpr int32_t kPromisePending = 0;

// Pages are aligned to their size, MutablePageMetadata::kPageSize.
inline constexpr uint64_t kPageBytes = uint64_t{256} << 10;
// MemoryChunk::FROM_PAGE and TO_PAGE, the same in V8 11.3 to 14.6.
inline constexpr uint64_t kPageIsFromSpace = 1u << 3;
inline constexpr uint64_t kPageIsToSpace = 1u << 4;

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_HEAP_LAYOUT_H_
