// Layout: where V8 keeps what a stack is made of, in the version that runs.
//
// Owns:        nothing; plain numbers.
// Threads:     immutable once it is loaded.
// Signal-safe: no: LoadLayout() allocates. Reading it: yes.
// Lifetime:    plain value.
//
// Three sources, in this order: the v8dbg_* symbols that every node binary
// exports for post-mortem debuggers; a table per V8 version for what they leave
// out (layout_tables.cc); and layout_check.h, which compares the result with
// V8's own idea of a stack. A wrong number yields "unknown", never a crash:
// all memory is read through HeapReader, which checks each object's type.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_LAYOUT_H_
#define GMR_NATIVE_IMAGE_OBJECTS_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../../unwind/elf_numbers.h"

namespace gmr::vm {

// Frames that V8 marks with a number where a JavaScript frame has its context.
// The numbers differ between versions; the names are those of V8.
enum class FrameType : uint8_t {
  kEntry,
  kConstructEntry,
  kExit,
  kBuiltinExit,
  kApiCallbackExit,
  kApiAccessorExit,
  kApiConstructExit,
  kApiNamedAccessorExit,
  kApiIndexedAccessorExit,
  kInternal,
  kConstruct,
  kFastConstruct,
  kStub,
  kTurbofanStubWithContext,
  kBuiltin,
  kBuiltinContinuation,
  kJavaScriptBuiltinContinuation,
  kJavaScriptBuiltinContinuationWithCatch,
  kNative,
  kIrregexp,
  kWasm,
  kWasmToJs,
  kWasmToJsFunction,
  kJsToWasm,
  kCWasmEntry,
  kWasmExit,
  kWasmLiftoffSetup,
  kWasmDebugBreak,
  kWasmSegmentStart,
  kWasmJspi,
  kWasmStackEntry,
  kWasmStackExit,
  kStackSwitch,
  kCount
};
inline constexpr int kFrameTypeCount = static_cast<int>(FrameType::kCount);

// As V8 spells it: "EntryFrame".
const char* NameOf(FrameType type);

// Between the registers that native code saw and JavaScript: the frames that
// V8 records in the isolate when it leaves for C++.
bool IsExit(FrameType type);

// Roles of a few opcodes of the deoptimizer's translations.
struct TranslationOpcodes {
  // Operands of each opcode.
  const uint8_t* operand_counts = nullptr;
  int32_t count = 0;
  int32_t begin_first = 0, begin_last = 0;
  int32_t interpreted_first = 0, interpreted_last = 0;
  int32_t js_continuation_first = 0, js_continuation_last = 0;
  int32_t construct_first = 0, construct_last = 0;
  int32_t literal = 0;
  int32_t stack_slot = 0;
  // One bit per opcode that starts a frame of any kind.
  uint64_t frames = 0;
};

struct BytecodeSizes {
  // [3][count]: operands of single, double and quadruple width.
  const uint8_t* sizes = nullptr;
  int32_t count = 0;
};

// All int32_t, so that a test can set any of them to any value. -1: this version
// has none.
struct Layout {
  // Slots relative to the frame pointer.
  int32_t fp_marker = -1;
  int32_t fp_function = -1;
  int32_t fp_bytecode_array = -1;
  int32_t fp_bytecode_offset = -1;
  int32_t fp_builtin_exit_target = -1;
  int32_t fp_receiver = -1;
  int32_t fp_builtin_exit_receiver = -1;
  // Marker of each FrameType.
  int32_t frame_types[kFrameTypeCount];

  // Instance types.
  int32_t first_nonstring_type = -1;
  int32_t type_map = -1;
  int32_t type_first_receiver = -1;
  int32_t type_proxy = -1;
  int32_t type_global_proxy = -1;
  int32_t type_first_js_function = -1;
  int32_t type_last_js_function = -1;
  int32_t type_shared = -1;
  int32_t type_shared_wrapper = -1;
  int32_t type_scope_info = -1;
  int32_t type_script = -1;
  int32_t type_debug_info = -1;
  int32_t type_bytecode_array = -1;
  int32_t type_interpreter_data = -1;
  int32_t type_first_uncompiled = -1;
  int32_t type_last_uncompiled = -1;
  int32_t type_code = -1;
  int32_t type_instruction_stream = -1;
  int32_t type_fixed_array = -1;
  int32_t type_trusted_fixed_array = -1;
  int32_t type_protected_fixed_array = -1;
  int32_t type_weak_fixed_array = -1;
  int32_t type_trusted_weak_fixed_array = -1;
  int32_t type_byte_array = -1;
  int32_t type_trusted_byte_array = -1;
  int32_t type_property_array = -1;
  int32_t type_property_cell = -1;
  int32_t type_name_dictionary = -1;
  int32_t type_number_dictionary = -1;  // elements by their numbers, where most numbers have none
  int32_t type_name_table = -1;         // names of variables with their indices
  int32_t type_descriptors = -1;
  int32_t type_strong_descriptors = -1;

