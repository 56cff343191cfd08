#include "layout.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace gmr::vm {

namespace {

constexpr const char* kFrameTypeNames[] = {
    "EntryFrame",
    "ConstructEntryFrame",
    "ExitFrame",
    "BuiltinExitFrame",
    "ApiCallbackExitFrame",
    "ApiAccessorExitFrame",
    "ApiConstructExitFrame",
    "ApiNamedAccessorExitFrame",
    "ApiIndexedAccessorExitFrame",
    "InternalFrame",
    "ConstructFrame",
    "FastConstructFrame",
    "StubFrame",
    "TurbofanStubWithContextFrame",
    "BuiltinFrame",
    "BuiltinContinuationFrame",
    "JavaScriptBuiltinContinuationFrame",
    "JavaScriptBuiltinContinuationWithCatchFrame",
    "NativeFrame",
    "IrregexpFrame",
    "WasmFrame",
    "WasmToJsFrame",
    "WasmToJsFunctionFrame",
    "JsToWasmFrame",
    "CWasmEntryFrame",
    "WasmExitFrame",
    "WasmLiftoffSetupFrame",
    "WasmDebugBreakFrame",
    "WasmSegmentStartFrame",
    "WasmJspiFrame",
    "WasmStackEntryFrame",
    "WasmStackExitFrame",
    "StackSwitchFrame",
};
static_assert(std::size(kFrameTypeNames) == kFrameTypeCount);

// One number of the layout and the symbols that may hold it: V8 puts the C++
// type of a field into its symbol's name, and changes those types.
struct DebugSymbol {
  int32_t Layout::*to;
  bool required;
  const char* names[4];
};

constexpr DebugSymbol kDebugSymbols[] = {
    {&Layout::fp_marker, true, {"off_fp_context_or_frame_type"}},
    {&Layout::fp_function, true, {"off_fp_function"}},
    {&Layout::fp_receiver, false, {"off_fp_args"}},
    {&Layout::fp_bytecode_array, true, {"off_fp_bytecode_array"}},
    {&Layout::fp_bytecode_offset, true, {"off_fp_bytecode_offset"}},

    {&Layout::first_nonstring_type, true, {"FirstNonstringType"}},
    {&Layout::type_map, true, {"type_Map__MAP_TYPE"}},
    {&Layout::type_first_js_function, true, {"type_JSFunction__JS_FUNCTION_TYPE"}},
    {&Layout::type_last_js_function, false, {"LastJSFunctionType"}},
    {&Layout::type_shared, true, {"type_SharedFunctionInfo__SHARED_FUNCTION_INFO_TYPE"}},
    {&Layout::type_shared_wrapper,
     false,
     {"type_SharedFunctionInfoWrapper__SHARED_FUNCTION_INFO_WRAPPER_TYPE"}},
    {&Layout::type_scope_info, true, {"type_ScopeInfo__SCOPE_INFO_TYPE"}},
    {&Layout::type_script, true, {"type_Script__SCRIPT_TYPE"}},
    {&Layout::type_debug_info, false, {"type_DebugInfo__DEBUG_INFO_TYPE"}},
    {&Layout::type_bytecode_array, true, {"type_BytecodeArray__BYTECODE_ARRAY_TYPE"}},
    {&Layout::type_interpreter_data, false, {"type_InterpreterData__INTERPRETER_DATA_TYPE"}},
    {&Layout::type_code, true, {"type_Code__CODE_TYPE"}},
    {&Layout::type_instruction_stream, true, {"type_InstructionStream__INSTRUCTION_STREAM_TYPE"}},
    {&Layout::type_fixed_array, true, {"type_FixedArray__FIXED_ARRAY_TYPE"}},
    {&Layout::type_trusted_fixed_array, false, {"type_TrustedFixedArray__TRUSTED_FIXED_ARRAY_TYPE"}},
    {&Layout::type_protected_fixed_array, false, {"type_ProtectedFixedArray__PROTECTED_FIXED_ARRAY_TYPE"}},
    {&Layout::type_weak_fixed_array, false, {"type_WeakFixedArray__WEAK_FIXED_ARRAY_TYPE"}},
    {&Layout::type_trusted_weak_fixed_array,
     false,
     {"type_TrustedWeakFixedArray__TRUSTED_WEAK_FIXED_ARRAY_TYPE"}},
    {&Layout::type_byte_array, true, {"type_ByteArray__BYTE_ARRAY_TYPE"}},
    {&Layout::type_trusted_byte_array, false, {"type_TrustedByteArray__TRUSTED_BYTE_ARRAY_TYPE"}},

    {&Layout::type_proxy, false, {"type_JSProxy__JS_PROXY_TYPE"}},
    {&Layout::type_global_proxy, false, {"type_JSGlobalProxy__JS_GLOBAL_PROXY_TYPE"}},
    {&Layout::type_property_array, false, {"type_PropertyArray__PROPERTY_ARRAY_TYPE"}},
    {&Layout::type_property_cell, false, {"type_PropertyCell__PROPERTY_CELL_TYPE"}},
    {&Layout::type_descriptors, false, {"type_DescriptorArray__DESCRIPTOR_ARRAY_TYPE"}},
    {&Layout::type_strong_descriptors, false, {"type_StrongDescriptorArray__STRONG_DESCRIPTOR_ARRAY_TYPE"}},

    {&Layout::map_instance_type, true, {"class_Map__instance_type__uint16_t"}},
    {&Layout::map_instance_words, false, {"class_Map__instance_size_in_words__char"}},
    {&Layout::map_first_field_word,
     false,
     {"class_Map__inobject_properties_start_or_constructor_function_index__char"}},
    {&Layout::map_bit_field3, false, {"class_Map__bit_field3__int"}},
    {&Layout::map_prototype, false, {"class_Map__prototype__Object"}},
    {&Layout::map_constructor,
     false,
     {"class_Map__constructor_or_back_pointer__Object",
      "class_Map__constructor_or_back_pointer__Tagged_Object_"}},
    {&Layout::map_descriptors, false, {"class_Map__instance_descriptors_offset"}},
    {&Layout::descriptors_header, false, {"class_DescriptorArray__header_size__uintptr_t"}},
    {&Layout::object_properties,
     false,
     {"class_JSReceiver__raw_properties_or_hash__Tagged_Object_",
      "class_JSReceiver__raw_properties_or_hash__Object"}},
    {&Layout::array_length, true, {"class_FixedArrayBase__length__SMI"}},
    {&Layout::array_data, true, {"class_FixedArray__data__uintptr_t"}},
    {&Layout::function_shared, true, {"class_JSFunction__shared__SharedFunctionInfo"}},
    {&Layout::function_prototype,
     false,
     {"class_JSFunction__prototype_or_initial_map__HeapObject",
      "class_JSFunction__prototype_or_initial_map__Tagged_HeapObject_",
      "class_JSFunction__prototype_or_initial_map__Tagged_UnionOf_JSPrototype_Map_Hole_",
      "class_JSFunction__prototype_or_initial_map__Tagged_UnionOf_JSPrototype_Map_TheHole_"}},
    {&Layout::shared_name,
     true,
     {"class_SharedFunctionInfo__name_or_scope_info__Tagged_NameOrScopeInfoT_",
      "class_SharedFunctionInfo__name_or_scope_info__Tagged_Object_",
      "class_SharedFunctionInfo__name_or_scope_info__Object"}},
    {&Layout::shared_script,
     true,
     {"class_SharedFunctionInfo__script__Tagged_HeapObject_",
      "class_SharedFunctionInfo__script_or_debug_info__HeapObject"}},
    {&Layout::scope_locals, true, {"scopeinfo_idx_ncontextlocals"}},
    {&Layout::scope_first_name, true, {"scopeinfo_idx_first_vars"}},
    {&Layout::script_source, true, {"class_Script__source__Object"}},
    {&Layout::script_name, true, {"class_Script__name__Object"}},
    {&Layout::script_line_ends, true, {"class_Script__line_ends__Object"}},
    {&Layout::bytecode_length, false, {"class_BytecodeArray__length__SMI"}},
    {&Layout::bytecode_data, true, {"class_BytecodeArray__data__uintptr_t"}},
    {&Layout::uncompiled_start, false, {"class_UncompiledData__start_position__int32_t"}},
    {&Layout::uncompiled_end, false, {"class_UncompiledData__end_position__int32_t"}},
    {&Layout::code_instruction_stream, false, {"class_Code__instruction_stream__Tagged_InstructionStream_"}},
    {&Layout::code_start, false, {"class_Code__instruction_start__Address"}},
    {&Layout::code_flags, false, {"class_Code__flags__uint32_t"}},
    {&Layout::code_size, false, {"class_Code__instruction_size__int"}},
    {&Layout::code_positions, false, {"class_Code__source_position_table__ByteArray"}},
    {&Layout::code_deopt_data, false, {"class_Code__deoptimization_data__FixedArray"}},
    {&Layout::stream_header_bytes, true, {"class_InstructionStream__instruction_start__uintptr_t"}},

    {&Layout::string_representation_mask, true, {"StringRepresentationMask"}},
    {&Layout::string_encoding_mask, true, {"StringEncodingMask"}},
    {&Layout::string_one_byte, true, {"OneByteStringTag"}},
    {&Layout::string_cons, true, {"ConsStringTag"}},
    {&Layout::string_external, true, {"ExternalStringTag"}},
    {&Layout::string_sliced, true, {"SlicedStringTag"}},
    {&Layout::string_thin, true, {"ThinStringTag"}},
    {&Layout::string_length, true, {"class_String__length__int32_t"}},
    {&Layout::string_chars, true, {"class_SeqOneByteString__chars__char"}},
    {&Layout::cons_first, true, {"class_ConsString__first__String"}},
    {&Layout::cons_second, true, {"class_ConsString__second__String"}},
    {&Layout::thin_actual, true, {"class_ThinString__actual__String"}},
    {&Layout::sliced_parent, true, {"class_SlicedString__parent__String"}},
    {&Layout::sliced_offset, true, {"class_SlicedString__offset__SMI"}},

    {&Layout::kind_mask, true, {"CodeKindFieldMask"}},
    {&Layout::kind_baseline, true, {"CodeKindBaseline"}},
    {&Layout::deopt_literals, true, {"DeoptimizationDataLiteralArrayIndex"}},
    {&Layout::deopt_inlining_positions, true, {"DeoptimizationDataInliningPositionsIndex"}},
};

// Four types in a row, in an order that differs between versions.
void ReadUncompiledTypes(const platform::ElfNumbers& numbers, Layout* layout) {
  constexpr const char* kNames[] = {
      "WithoutPreparseData__UNCOMPILED_DATA_WITHOUT_PREPARSE_DATA_TYPE",
      "WithPreparseData__UNCOMPILED_DATA_WITH_PREPARSE_DATA_TYPE",
      "WithoutPreparseDataWithJob__UNCOMPILED_DATA_WITHOUT_PREPARSE_DATA_WITH_JOB_TYPE",
      "WithPreparseDataAndJob__UNCOMPILED_DATA_WITH_PREPARSE_DATA_AND_JOB_TYPE",
  };
  for (const char* name : kNames) {
    int32_t type = -1;
    if (!numbers.Find(std::string("type_UncompiledData") + name, &type)) continue;
    const bool first = layout->type_first_uncompiled < 0;
    layout->type_first_uncompiled = first ? type : std::min(layout->type_first_uncompiled, type);
    layout->type_last_uncompiled = std::max(layout->type_last_uncompiled, type);
  }
}

// "": all that is required was found; else the name of the first that was not.
std::string ReadDebugSymbols(const platform::ElfNumbers& numbers, Layout* layout) {
  for (const DebugSymbol& symbol : kDebugSymbols) {
    bool found = false;
    for (const char* name : symbol.names) {
      found = found || (name != nullptr && numbers.Find(name, &(layout->*symbol.to)));
    }
    if (!found && symbol.required) return symbol.names[0];
  }
  for (int i = 0; i < kFrameTypeCount; ++i) {
    layout->frame_types[i] = -1;
    numbers.Find(std::string("frametype_") + kFrameTypeNames[i], &layout->frame_types[i]);
  }
  if (layout->frame_types[0] < 0) return "frametype_EntryFrame";
  ReadUncompiledTypes(numbers, layout);
  // The tiers follow each other, src/objects/code-kind.h in all versions.
  layout->kind_maglev = layout->kind_baseline + 1;
  layout->kind_turbofan = layout->kind_baseline + 2;
  return "";
}

// Pointer compression halves every field, the sandbox changes what a pointer
// is: neither is known here.
bool HasFullPointers(const platform::ElfNumbers& numbers) {
  int32_t smi_shift = 0;
  int32_t tagged_size = 0;
  return numbers.Find("SmiShiftSize", &smi_shift) && smi_shift == 31 &&
         numbers.Find("TaggedSize", &tagged_size) && tagged_size == 8;
}

bool ParseVersion(std::string_view text, int* major, int* minor) {
  const char* const start = text.data();
  const char* const end = start + text.size();
  const auto first = std::from_chars(start, end, *major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return false;
  return std::from_chars(first.ptr + 1, end, *minor).ec == std::errc();
}

}  // namespace

const char* NameOf(FrameType type) {
  const auto index = static_cast<size_t>(type);
  return index < std::size(kFrameTypeNames) ? kFrameTypeNames[index] : "";
}

bool IsExit(FrameType type) {
  return (type >= FrameType::kExit && type <= FrameType::kApiIndexedAccessorExit) ||
         type == FrameType::kWasmExit;
}

// The number is shifted by one so that it cannot be taken for a pointer,
// StackFrame::TypeToMarker() in src/execution/frames.h.
bool FrameTypeOf(const Layout& layout, uint64_t marker, FrameType* type) {
  if (marker == 0 || (marker & 1) != 0 || marker > 1024) return false;
  for (int i = 0; i < kFrameTypeCount; ++i) {
    if (layout.frame_types[i] != static_cast<int32_t>(marker >> 1)) continue;
    *type = static_cast<FrameType>(i);
    return true;
  }
  return false;
}

LoadedLayout LoadLayout(std::string_view v8_version, const platform::ElfNumbers& numbers) {
  LoadedLayout loaded;
  int major = 0;
  int minor = 0;
  if (!ParseVersion(v8_version, &major, &minor)) {
    loaded.reason = "V8 gives no version";
    return loaded;
  }
  const std::string v8 = "V8 " + std::to_string(major) + "." + std::to_string(minor);
#if !defined(__linux__) || !(defined(__x86_64__) || defined(__aarch64__))
  loaded.reason = v8 + " layout unknown on this platform";
#else
  if (!HasFullPointers(numbers)) {
    loaded.reason = v8 + " layout unknown: compressed pointers or no v8dbg symbols";
    return loaded;
  }
  const std::string missing = ReadDebugSymbols(numbers, &loaded.layout);
  if (!missing.empty()) {
    loaded.reason = v8 + " layout unknown: no v8dbg_" + missing;
  } else if (!ApplyVersionTable(major, minor, &loaded.layout)) {
    loaded.reason = v8 + " layout unknown";
  } else {
    loaded.usable = true;
  }
#endif
  return loaded;
}

}  // namespace gmr::vm
