// Values that v8dbg_* omits, per V8 version. Each value with its place in V8's
// sources; the numbers were read from the official node binaries and hold when
// layout_check.h finds V8's own stack with them.
#include "layout.h"
#include "opcode_tables.h"

namespace gmr::vm {

namespace {

struct Value {
  int32_t Layout::*to;
  int32_t value;
};

// The same in V8 11.3 to 14.6, unless set again below.
constexpr Value kCommon[] = {
    // BuiltinExitFrameConstants::kTargetOffset, src/execution/frame-constants.h
    {&Layout::fp_builtin_exit_target, 24},
    // BuiltinExitFrameConstants::kFirstArgumentOffset: new.target, target, count, padding come before
    {&Layout::fp_builtin_exit_receiver, 48},
    // JSReceiver is the last branch of the hierarchy: FIRST_JS_OBJECT_TYPE, src/objects/instance-type.h. The
    // few special ones before it are named.
    {&Layout::type_first_receiver, 1024},
    // SharedFunctionInfo, src/objects/shared-function-info.tq: the first field is what it runs
    {&Layout::shared_data, 8},
    // DebugInfo, src/objects/debug-objects.tq: shared, debugger_hints, script
    {&Layout::debug_info_script, 24},
    // Script, src/objects/script.tq
    {&Layout::script_line_offset, 24},
    {&Layout::script_column_offset, 32},
    {&Layout::script_id, 64},
    {&Layout::script_flags, 104},
    {&Layout::script_source_url, 112},
    {&Layout::script_map_url, 120},
    // InterpreterData, src/objects/shared-function-info.tq
    {&Layout::interpreter_data_bytecode, 8},
    // InstructionStream, src/objects/instruction-stream.h: map, code
    {&Layout::stream_code, 8},
    // kUncachedExternalStringMask, src/objects/instance-type.h
    {&Layout::string_uncached_mask, 16},
    // FunctionKind, src/objects/function-kind.h
    {&Layout::members_initializer_first, 24},
    {&Layout::members_initializer_last, 24},
    {&Layout::static_initializer_first, 25},
    {&Layout::static_initializer_last, 25},
    // ScopeType, src/objects/scope-info.tq
    {&Layout::scope_type_class, 0},
    {&Layout::scope_type_eval, 1},
    {&Layout::scope_type_function, 2},
    {&Layout::scope_type_module, 3},
    {&Layout::scope_type_script, 4},
    {&Layout::scope_type_catch, 5},
    {&Layout::scope_type_block, 6},
    // ExternalString, src/objects/string.tq: resource, then the cached resource_data
    {&Layout::external_data, 24},
};

// V8 11.3, Node 20.
constexpr Value kV8_11_3[] = {
    // LAST_JS_FUNCTION_TYPE, src/objects/instance-type.h; later versions export it
    {&Layout::type_last_js_function, 2082},
    // BytecodeArray, src/objects/code.tq: the FixedArrayBase has its length in front
    {&Layout::bytecode_length, 8},
    {&Layout::bytecode_positions, 32},
    // Code, src/objects/code.h: what is not a tagged field has no v8dbg symbol here
    {&Layout::code_instruction_stream, 32},
    {&Layout::code_start, 40},
    {&Layout::code_flags, 48},
    {&Layout::code_size, 56},
    // SafepointTable, src/codegen/safepoint-table.h: length, configuration
    {&Layout::safepoint_length, 0},
    {&Layout::safepoint_header_bytes, 8},
    {&Layout::maglev_safepoint_header_bytes, 16},
    {&Layout::position_delta_shift, 0},
    // IsolateData::c_entry_fp, src/execution/isolate-data.h
    {&Layout::isolate_entry_fp, 384},
};

// V8 12.4, Node 22.
constexpr Value kV8_12_4[] = {
    // BytecodeArray, src/objects/bytecode-array.h: length, wrapper, source_position_table
    {&Layout::bytecode_positions, 24},
    // Code, src/objects/code.h: deoptimization_data_or_interpreter_data, position_table
    {&Layout::code_deopt_data, 8},
    {&Layout::code_positions, 16},
    {&Layout::safepoint_length, 0},
    {&Layout::safepoint_header_bytes, 8},
    {&Layout::maglev_safepoint_header_bytes, 16},
    {&Layout::position_delta_shift, 0},
    {&Layout::isolate_entry_fp, 272},
};

// V8 13.6, Node 24.
constexpr Value kV8_13_6[] = {
    // ScopeInfo, src/objects/scope-info.tq: flags, parameters, locals, position
    {&Layout::scope_position, 3},
    {&Layout::bytecode_positions, 24},
    {&Layout::code_deopt_data, 8},
    {&Layout::code_positions, 16},
    // SafepointTable: stack_slots, length, configuration; Maglev: one more word
    {&Layout::safepoint_length, 4},
    {&Layout::safepoint_header_bytes, 12},
    {&Layout::maglev_safepoint_header_bytes, 16},
    {&Layout::position_delta_shift, 0},
    {&Layout::isolate_entry_fp, 320},
    // ScopeType, src/objects/scope-info.tq: scripts come first, then those of a REPL
    {&Layout::scope_type_script, 0},
    {&Layout::scope_type_class, 2},
    {&Layout::scope_type_eval, 3},
    {&Layout::scope_type_function, 4},
    {&Layout::scope_type_module, 5},
    {&Layout::scope_type_catch, 6},
    {&Layout::scope_type_block, 7},
};

// V8 14.6, Node 26.
constexpr Value kV8_14_6[] = {
    {&Layout::scope_position, 3},
    {&Layout::bytecode_positions, 24},
    {&Layout::code_deopt_data, 8},
    {&Layout::code_positions, 16},
    {&Layout::safepoint_length, 4},
    {&Layout::safepoint_header_bytes, 12},
    {&Layout::maglev_safepoint_header_bytes, 16},
    // SourcePositionTableIterator::Advance, src/codegen/source-position-table.cc
    {&Layout::position_delta_shift, 1},
    {&Layout::isolate_entry_fp, 328},
    // BuiltinExitFrameConstants, src/execution/frame-constants.h: without padding
    {&Layout::fp_builtin_exit_receiver, 40},
    // Each kind twice: "preceded by" the other
    {&Layout::members_initializer_last, 25},
    {&Layout::static_initializer_first, 26},
    {&Layout::static_initializer_last, 27},
    // ScopeType, src/objects/scope-info.tq: scripts come first, then those of a REPL
    {&Layout::scope_type_script, 0},
    {&Layout::scope_type_class, 2},
    {&Layout::scope_type_eval, 3},
    {&Layout::scope_type_function, 4},
    {&Layout::scope_type_module, 5},
    {&Layout::scope_type_catch, 6},
    {&Layout::scope_type_block, 7},
};

constexpr uint64_t Bits(int first, int last) { return ((uint64_t{1} << (last - first + 1)) - 1) << first; }

// TranslationOpcode, src/deoptimizer/translation-opcode.h, in the order of the enum.
TranslationOpcodes OpcodesOf11() {
  TranslationOpcodes opcodes;
  opcodes.begin_first = 2;  // BEGIN_WITHOUT_FEEDBACK, BEGIN_WITH_FEEDBACK
  opcodes.begin_last = 3;
  opcodes.interpreted_first = 23;  // INTERPRETED_FRAME_WITH_RETURN, ..._WITHOUT_RETURN
  opcodes.interpreted_last = 24;
  opcodes.js_continuation_first = 25;  // JAVA_SCRIPT_BUILTIN_CONTINUATION_FRAME, ..._WITH_CATCH_FRAME
  opcodes.js_continuation_last = 26;
  opcodes.construct_first = 8;  // CONSTRUCT_STUB_FRAME
  opcodes.construct_last = 8;
  // BUILTIN_CONTINUATION_FRAME, CONSTRUCT_STUB_FRAME, INLINED_EXTRA_ARGUMENTS,
  // the four above and JS_TO_WASM_BUILTIN_CONTINUATION_FRAME.
  opcodes.frames = Bits(6, 6) | Bits(8, 8) | Bits(14, 14) | Bits(23, 27);
  return opcodes;
}

// From V8 12 on, all frames come first: interpreted, builtin continuations,
// CONSTRUCT_CREATE_STUB_FRAME, CONSTRUCT_INVOKE_STUB_FRAME, others,
// INLINED_EXTRA_ARGUMENTS.
TranslationOpcodes OpcodesFrom12(int begin, int frames) {
  TranslationOpcodes opcodes;
  opcodes.begin_first = begin;
  opcodes.begin_last = begin + 1;
  opcodes.interpreted_first = 0;
  opcodes.interpreted_last = 1;
  opcodes.js_continuation_first = 2;
  opcodes.js_continuation_last = 3;
  opcodes.construct_first = 4;
  opcodes.construct_last = 5;
  opcodes.frames = Bits(0, frames - 1);
  return opcodes;
}

template <size_t kCount>
void Apply(const Value (&values)[kCount], Layout* layout) {
  for (const Value& value : values) layout->*value.to = value.value;
}

bool ApplyOpcodes(int major, int minor, TranslationOpcodes opcodes, Layout* layout) {
  const OpcodeTable* table = FindOpcodeTable(major, minor);
  if (table == nullptr) return false;
  // LITERAL, REGISTER, STACK_SLOT, two for UINT32, UPDATE_FEEDBACK and
  // MATCH_PREVIOUS_TRANSLATION are the last seven.
  opcodes.literal = table->operand_count_entries - 7;
  opcodes.stack_slot = opcodes.literal + 2;
  opcodes.operand_counts = table->operand_counts;
  opcodes.count = table->operand_count_entries;
  layout->translation = opcodes;
  layout->bytecode_sizes = table->bytecodes;
  return true;
}

}  // namespace

bool ApplyVersionTable(int major, int minor, Layout* layout) {
  Apply(kCommon, layout);
  // FIXED_ARRAY_TYPE, HASH_TABLE_TYPE, EPHEMERON_HASH_TABLE_TYPE,
  // GLOBAL_DICTIONARY_TYPE, NAME_DICTIONARY_TYPE, NAME_TO_INDEX_HASH_TABLE_TYPE, NUMBER_DICTIONARY_TYPE,
  // src/objects/instance-type.h.
  layout->type_name_dictionary = layout->type_fixed_array + 4;
  layout->type_name_table = layout->type_fixed_array + 5;
  layout->type_number_dictionary = layout->type_fixed_array + 6;
  // The header of DeoptimizationData ends three words behind the inlining
  // positions, src/objects/deoptimization-data.h in all versions.
  layout->deopt_first_entry = layout->deopt_inlining_positions + 4;
  if (major == 11 && minor == 3) {
    Apply(kV8_11_3, layout);
    return ApplyOpcodes(major, minor, OpcodesOf11(), layout);
  }
  if (major == 12 && minor == 4) {
    Apply(kV8_12_4, layout);
    return ApplyOpcodes(major, minor, OpcodesFrom12(12, 10), layout);
  }
  if (major == 13 && minor == 6) {
    Apply(kV8_13_6, layout);
    return ApplyOpcodes(major, minor, OpcodesFrom12(14, 11), layout);
  }
  if (major == 14 && minor == 6) {
    Apply(kV8_14_6, layout);
    return ApplyOpcodes(major, minor, OpcodesFrom12(14, 11), layout);
  }
  return false;
}

}  // namespace gmr::vm
