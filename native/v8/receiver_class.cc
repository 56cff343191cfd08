#include "receiver_class.h"

#include <algorithm>
#include <cstring>

namespace gmr::vm {

bool ReceiverClass::IsReceiver(Tagged* object) const {
  return layout_->type_first_receiver > 0 && heap_->TypeOf(object) >= layout_->type_first_receiver;
}

const char* ReceiverClass::FunctionName(Tagged function) {
  FunctionInfo info;
  return functions_->FindByFunction(function, &info) ? info.name : "";
}

// A function's own field holds its prototype, or the map of its future
// instances, which does.
bool ReceiverClass::IsConstructorOf(Tagged function, Tagged prototype) const {
  Tagged field;
  if (!heap_->IsFunction(&function)) return false;
  if (!heap_->Load(function, layout_->function_prototype, &field)) return false;
  if (heap_->Is(&field, heap_->layout().type_map) && !heap_->Load(field, layout_->map_prototype, &field))
    return false;
  return field == prototype;
}

// The prototype's property `constructor`: in the object, else in its array or
// table of properties. That it points back makes it certain.
bool ReceiverClass::FindConstructor(Tagged prototype, Tagged* constructor) const {
  Tagged map;
  Tagged properties;
  uint8_t words = 0;
  if (!heap_->MapOf(prototype, &map)) return false;
  if (!heap_->memory().Load(map.Slot(heap_->layout().map_instance_words), &words)) return false;
  for (int32_t i = 3; i < std::min<int32_t>(words, kMaxFields); ++i) {
    if (heap_->Load(prototype, 8 * i, constructor) && IsConstructorOf(*constructor, prototype)) return true;
  }
  int32_t length = 0;
  if (!heap_->Load(prototype, heap_->layout().object_properties, &properties) || !properties.IsObject())
    return false;
  if (!heap_->LoadSmi(properties, heap_->layout().array_length, &length)) return false;
  // A PropertyArray has its owner's hash above the ten bits of its length.
  const int32_t fields = std::min(
      heap_->Is(&properties, heap_->layout().type_property_array) ? length & 1023 : length, kMaxFields * 8);
  for (int32_t i = 0; i < fields; ++i) {
    if (heap_->Load(properties, heap_->layout().array_data + 8 * i, constructor) && constructor->IsObject() &&
        IsConstructorOf(*constructor, prototype))
      return true;
  }
  return false;
}

// Objects of V8's own classes: their maps lead back to the one that the
// constructor made.
bool ReceiverClass::FindInMap(Tagged map, Tagged* constructor) const {
  for (int i = 0; i < kMaxBackPointers; ++i) {
    if (!heap_->Load(map, layout_->map_constructor, constructor)) return false;
    if (!heap_->Is(constructor, heap_->layout().type_map)) return heap_->IsFunction(constructor);
    map = *constructor;
  }
  return false;
}

const char* ReceiverClass::NameOf(Tagged object) {
  Tagged map;
  Tagged constructor;
  if (!IsReceiver(&object)) return "";
  if (heap_->IsFunction(&object)) return FunctionName(object);
  if (!heap_->MapOf(object, &map)) return "";
  Tagged prototype;
  if (!heap_->Load(map, layout_->map_prototype, &prototype)) return "";
  const char* name = "";
  for (int i = 0; i < kMaxPrototypes && *name == '\0' && IsReceiver(&prototype); ++i) {
    if (FindConstructor(prototype, &constructor)) name = FunctionName(constructor);
    Tagged next;
    if (!heap_->MapOf(prototype, &next) || !heap_->Load(next, layout_->map_prototype, &prototype)) break;
  }
  if (*name == '\0' && FindInMap(map, &constructor)) name = FunctionName(constructor);
  return std::strcmp(name, "Object") == 0 ? "" : name;
}

}  // namespace gmr::vm
