#include "object_types.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

namespace {

struct NamedType {
  const char* name;  // without v8dbg_type_
  SizeRule rule;
  HeapKind kind;
};

// Types that are missing here are HeapKind::kSystem and SizeRule::kUnknown, unless a range below includes
// them.
constexpr NamedType kNamedTypes[] = {
    {"HeapNumber__HEAP_NUMBER_TYPE", SizeRule::kUnknown, HeapKind::kNumber},
    {"Symbol__SYMBOL_TYPE", SizeRule::kUnknown, HeapKind::kSymbol},
    {"FixedDoubleArray__FIXED_DOUBLE_ARRAY_TYPE", SizeRule::kWords, HeapKind::kArray},
    {"ByteArray__BYTE_ARRAY_TYPE", SizeRule::kBytes, HeapKind::kArray},
    {"TrustedByteArray__TRUSTED_BYTE_ARRAY_TYPE", SizeRule::kBytes, HeapKind::kSystem},
    {"TrustedFixedArray__TRUSTED_FIXED_ARRAY_TYPE", SizeRule::kWords, HeapKind::kSystem},
    {"TrustedWeakFixedArray__TRUSTED_WEAK_FIXED_ARRAY_TYPE", SizeRule::kWords, HeapKind::kSystem},
    {"ProtectedFixedArray__PROTECTED_FIXED_ARRAY_TYPE", SizeRule::kWords, HeapKind::kSystem},
    {"ProtectedWeakFixedArray__PROTECTED_WEAK_FIXED_ARRAY_TYPE", SizeRule::kWords, HeapKind::kSystem},
    {"EmbedderDataArray__EMBEDDER_DATA_ARRAY_TYPE", SizeRule::kWords, HeapKind::kSystem},
    {"PropertyArray__PROPERTY_ARRAY_TYPE", SizeRule::kProperties, HeapKind::kSystem},
    {"WeakArrayList__WEAK_ARRAY_LIST_TYPE", SizeRule::kWeakList, HeapKind::kSystem},
    {"ArrayList__ARRAY_LIST_TYPE", SizeRule::kWeakList, HeapKind::kSystem},
    {"ClosureFeedbackCellArray__CLOSURE_FEEDBACK_CELL_ARRAY_TYPE", SizeRule::kWords, HeapKind::kCode},
    {"ObjectBoilerplateDescription__OBJECT_BOILERPLATE_DESCRIPTION_TYPE", SizeRule::kUnknown,
     HeapKind::kCode},
    {"ArrayBoilerplateDescription__ARRAY_BOILERPLATE_DESCRIPTION_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"RegExpBoilerplateDescription__REG_EXP_BOILERPLATE_DESCRIPTION_TYPE", SizeRule::kUnknown,
     HeapKind::kCode},
    {"TemplateObjectDescription__TEMPLATE_OBJECT_DESCRIPTION_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"AllocationSite__ALLOCATION_SITE_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"BytecodeArray__BYTECODE_ARRAY_TYPE", SizeRule::kBytecode, HeapKind::kCode},
    {"BytecodeWrapper__BYTECODE_WRAPPER_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"Code__CODE_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"CodeWrapper__CODE_WRAPPER_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"InstructionStream__INSTRUCTION_STREAM_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"InterpreterData__INTERPRETER_DATA_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"FeedbackCell__FEEDBACK_CELL_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"FeedbackVector__FEEDBACK_VECTOR_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"PreparseData__PREPARSE_DATA_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"ScopeInfo__SCOPE_INFO_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"SharedFunctionInfo__SHARED_FUNCTION_INFO_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"Script__SCRIPT_TYPE", SizeRule::kUnknown, HeapKind::kCode},
    {"Map__MAP_TYPE", SizeRule::kUnknown, HeapKind::kShape},
    {"DescriptorArray__DESCRIPTOR_ARRAY_TYPE", SizeRule::kDescriptors, HeapKind::kShape},
    {"StrongDescriptorArray__STRONG_DESCRIPTOR_ARRAY_TYPE", SizeRule::kDescriptors, HeapKind::kShape},
    {"PrototypeInfo__PROTOTYPE_INFO_TYPE", SizeRule::kUnknown, HeapKind::kShape},
    {"EnumCache__ENUM_CACHE_TYPE", SizeRule::kUnknown, HeapKind::kShape},
    {"JSRegExp__JS_REG_EXP_TYPE", SizeRule::kUnknown, HeapKind::kRegExp},
};

constexpr const char* kTypesWithParts[] = {
    "Script__SCRIPT_TYPE",
    "FeedbackVector__FEEDBACK_VECTOR_TYPE",
    "ArrayBoilerplateDescription__ARRAY_BOILERPLATE_DESCRIPTION_TYPE",
};

constexpr const char* kWrappers[] = {
    "BytecodeWrapper__BYTECODE_WRAPPER_TYPE",
    "CodeWrapper__CODE_WRAPPER_TYPE",
};

// src/objects/instance-type.h: the order of the types has been the same around these.
constexpr int32_t kHandlersBehindLastMicrotask = 2;  // LOAD_HANDLER_TYPE, STORE_HANDLER_TYPE
constexpr int32_t kFillerBehindFeedback = 1;         // FILLER_TYPE behind FEEDBACK_VECTOR_TYPE
// NAME_TO_INDEX_HASH_TABLE_TYPE behind NAME_DICTIONARY_TYPE
constexpr int32_t kNamesOfScopeBehindDictionary = 1;
// Before BYTE_ARRAY_TYPE in V8 11.3, which has no names of these two.
constexpr int32_t kClosureFeedbackBeforeBytes = 3;  // CLOSURE_FEEDBACK_CELL_ARRAY_TYPE
constexpr int32_t kBoilerplateBeforeBytes = 2;      // OBJECT_BOILERPLATE_DESCRIPTION_TYPE

}  // namespace

