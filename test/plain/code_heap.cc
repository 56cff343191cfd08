#include "code_heap.h"

#include <algorithm>

#include "harness.h"

namespace gmr::test {

namespace {

constexpr size_t kWordsOfScript = 17;
constexpr size_t kWordsOfShared = 9;
constexpr size_t kWordsOfFunction = 8;
constexpr size_t kWordsOfCode = 9;
// src/objects/scope-info.tq
constexpr int32_t kHasFunctionVariable = 1 << 12;
constexpr int32_t kHasInferredName = 1 << 14;
constexpr int kKindShift = 17;
constexpr int32_t kInlinedNames = 75;
// FUNCTION_CONTEXT_TYPE
constexpr int32_t kContextType = 208;
// src/objects/map.h and property-details.h
constexpr int kOwnDescriptorsShift = 10;
constexpr int kFieldIndexShift = 19;
constexpr int32_t kAccessor = 1;
constexpr int32_t kInDescriptor = 1 << 5;

}  // namespace

void AppendUnsigned(uint64_t value, std::vector<uint8_t>* bytes) {
  for (; value >= 0x80; value >>= 7) bytes->push_back(static_cast<uint8_t>(value | 0x80));
  bytes->push_back(static_cast<uint8_t>(value));
}

void AppendSigned(int64_t value, std::vector<uint8_t>* bytes) {
  AppendUnsigned(value >= 0 ? static_cast<uint64_t>(value) << 1 : static_cast<uint64_t>(~value) << 1 | 1,
                 bytes);
}

std::vector<uint8_t> EncodePositions(const std::vector<Position>& positions) {
  std::vector<uint8_t> bytes;
  int32_t code = -1;
  int64_t place = 0;
  for (const Position& position : positions) {
    const int64_t delta = position.code - code;
    // SourcePosition: one bit, then the offset plus one.
    const int64_t next = (int64_t{position.script} + 1) << 1;
    AppendSigned(position.is_statement ? delta : ~delta, &bytes);
    AppendSigned(next - place, &bytes);
    code = position.code;
    place = next;
  }
  return bytes;
}

std::vector<uint8_t> Safepoints(const std::vector<std::vector<uint8_t>>& entries, uint32_t configuration) {
  std::vector<uint8_t> table(8);
  table[0] = static_cast<uint8_t>(entries.size());
  table[4] = static_cast<uint8_t>(configuration);
  table[5] = static_cast<uint8_t>(configuration >> 8);
  for (const auto& entry : entries) table.insert(table.end(), entry.begin(), entry.end());
  return table;
}

Tagged CodeHeap::Script(std::string_view name, std::string_view source) {
  const Tagged script = Object(layout.type_script, kWordsOfScript);
  Set(script, layout.script_name, OneByte(name));
  Set(script, layout.script_source, OneByte(source));
  Set(script, layout.script_id, Smi(17));
  return script;
}

Tagged CodeHeap::Bytecode(const std::vector<Position>& positions, const std::vector<uint8_t>& code) {
  const size_t bytes = static_cast<size_t>(layout.bytecode_data) + code.size();
  const Tagged bytecode = Object(layout.type_bytecode_array, (bytes + 7) / 8);
  Set(bytecode, layout.bytecode_length, Smi(static_cast<int32_t>(code.size())));
  Set(bytecode, layout.bytecode_positions, ByteArray(EncodePositions(positions)));
  memory.Write(bytecode.Slot(layout.bytecode_data), code.data(), code.size());
  return bytecode;
}

Tagged CodeHeap::ScopeInfo(const Function& function) {
  int32_t flags = function.kind << kKindShift | function.scope_type;
  const bool has_names = !function.names.empty();
  const int32_t locals = has_names ? static_cast<int32_t>(function.names.size()) : function.locals;
  std::vector<Tagged> words = {Smi(0), Smi(0), Smi(locals)};
  if (has_names && locals >= kInlinedNames) words.push_back(NameTable(function.names));
  for (int32_t i = 0; i < locals && !(has_names && locals >= kInlinedNames); ++i)
    words.push_back(has_names ? OneByte(function.names[static_cast<size_t>(i)]) : Smi(i));
  for (int32_t i = 0; i < locals; ++i) words.push_back(Smi(i));
  if (!function.name.empty()) {
    flags |= kHasFunctionVariable;
    words.push_back(OneByte(function.name));
    words.push_back(Smi(0));
  }
  if (!function.inferred_name.empty()) {
    flags |= kHasInferredName;
    words.push_back(OneByte(function.inferred_name));
  }
  if (function.scope_type <= layout.scope_type_script) {
    words.push_back(Smi(function.start));
    words.push_back(Smi(function.start + function.length));
  }
  words[0] = Smi(flags);
  const Tagged info = Object(layout.type_scope_info, 1 + words.size());
  for (size_t i = 0; i < words.size(); ++i) Set(info, static_cast<int32_t>(8 + i * 8), words[i]);
  return info;
}

Tagged CodeHeap::NameTable(const std::vector<std::string_view>& names) {
  // An entry may be empty; the order is that of hashes.
  std::vector<Tagged> words = {Smi(static_cast<int32_t>(names.size())), Smi(0), Smi(256), Smi(0),
                               OneByte("")};
  for (size_t i = names.size(); i-- > 0;) {
    words.push_back(OneByte(names[i]));
    words.push_back(Smi(static_cast<int32_t>(i)));
  }
  words[3] = words[4] = Object(layout.first_nonstring_type, 4);
  return Array(words, layout.type_name_table);
}

Tagged CodeHeap::Context(Tagged scope_info, Tagged previous, const std::vector<Tagged>& values) {
  const Tagged context = Object(kContextType, 4 + values.size());
  Set(context, 8, Smi(static_cast<int32_t>(2 + values.size())));
  Set(context, 16, scope_info);
  Set(context, 24, previous);
  for (size_t i = 0; i < values.size(); ++i) Set(context, static_cast<int32_t>(32 + 8 * i), values[i]);
  return context;
}

Tagged CodeHeap::Shared(const Function& function) {
  const Tagged shared = Object(layout.type_shared, kWordsOfShared);
  Set(shared, layout.shared_name, ScopeInfo(function));
  Set(shared, layout.shared_script, function.script);
  Set(shared, layout.shared_data, function.bytecode);
  return shared;
}

Tagged CodeHeap::SharedOfBuiltin(int32_t number) {
  const Tagged shared = Object(layout.type_shared, kWordsOfShared);
  Set(shared, layout.shared_name, Smi(0));
  Set(shared, layout.shared_data, Smi(number));
  return shared;
}

Tagged CodeHeap::JsFunction(Tagged shared, Tagged context) {
  const Tagged function = Object(layout.type_first_js_function, kWordsOfFunction);
  Set(function, layout.function_shared, shared);
  Set(function, 32, context);
  return function;
}

Tagged CodeHeap::ObjectWith(const std::vector<Property>& properties, size_t in_object, int32_t type) {
  const size_t fields = std::min(in_object, properties.size());
  const Tagged map = NewMap(type);
  const Tagged object = ObjectOf(map, 3 + fields);
  const Tagged rest = Object(layout.type_property_array, 2 + properties.size());
  Set(object, layout.object_properties, rest);
  const Tagged descriptors = Object(layout.type_strong_descriptors, 3 + 3 * properties.size());
  for (size_t i = 0; i < properties.size(); ++i) {
    const Property& property = properties[i];
    const auto at = layout.descriptors_header + static_cast<int32_t>(24 * i);
    const int32_t flags =
        (property.is_accessor ? kAccessor : 0) | (property.is_in_descriptor ? kInDescriptor : 0);
    Set(descriptors, at, property.key);
    Set(descriptors, at + 8, Smi(flags | static_cast<int32_t>(i) << kFieldIndexShift));
    if (property.is_in_descriptor || property.is_accessor) {
      Set(descriptors, at + 16, property.value);
    } else if (i < fields) {
      Set(object, static_cast<int32_t>(24 + 8 * i), property.value);
    } else {
      Set(rest, layout.array_data + static_cast<int32_t>(8 * (i - fields)), property.value);
    }
  }
  Put(map, layout.map_instance_words, static_cast<uint8_t>(3 + fields));
  Put(map, layout.map_first_field_word, uint8_t{3});
  Put(map, layout.map_bit_field3, static_cast<uint32_t>(properties.size()) << kOwnDescriptorsShift);
  Set(map, layout.map_descriptors, descriptors);
  return object;
}

Tagged CodeHeap::Instance(Tagged constructor, Tagged prototype) {
  const Tagged map = NewMap(1057);
  Set(map, layout.map_prototype, prototype);
  Set(map, layout.map_constructor, constructor);
  Set(constructor, layout.function_prototype, prototype);
  return ObjectOf(map, 3);
}

vm::CodeObject CodeHeap::Compiled(int32_t kind, uint32_t size, const std::vector<uint8_t>& safepoints) {
  vm::CodeObject code;
  // Instructions begin behind the two words of the header.
  platform::Address header = Allocate(16);
  while ((header + 16) % 32 != 0) header = Allocate(8) - 8;
  CHECK_EQ(Allocate((size + safepoints.size() + 31) / 32 * 32), header + 16);
  const Tagged stream = Tagged::At(header);
  code.code = Object(layout.type_code, kWordsOfCode);
  code.start = header + 16;
  code.size = size;
  code.kind = kind;
  Set(stream, 0, MapFor(layout.type_instruction_stream));
  Set(stream, layout.stream_code, code.code);
  Set(code.code, layout.code_instruction_stream, stream);
  Put(code.code, layout.code_start, code.start);
  Put(code.code, layout.code_flags, static_cast<uint32_t>(kind) | 0x100u);
  Put(code.code, layout.code_size, size);
  memory.Write(code.start + size, safepoints.data(), safepoints.size());
  reader.Forget();
  return code;
}

}  // namespace gmr::test
