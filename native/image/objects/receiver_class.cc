#include "receiver_class.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "own_name.h"

namespace gmr::vm {

namespace {

constexpr const char* kPlainObject = "Object";
constexpr size_t kMaxTagBytes = 128;

}  // namespace

bool ReceiverClass::IsReceiver(Tagged* object) const {
  return heap_->layout().type_first_receiver > 0 &&
         heap_->TypeOf(object) >= heap_->layout().type_first_receiver;
}

const char* ReceiverClass::FunctionName(Tagged function) {
  FunctionInfo info;
  return functions_->FindByFunction(function, &info) ? info.name : "";
}

// As in its source: a class may have a static property of that name.
bool ReceiverClass::ReadClass(Tagged constructor, FunctionInfo* info) {
  Tagged shared;
  return heap_->Load(constructor, heap_->layout().function_shared, &shared) &&
         functions_->Find(shared, info) && *info->name != '\0';
}

// A function's own field holds its prototype, or the map of its future
// instances, which does.
bool ReceiverClass::IsConstructorOf(Tagged function, Tagged prototype) const {
  Tagged field;
  if (!heap_->IsFunction(&function)) return false;
  if (!heap_->Load(function, heap_->layout().function_prototype, &field)) return false;
  if (heap_->Is(&field, heap_->layout().type_map) &&
      !heap_->Load(field, heap_->layout().map_prototype, &field))
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
    if (!heap_->Load(map, heap_->layout().map_constructor, constructor)) return false;
    if (!heap_->Is(constructor, heap_->layout().type_map)) return heap_->IsFunction(constructor);
    map = *constructor;
  }
  return false;
}

FunctionInfo ReceiverClass::FindClass(Tagged map) {
  Tagged constructor;
  Tagged prototype;
  FunctionInfo info;
  if (!heap_->Load(map, heap_->layout().map_prototype, &prototype)) return {};
  // The prototype of functions of the older kind may have no constructor, or an inherited one.
  if (FindInMap(map, &constructor) && IsConstructorOf(constructor, prototype) &&
      ReadClass(constructor, &info))
    return info;
  for (int i = 0; i < kMaxPrototypes && IsReceiver(&prototype); ++i) {
    if (FindConstructor(prototype, &constructor) && ReadClass(constructor, &info)) return info;
    Tagged next;
    if (!heap_->MapOf(prototype, &next) || !heap_->Load(next, heap_->layout().map_prototype, &prototype))
      break;
  }
  return FindInMap(map, &constructor) && ReadClass(constructor, &info) ? info : FunctionInfo();
}

const ReceiverClass::Known& ReceiverClass::FindByMap(Tagged map) {
  const uint32_t generation = heap_->memory().generation();
  Known& known = known_[map.bits() / 8 % kKnown];
  if (known.map != map || known.generation != generation) {
    const FunctionInfo info = FindClass(map);
    known = {map, std::strcmp(info.name, kPlainObject) == 0 ? "" : info.name, info.file, generation};
  }
  return known;
}

const char* ReceiverClass::NameOf(Tagged object) {
  Tagged map;
  if (!IsReceiver(&object)) return "";
  if (heap_->IsFunction(&object)) return FunctionName(object);
  return heap_->MapOf(object, &map) ? FindByMap(map).name : "";
}

bool ReceiverClass::PrototypeOf(Tagged* object) const {
  Tagged map;
  return heap_->MapOf(*object, &map) && heap_->Load(map, heap_->layout().map_prototype, object);
}

const char* ReceiverClass::NameOfPrototype(Tagged prototype) {
  Tagged constructor;
  FunctionInfo info;
  if (!IsReceiver(&prototype)) return nullptr;
  return FindConstructor(prototype, &constructor) && ReadClass(constructor, &info) ? info.name : "";
}

bool ReceiverClass::ClassOfPrototype(Tagged prototype, FunctionInfo* info) {
  Tagged constructor;
  return IsReceiver(&prototype) && FindConstructor(prototype, &constructor) && ReadClass(constructor, info);
}

const char* ReceiverClass::FileOf(Tagged object) {
  Tagged map;
  if (!IsReceiver(&object) || heap_->IsFunction(&object)) return "";
  return heap_->MapOf(object, &map) ? FindByMap(map).file : "";
}

const char* ReceiverClass::TagOf(Tagged object) {
  Tagged tag;
  if (!ReadOwnDescribed(*heap_, *strings_, object, "Symbol.toStringTag", &tag)) return "";
  const char* text = strings_->Copy(tag, kMaxTagBytes);
  return text == nullptr ? "" : text;
}

const char* ReceiverClass::TypeName(Tagged receiver) {
  if (heap_->Is(&receiver, heap_->layout().type_proxy)) return "Proxy";
  if (strings_->IsString(&receiver)) return "String";
  const char* name = NameOf(receiver);
  return *name != '\0' || !IsReceiver(&receiver) ? name : TagOf(receiver);
}

const char* ReceiverClass::PrefixOf(Tagged receiver, const char* function_name) {
  const char* name = TypeName(receiver);
  return std::string_view(function_name).starts_with(name) ? "" : name;
}

}  // namespace gmr::vm