  // Fields, in bytes from the start of the object.
  int32_t map_instance_type = -1;
  int32_t map_instance_words = -1;
  int32_t map_first_field_word = -1;
  int32_t map_bit_field3 = -1;
  int32_t map_prototype = -1;
  int32_t map_constructor = -1;
  int32_t map_descriptors = -1;
  int32_t descriptors_header = -1;
  int32_t object_properties = -1;
  int32_t array_length = -1;
  int32_t array_data = -1;
  int32_t function_shared = -1;
  int32_t function_prototype = -1;
  int32_t shared_data = -1;
  int32_t shared_name = -1;
  int32_t shared_script = -1;
  int32_t debug_info_script = -1;
  int32_t scope_locals = -1;      // index of a word, from the first field
  int32_t scope_first_name = -1;  // index of a word, from the first field
  int32_t scope_position = -1;    // index of a word; -1: behind the names
  int32_t script_source = -1;
  int32_t script_name = -1;
  int32_t script_line_offset = -1;
  int32_t script_column_offset = -1;
  int32_t script_line_ends = -1;
  int32_t script_flags = -1;
  int32_t script_source_url = -1;
  int32_t script_id = -1;
  int32_t script_map_url = -1;
  int32_t bytecode_length = -1;
  int32_t bytecode_positions = -1;
  int32_t bytecode_data = -1;
  int32_t interpreter_data_bytecode = -1;
  int32_t uncompiled_start = -1;
  int32_t uncompiled_end = -1;
  int32_t code_instruction_stream = -1;
  int32_t code_start = -1;
  int32_t code_flags = -1;
  int32_t code_size = -1;
  int32_t code_positions = -1;
  int32_t code_deopt_data = -1;
  int32_t stream_code = -1;
  int32_t stream_header_bytes = -1;

  // Strings.
  int32_t string_representation_mask = -1;
  int32_t string_encoding_mask = -1;
  int32_t string_one_byte = -1;
  int32_t string_cons = -1;
  int32_t string_external = -1;
  int32_t string_sliced = -1;
  int32_t string_thin = -1;
  int32_t string_uncached_mask = -1;
  int32_t string_length = -1;
  int32_t string_chars = -1;
  int32_t cons_first = -1;
  int32_t cons_second = -1;
  int32_t thin_actual = -1;
  int32_t sliced_parent = -1;
  int32_t sliced_offset = -1;
  int32_t external_data = -1;

  // Code kinds.
  int32_t kind_mask = -1;
  int32_t kind_baseline = -1;
  int32_t kind_maglev = -1;
  int32_t kind_turbofan = -1;

  // Deoptimization data: indices of an array; the rest is in bytes.
  int32_t deopt_literals = -1;
  int32_t deopt_inlining_positions = -1;
  int32_t deopt_first_entry = -1;
  int32_t safepoint_length = -1;
  int32_t safepoint_header_bytes = -1;
  int32_t maglev_safepoint_header_bytes = -1;

  // Kinds of scopes.
  int32_t scope_type_class = -1;
  int32_t scope_type_eval = -1;
  int32_t scope_type_function = -1;
  int32_t scope_type_module = -1;
  int32_t scope_type_script = -1;
  int32_t scope_type_catch = -1;
  int32_t scope_type_block = -1;
  // Kinds of the functions that run the fields of a class.
  int32_t members_initializer_first = -1, members_initializer_last = -1;
  int32_t static_initializer_first = -1, static_initializer_last = -1;

  // V8 14 puts one more bit below the code offsets of a position table.
  int32_t position_delta_shift = -1;
  // Of v8::internal::Isolate, until entry_frame.h finds it out.
  int32_t isolate_entry_fp = -1;

  TranslationOpcodes translation;
  BytecodeSizes bytecode_sizes;
};

// The type of a frame by the word that marks it. False: not a typed frame.
bool FrameTypeOf(const Layout& layout, uint64_t marker, FrameType* type);

struct LoadedLayout {
  Layout layout;
  bool usable = false;
  // Why it is not: for people, as "V8 15.1 layout unknown".
  std::string reason;
};

// The prefix of the names of the numbers that V8 exports for debuggers.
inline constexpr std::string_view kDebugPrefix = "v8dbg_";

// The layout of V8 in a program that exports these numbers without kDebugPrefix, and whose V8 says that this
// is its version ("13.6.233.17-node.53").
LoadedLayout LoadLayout(std::string_view v8_version, const platform::ElfNumbers& numbers);

// Adds what the table of this version knows; false: there is none.
// Implemented in layout_tables.cc.
bool ApplyVersionTable(int major, int minor, Layout* layout);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_LAYOUT_H_
