#include "heap_layout.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

namespace {

struct HeapSymbol {
  int32_t HeapLayout::*to;
  const char* names[4];
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
    {&HeapLayout::function_prototype,
     {"class_JSFunction__prototype_or_initial_map__HeapObject",
      "class_JSFunction__prototype_or_initial_map__Tagged_HeapObject_",
      "class_JSFunction__prototype_or_initial_map__Tagged_UnionOf_JSPrototype_Map_Hole_",
      "class_JSFunction__prototype_or_initial_map__Tagged_UnionOf_JSPrototype_Map_TheHole_"}},
    {&HeapLayout::map_prototype, {"class_Map__prototype__Object"}},
    {&HeapLayout::map_constructor,
     {"class_Map__constructor_or_back_pointer__Object",
      "class_Map__constructor_or_back_pointer__Tagged_Object_"}},
    {&HeapLayout::object_elements, {"class_JSObject__elements__Object"}},
    {&HeapLayout::heap_number_value, {"class_HeapNumber__value__double"}},
};

constexpr HeapSymbol kOptionalSymbols[] = {
    {&HeapLayout::type_map_object, {"type_JSMap__JS_MAP_TYPE"}},
    {&HeapLayout::type_oddball, {"type_Oddball__ODDBALL_TYPE"}},
    {&HeapLayout::oddball_kind, {"class_Oddball__kind_offset__int", "class_Oddball__kind__int"}},
    {&HeapLayout::oddball_true, {"OddballTrue"}},
    {&HeapLayout::oddball_false, {"OddballFalse"}},
    {&HeapLayout::oddball_null, {"OddballNull"}},
};

bool ReadSymbol(const HeapSymbol& symbol, HeapLayout* layout) {
  return std::any_of(std::begin(symbol.names), std::end(symbol.names), [&](const char* name) {
    return name != nullptr && ReadDebugNumber(name, &(layout->*symbol.to));
  });
}

struct FreeSpaceOf {
  std::string_view version;
  int32_t type;
  int32_t unit;
};

// FREE_SPACE_TYPE, instance-type.h, and FreeSpace::size, src/objects/free-space.tq.
constexpr FreeSpaceOf kFreeSpaces[] = {
    {"11.3.", 251, 1},
    {"12.4.", 260, 1},
    {"13.6.", 268, 8},
    {"14.6.", 273, 8},
};

}  // namespace

std::string LoadHeapLayout(std::string_view v8_version, HeapLayout* layout) {
  for (const HeapSymbol& symbol : kHeapSymbols) {
    if (!ReadSymbol(symbol, layout)) return std::string("no v8dbg_") + symbol.names[0];
  }
  for (const HeapSymbol& symbol : kOptionalSymbols) ReadSymbol(symbol, layout);
  int32_t previous = 0;
  if (!ReadDebugNumber("context_idx_prev", &previous)) return "no v8dbg_context_idx_prev";
  layout->context_previous = layout->context_slots + 8 * previous;
  // JSReceiver is the last branch of the hierarchy; FIRST_JS_RECEIVER_TYPE is the
  // same in all versions, and above all types of V8's own objects.
  layout->type_first_receiver = 1024;
  for (const FreeSpaceOf& known : kFreeSpaces) {
    if (!v8_version.starts_with(known.version)) continue;
    layout->type_free_space = known.type;
    layout->free_space_unit = known.unit;
  }
  return "";
}

}  // namespace gmr::vm
