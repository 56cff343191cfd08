// HeapTables: where V8 keeps what suspended functions are made of, per version.
//
// Owns:        nothing; constants.
// Threads:     any.
// Signal-safe: no: FindHeapTable() may allocate.
// Lifetime:    of the process.
//
// heap_calibration.h finds these numbers in an isolate; `npm run tables` wrote down what it found in the
// official binaries. They are the same in all releases of a minor version. heap_trial.h compares them with a
// calibration before anything that was read by them is printed.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_HEAP_TABLES_H_
#define GMR_NATIVE_IMAGE_OBJECTS_HEAP_TABLES_H_

#include <cstddef>
#include <iterator>

#include "heap_layout.h"

namespace gmr::vm {

// What calibration adds to the numbers that V8 exports.
struct HeapTableField {
  const char* name;
  int32_t HeapLayout::*field;
};

inline constexpr HeapTableField kHeapTableFields[] = {
    {"type_generator", &HeapLayout::type_generator},
    {"promise_reactions", &HeapLayout::promise_reactions},
    {"promise_flags", &HeapLayout::promise_flags},
    {"reaction_next", &HeapLayout::reaction_next},
    {"reaction_fulfill", &HeapLayout::reaction_fulfill},
    {"reaction_reject", &HeapLayout::reaction_reject},
    {"reaction_target", &HeapLayout::reaction_target},
    {"reaction_context", &HeapLayout::reaction_context},
    {"isolate_context", &HeapLayout::isolate_context},
    {"capability_promise", &HeapLayout::capability_promise},
    {"generator_function", &HeapLayout::generator_function},
    {"generator_context", &HeapLayout::generator_context},
    {"generator_receiver", &HeapLayout::generator_receiver},
    {"generator_position", &HeapLayout::generator_position},
    {"generator_continuation", &HeapLayout::generator_continuation},
    {"generator_registers", &HeapLayout::generator_registers},
    {"async_function_promise", &HeapLayout::async_function_promise},
    {"async_generator_queue", &HeapLayout::async_generator_queue},
    {"async_generator_awaiting", &HeapLayout::async_generator_awaiting},
    {"request_next", &HeapLayout::request_next},
    {"request_promise", &HeapLayout::request_promise},
    {"shared_builtin", &HeapLayout::shared_builtin},
    {"await_generator", &HeapLayout::await_generator},
    {"resolve_promise", &HeapLayout::resolve_promise},
    {"all_capability", &HeapLayout::all_capability},
    {"any_capability", &HeapLayout::any_capability},
    {"builtin_resolve", &HeapLayout::builtin_resolve},
    {"builtin_reject", &HeapLayout::builtin_reject},
    {"builtin_all", &HeapLayout::builtin_all},
    {"builtin_all_settled", &HeapLayout::builtin_all_settled},
    {"builtin_any", &HeapLayout::builtin_any},
    {"bound_target", &HeapLayout::bound_target},
    {"bound_receiver", &HeapLayout::bound_receiver},
    {"bound_arguments", &HeapLayout::bound_arguments},
    {"collection_table", &HeapLayout::collection_table},
    {"type_ordered_map", &HeapLayout::type_ordered_map},
    {"type_ordered_set", &HeapLayout::type_ordered_set},
    {"type_ephemeron_table", &HeapLayout::type_ephemeron_table},
    {"page_metadata", &HeapLayout::page_metadata},
    {"page_metadata_self", &HeapLayout::page_metadata_self},
    {"page_heap", &HeapLayout::page_heap},
    {"page_flags", &HeapLayout::page_flags},
};
inline constexpr size_t kHeapTableFieldCount = std::size(kHeapTableFields);

// V8's own objects whose addresses an isolate notes.
struct HeapRoot {
  Tagged HeapAnchors::*anchor;
  const char* what;
  bool required;
};

inline constexpr HeapRoot kHeapRoots[] = {
    {&HeapAnchors::empty_elements, "objects without elements", true},
    {&HeapAnchors::empty_frozen_elements, "frozen objects without elements", true},
    {&HeapAnchors::resolve_shared, "functions that resolve a promise", true},
    {&HeapAnchors::reject_shared, "functions that reject a promise", true},
    {&HeapAnchors::free_space_map, "free blocks", false},
};
inline constexpr size_t kHeapRootCount = std::size(kHeapRoots);

// Where an isolate notes the address of a root, in bytes from its own, and of which type that object is. -1:
// not found.
struct HeapRootPlace {
  int32_t offset = -1;
  int32_t type = -1;

  bool operator==(const HeapRootPlace&) const = default;
};

struct HeapTable {
  int32_t major = 0;
  int32_t minor = 0;
  // In the order of kHeapTableFields; -1: this version has no such field.
  int32_t fields[kHeapTableFieldCount] = {};
  // In the order of kHeapRoots.
  HeapRootPlace roots[kHeapRootCount] = {};

  bool operator==(const HeapTable&) const = default;
};

// nullptr: this version is in no table.
const HeapTable* FindHeapTable(std::string_view v8_version);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_HEAP_TABLES_H_
