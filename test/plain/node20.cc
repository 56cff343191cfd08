// The numbers of Node 20.20 on Linux x64, as LoadLayout() and HeapModel::Make() found them in a running one.

#include "node20.h"

#include <iterator>

namespace gmr::test {

namespace {

struct Value {
  int32_t vm::Layout::*to;
  int32_t value;
};

struct HeapValue {
  int32_t vm::HeapLayout::*to;
  int32_t value;
};

constexpr int32_t kFrameTypes[] = {1,  2,  3,  25, -1, -1, -1, -1, -1, 22, 23, -1, 17, 18, 24, 19, 20,
                                   21, 26, 27, 4,  5,  6,  7,  10, 11, 12, 9,  -1, -1, -1, -1, 8};
static_assert(std::size(kFrameTypes) == vm::kFrameTypeCount);

constexpr Value kValues[] = {
    {&vm::Layout::fp_marker, -8},
    {&vm::Layout::fp_function, -16},
    {&vm::Layout::fp_bytecode_array, -32},
    {&vm::Layout::fp_bytecode_offset, -40},
    {&vm::Layout::fp_builtin_exit_target, 24},
    {&vm::Layout::fp_receiver, 16},
    {&vm::Layout::fp_builtin_exit_receiver, 48},
    {&vm::Layout::first_nonstring_type, 128},
    {&vm::Layout::type_map, 255},
    {&vm::Layout::type_first_receiver, 1024},
    {&vm::Layout::type_proxy, 278},
    {&vm::Layout::type_global_proxy, 280},
    {&vm::Layout::type_first_js_function, 2066},
    {&vm::Layout::type_last_js_function, 2082},
    {&vm::Layout::type_shared, 262},
    {&vm::Layout::type_scope_info, 261},
    {&vm::Layout::type_script, 167},
    {&vm::Layout::type_debug_info, 153},
    {&vm::Layout::type_bytecode_array, 191},
    {&vm::Layout::type_interpreter_data, 159},
    {&vm::Layout::type_first_uncompiled, 220},
    {&vm::Layout::type_last_uncompiled, 223},
    {&vm::Layout::type_code, 245},
    {&vm::Layout::type_instruction_stream, 252},
    {&vm::Layout::type_fixed_array, 175},
    {&vm::Layout::type_weak_fixed_array, 240},
    {&vm::Layout::type_byte_array, 190},
    {&vm::Layout::type_property_array, 259},
    {&vm::Layout::type_property_cell, 260},
    {&vm::Layout::type_name_dictionary, 179},
    {&vm::Layout::type_name_table, 180},
    {&vm::Layout::type_number_dictionary, 181},
    {&vm::Layout::type_descriptors, 236},
    {&vm::Layout::type_strong_descriptors, 237},
    {&vm::Layout::map_instance_type, 12},
    {&vm::Layout::map_instance_words, 8},
    {&vm::Layout::map_first_field_word, 9},
    {&vm::Layout::map_bit_field3, 16},
    {&vm::Layout::map_prototype, 24},
    {&vm::Layout::map_constructor, 32},
    {&vm::Layout::map_descriptors, 40},
    {&vm::Layout::descriptors_header, 24},
    {&vm::Layout::object_properties, 8},
    {&vm::Layout::array_length, 8},
    {&vm::Layout::array_data, 16},
    {&vm::Layout::function_shared, 24},
    {&vm::Layout::function_prototype, 56},
    {&vm::Layout::shared_data, 8},
    {&vm::Layout::shared_name, 16},
    {&vm::Layout::shared_script, 32},
    {&vm::Layout::debug_info_script, 24},
    {&vm::Layout::scope_locals, 2},
    {&vm::Layout::scope_first_name, 3},
    {&vm::Layout::script_source, 8},
    {&vm::Layout::script_name, 16},
    {&vm::Layout::script_line_offset, 24},
    {&vm::Layout::script_column_offset, 32},
    {&vm::Layout::script_line_ends, 56},
    {&vm::Layout::script_flags, 104},
    {&vm::Layout::script_source_url, 112},
    {&vm::Layout::script_id, 64},
    {&vm::Layout::script_map_url, 120},
    {&vm::Layout::bytecode_length, 8},
    {&vm::Layout::bytecode_positions, 32},
    {&vm::Layout::bytecode_data, 54},
    {&vm::Layout::interpreter_data_bytecode, 8},
    {&vm::Layout::uncompiled_start, 16},
    {&vm::Layout::uncompiled_end, 20},
    {&vm::Layout::code_instruction_stream, 32},
    {&vm::Layout::code_start, 40},
    {&vm::Layout::code_flags, 48},
    {&vm::Layout::code_size, 56},
    {&vm::Layout::code_positions, 24},
    {&vm::Layout::code_deopt_data, 16},
    {&vm::Layout::stream_code, 8},
    {&vm::Layout::stream_header_bytes, 16},
    {&vm::Layout::string_representation_mask, 7},
    {&vm::Layout::string_encoding_mask, 8},
    {&vm::Layout::string_one_byte, 8},
    {&vm::Layout::string_cons, 1},
    {&vm::Layout::string_external, 2},
    {&vm::Layout::string_sliced, 3},
    {&vm::Layout::string_thin, 5},
    {&vm::Layout::string_uncached_mask, 16},
    {&vm::Layout::string_length, 12},
    {&vm::Layout::string_chars, 16},
    {&vm::Layout::cons_first, 16},
    {&vm::Layout::cons_second, 24},
    {&vm::Layout::thin_actual, 16},
    {&vm::Layout::sliced_parent, 16},
    {&vm::Layout::sliced_offset, 24},
    {&vm::Layout::external_data, 24},
    {&vm::Layout::kind_mask, 15},
    {&vm::Layout::kind_baseline, 11},
    {&vm::Layout::kind_maglev, 12},
    {&vm::Layout::kind_turbofan, 13},
    {&vm::Layout::deopt_literals, 2},
    {&vm::Layout::deopt_inlining_positions, 7},
    {&vm::Layout::deopt_first_entry, 11},
    {&vm::Layout::safepoint_length, 0},
    {&vm::Layout::safepoint_header_bytes, 8},
    {&vm::Layout::maglev_safepoint_header_bytes, 16},
    {&vm::Layout::members_initializer_first, 24},
    {&vm::Layout::members_initializer_last, 24},
    {&vm::Layout::static_initializer_first, 25},
    {&vm::Layout::static_initializer_last, 25},
    {&vm::Layout::position_delta_shift, 0},
    {&vm::Layout::isolate_entry_fp, 384},
};

constexpr HeapValue kHeapValues[] = {
    {&vm::HeapLayout::type_promise, 2063},
    {&vm::HeapLayout::type_reaction, 163},
    {&vm::HeapLayout::type_capability, 161},
    {&vm::HeapLayout::type_async_function, 2106},
    {&vm::HeapLayout::type_async_generator, 2107},
    {&vm::HeapLayout::type_async_generator_request, 148},
    {&vm::HeapLayout::type_first_context, 205},
    {&vm::HeapLayout::type_last_context, 214},
    {&vm::HeapLayout::type_heap_number, 130},
    {&vm::HeapLayout::type_generator, 2105},
    {&vm::HeapLayout::function_context, 32},
    {&vm::HeapLayout::object_elements, 16},
    {&vm::HeapLayout::heap_number_value, 8},
    {&vm::HeapLayout::type_map_object, 2108},
    {&vm::HeapLayout::type_oddball, 131},
    {&vm::HeapLayout::oddball_kind, 40},
    {&vm::HeapLayout::oddball_true, 1},
    {&vm::HeapLayout::oddball_false, 0},
    {&vm::HeapLayout::oddball_null, 3},
    {&vm::HeapLayout::context_length, 8},
    {&vm::HeapLayout::context_slots, 16},
    {&vm::HeapLayout::context_scope_info, 16},
    {&vm::HeapLayout::context_previous, 24},
    {&vm::HeapLayout::promise_reactions, 24},
    {&vm::HeapLayout::promise_flags, 32},
    {&vm::HeapLayout::reaction_next, 8},
    {&vm::HeapLayout::reaction_fulfill, 24},
    {&vm::HeapLayout::reaction_reject, 16},
    {&vm::HeapLayout::reaction_target, 32},
    {&vm::HeapLayout::reaction_context, 40},
    {&vm::HeapLayout::capability_promise, 8},
    {&vm::HeapLayout::generator_function, 24},
    {&vm::HeapLayout::generator_context, 32},
    {&vm::HeapLayout::generator_receiver, 40},
    {&vm::HeapLayout::generator_position, 48},
    {&vm::HeapLayout::generator_continuation, 64},
    {&vm::HeapLayout::generator_registers, 72},
    {&vm::HeapLayout::async_function_promise, 80},
    {&vm::HeapLayout::async_generator_queue, 80},
    {&vm::HeapLayout::async_generator_awaiting, 88},
    {&vm::HeapLayout::request_next, 8},
    {&vm::HeapLayout::request_promise, 32},
    {&vm::HeapLayout::shared_builtin, 8},
    {&vm::HeapLayout::await_generator, 32},
    {&vm::HeapLayout::resolve_promise, 32},
    {&vm::HeapLayout::all_capability, 40},
    {&vm::HeapLayout::any_capability, 40},
    {&vm::HeapLayout::builtin_resolve, 1272},
    {&vm::HeapLayout::builtin_reject, 1271},
    {&vm::HeapLayout::builtin_all, 1279},
    {&vm::HeapLayout::builtin_all_settled, 1280},
    {&vm::HeapLayout::builtin_any, 1282},
    {&vm::HeapLayout::page_heap, 16},
    {&vm::HeapLayout::page_flags, 8},
    {&vm::HeapLayout::heap_gc_state, 552},
    {&vm::HeapLayout::heap_full_count, 576},
    {&vm::HeapLayout::heap_gc_count, 580},
    {&vm::HeapLayout::type_free_space, 251},
    {&vm::HeapLayout::free_space_unit, 1},
};

}  // namespace

vm::Layout LayoutOfNode20() {
  vm::Layout layout;
  // For the tables of opcodes; the numbers are replaced below.
  vm::ApplyVersionTable(11, 3, &layout);
  for (int i = 0; i < vm::kFrameTypeCount; ++i) layout.frame_types[i] = kFrameTypes[i];
  for (const Value& value : kValues) layout.*value.to = value.value;
  return layout;
}

vm::HeapLayout HeapLayoutOfNode20() {
  vm::HeapLayout layout;
  for (const HeapValue& value : kHeapValues) layout.*value.to = value.value;
  return layout;
}

}  // namespace gmr::test
