#include "value_reader.h"

#include <charconv>
#include <cstring>

#include "../objects/bound_function.h"
#include "../objects/own_name.h"
#include "../objects/shared_function.h"
#include "collection_entries.h"

namespace gmr::vm {

namespace {

// JSArray, src/objects/js-array.tq: map, properties, elements, length.
constexpr int32_t kArrayLength = 24;
constexpr const char* kArray = "Array";
constexpr std::string_view kEach = "*";
constexpr int kMaxScopes = 8;

bool IsIndex(std::string_view name) { return !name.empty() && name[0] >= '0' && name[0] <= '9'; }

}  // namespace

std::vector<HeldValue> ValueReader::Read(Tagged object, bool is_scope,
                                         const std::vector<ValuePath>& paths) const {
  std::vector<HeldValue> values;
  for (const ValuePath& path : paths) {
    Tagged at;
    if (!Find(object, is_scope, path, &at)) continue;
    char text[kMaxText];
    HeldValue value{path.text, PrimitiveText(*heap_, *layout_, *strings_, at, text, sizeof text), {}};
    if (value.kind == PrimitiveKind::kNone) {
      if (heap_->TypeOf(&at) < heap_->layout().type_first_receiver) continue;
      std::snprintf(text, sizeof text, "%s", classes_->NameOf(at));
    }
    value.text = platform::Unmasked(text);
    values.push_back(std::move(value));
  }
  return values;
}

bool ValueReader::Find(Tagged object, bool is_scope, const ValuePath& path, Tagged* value) const {
  *value = object;
  for (size_t i = 0; i < path.steps.size(); ++i) {
    if (!Step(value, is_scope && i == 0, path.steps[i])) return false;
  }
  return true;
}

void ValueReader::ReadAll(Tagged object, bool is_scope, const ValuePath& path,
                          std::vector<Tagged>* objects) const {
  ReadFrom(object, is_scope, path, 0, objects);
}

void ValueReader::ReadFrom(Tagged at, bool is_scope, const ValuePath& path, size_t step,
                           std::vector<Tagged>* objects) const {
  for (; step < path.steps.size(); ++step) {
    if (path.steps[step] == kEach) {
      const CollectionEntries entries(heap_, layout_);
      const auto go_on = [&](Tagged element) {
        ReadFrom(element, false, path, step + 1, objects);
        return objects->size() < kMaxObjects;
      };
      const bool is_collection =
          entries.VisitCollection(at, kMaxObjects, [&](Tagged, Tagged value) { return go_on(value); });
      if (!is_collection) entries.VisitElements(at, kMaxObjects, go_on);
      return;
    }
    if (!Step(&at, is_scope && step == 0, path.steps[step])) return;
  }
  const bool is_object = heap_->TypeOf(&at) >= heap_->layout().type_first_receiver;
  if (is_object && objects->size() < kMaxObjects) objects->push_back(at);
}

bool ValueReader::Step(Tagged* object, bool is_scope, std::string_view name) const {
  if (!object->IsObject()) return false;
  if (is_scope) return scopes_->Variable(*object, name, object);
  if (name == "length" && ReadLength(object)) return true;
  if (name == "size" && CollectionEntries(heap_, layout_).ReadSize(*object, object)) return true;
  if (IsIndex(name)) return ReadElement(object, name);
  if (name == "name" && ReadFunctionName(*heap_, *object, object)) return true;
  if (name.starts_with('^')) return ReadSeen(object, name.substr(1));
  if (name.starts_with('#')) return ReadOwnDescribed(*heap_, *strings_, *object, name, object);
  if (name.starts_with('@')) return ReadOwnDescribed(*heap_, *strings_, *object, name.substr(1), object);
  return ReadOwnProperty(*heap_, *strings_, *object, name, object);
}

// A variable that a function can see, from the inside outwards.
bool ValueReader::ReadSeen(Tagged* function, std::string_view name) const {
  BoundFunction bound;
  if (ReadBoundFunction(*heap_, *layout_, *function, &bound)) *function = bound.target;
  Tagged scope;
  if (!heap_->IsFunction(function) || !heap_->Load(*function, layout_->function_context, &scope))
    return false;
  for (int i = 0; i < kMaxScopes && scope.IsObject(); ++i) {
    if (scopes_->Variable(scope, name, function)) return true;
    if (!heap_->Load(scope, layout_->context_previous, &scope)) return false;
  }
  return false;
}

bool ValueReader::ReadLength(Tagged* array) const {
  Tagged length;
  if (std::strcmp(classes_->NameOf(*array), kArray) != 0 || !heap_->Load(*array, kArrayLength, &length) ||
      !length.IsSmi())
    return false;
  *array = length;
  return true;
}

bool ValueReader::ReadElement(Tagged* array, std::string_view index) const {
  Tagged elements;
  int32_t at = -1;
  const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), at);
  return error == std::errc() && at >= 0 && layout_->object_elements >= 0 &&
         heap_->Load(*array, layout_->object_elements, &elements) && elements.IsObject() &&
         at < heap_->LengthOf(elements) && heap_->LoadElement(elements, at, array);
}

}  // namespace gmr::vm