const char* NameOf(HeapKind kind) {
  constexpr const char* kNames[kHeapKinds] = {
      "",          "(system)", "(string)", "(concatenated string)", "(sliced string)", "(symbol)",
      "(bigint)",  "(number)", "(array)",  "(compiled code)",       "(object shape)",  "system / Context",
      "(closure)", "(regexp)", "",
  };
  return kNames[static_cast<size_t>(kind)];
}

void ObjectTypes::Set(int32_t first, int32_t last, SizeRule rule, HeapKind kind) {
  if (first < 0) return;
  for (int32_t type = first; type <= std::min(last, kTypes - 1); ++type) table_[type] = {rule, kind, false};
}

void ObjectTypes::SetHasParts(int32_t type) {
  if (IsInTable(type)) table_[type].has_parts = true;
}

void ObjectTypes::SetStrings(const Layout& layout) {
  for (int32_t type = 0; type < layout.first_nonstring_type && type < kTypes; ++type) {
    const int32_t form = type & layout.string_representation_mask;
    const HeapKind kind = form == layout.string_cons     ? HeapKind::kConsString
                          : form == layout.string_sliced ? HeapKind::kSlicedString
                                                         : HeapKind::kString;
    table_[type] = {SizeRule::kString, kind, false};
  }
}

ObjectTypes::ObjectTypes(const platform::ElfNumbers& numbers, const Layout& layout,
                         const HeapLayout& heap_layout) {
  constexpr const char* kType = "type_";
  const auto find = [&](const char* name) {
    int32_t type = -1;
    numbers.Find(std::string(kType) + name, &type);
    return type;
  };
  SetStrings(layout);
  const int32_t symbol = find("Symbol__SYMBOL_TYPE");
  Set(symbol + 1, symbol + 1, SizeRule::kBigInt, HeapKind::kBigInt);
  // Hash tables and other kinds of FixedArray.
  const int32_t bytes = find("ByteArray__BYTE_ARRAY_TYPE");
  Set(layout.type_fixed_array, bytes - 1, SizeRule::kWords, HeapKind::kArray);
  if (layout.type_name_dictionary > 0) {
    const int32_t names_of_scope = layout.type_name_dictionary + kNamesOfScopeBehindDictionary;
    Set(names_of_scope, names_of_scope, SizeRule::kWords, HeapKind::kCode);
  }
  if (find("ClosureFeedbackCellArray__CLOSURE_FEEDBACK_CELL_ARRAY_TYPE") < 0) {
    Set(bytes - kClosureFeedbackBeforeBytes, bytes - kBoilerplateBeforeBytes, SizeRule::kWords,
        HeapKind::kCode);
  }
  Set(layout.type_weak_fixed_array, layout.type_weak_fixed_array, SizeRule::kWords, HeapKind::kSystem);
  // TRANSITION_ARRAY_TYPE
  Set(layout.type_weak_fixed_array + 1, layout.type_weak_fixed_array + 1, SizeRule::kWords, HeapKind::kShape);
  Set(heap_layout.type_first_context, heap_layout.type_last_context, SizeRule::kWords, HeapKind::kContext);
  Set(layout.type_first_uncompiled, layout.type_last_uncompiled, SizeRule::kUnknown, HeapKind::kCode);
  const int32_t microtask = find("PromiseResolveThenableJobTask__PROMISE_RESOLVE_THENABLE_JOB_TASK_TYPE");
  Set(microtask + 1, microtask + kHandlersBehindLastMicrotask, SizeRule::kUnknown, HeapKind::kCode);
  // JSProxy and others stand before those of type_first_receiver.
  Set(layout.type_proxy, kTypes - 1, SizeRule::kUnknown, HeapKind::kObject);
  Set(layout.type_first_js_function, layout.type_last_js_function, SizeRule::kUnknown, HeapKind::kClosure);
  if (heap_layout.type_bound_function >= 0)
    Set(heap_layout.type_bound_function, heap_layout.type_bound_function, SizeRule::kUnknown,
        HeapKind::kClosure);
  for (const NamedType& named : kNamedTypes) {
    const int32_t type = find(named.name);
    Set(type, type, named.rule, named.kind);
  }
  if (heap_layout.wrappers_are_code == 0) {
    for (const char* name : kWrappers) Set(find(name), find(name), SizeRule::kUnknown, HeapKind::kSystem);
  }
  const int32_t feedback = find("FeedbackVector__FEEDBACK_VECTOR_TYPE");
  // FEEDBACK_METADATA_TYPE
  Set(feedback - 1, feedback - 1, SizeRule::kUnknown, HeapKind::kCode);
  Set(feedback + kFillerBehindFeedback, feedback + kFillerBehindFeedback, SizeRule::kUnknown,
      HeapKind::kDead);
  Set(heap_layout.type_free_space, heap_layout.type_free_space, SizeRule::kFreeSpace, HeapKind::kDead);
  for (const char* name : kTypesWithParts) SetHasParts(find(name));
  array_type_ = find("JSArray__JS_ARRAY_TYPE");
  usable_ = symbol >= 0 && bytes >= 0 && feedback > 0 && array_type_ >= 0 && layout.type_proxy > 0 &&
            heap_layout.type_free_space == feedback + kFillerBehindFeedback + 1;
}

HeapKind ObjectTypes::KindOf(int32_t type) const {
  return IsInTable(type) ? table_[type].kind : HeapKind::kObject;
}

}  // namespace gmr::vm
