#include "tagged.h"

namespace gmr::vm {

namespace {

// A chain of moves is at most as long as V8 has generations to move through.
constexpr int kMaxMoves = 3;

// The word that replaces the map of a moved object: its address, untagged.
bool IsForwarding(uint64_t word) { return (word & 7) == 0 && IsProcessAddress(word); }

}  // namespace

bool HeapReader::FollowForwarding(Tagged* object, Tagged* map) const {
  for (int moves = 0; moves <= kMaxMoves; ++moves) {
    if (!object->IsObject() || !Load(*object, 0, map)) return false;
    if (map->IsObject()) return true;
    if (!IsForwarding(map->bits())) return false;
    *object = Tagged::At(platform::Address(map->bits()));
  }
  return false;
}

bool HeapReader::LoadType(Tagged map, int32_t* type) const {
  uint16_t value = 0;
  if (!memory_->Load(map.Slot(layout_->map_instance_type), &value)) return false;
  *type = value;
  return true;
}

int32_t HeapReader::TypeOfMap(Tagged map) const {
  Tagged map_of_map;
  Tagged ignored;
  int32_t type = -1;
  int32_t type_of_map = -1;
  // Maps move too, when V8 compacts their space.
  if (!FollowForwarding(&map, &map_of_map)) return -1;
  if (!FollowForwarding(&map_of_map, &ignored)) return -1;
  if (!LoadType(map_of_map, &type_of_map) || type_of_map != layout_->type_map) return -1;
  return LoadType(map, &type) ? type : -1;
}

int32_t HeapReader::TypeOf(Tagged* object) const {
  Tagged map;
  if (!FollowForwarding(object, &map)) return -1;
  KnownMap& known = known_maps_[map.bits() / 8 % kKnownMaps];
  if (known.map == map && known.generation == memory_->generation()) return known.type;
  const int32_t type = TypeOfMap(map);
  known = {map, type, memory_->generation()};
  return type;
}

bool HeapReader::IsFunction(Tagged* object) const { return IsFunctionType(TypeOf(object)); }

bool HeapReader::IsArray(Tagged* object) const {
  const int32_t type = TypeOf(object);
  if (type < 0) return false;
  return type == layout_->type_fixed_array || type == layout_->type_trusted_fixed_array ||
         type == layout_->type_protected_fixed_array || type == layout_->type_weak_fixed_array ||
         type == layout_->type_trusted_weak_fixed_array;
}

bool HeapReader::IsByteArray(Tagged* object) const {
  const int32_t type = TypeOf(object);
  return type >= 0 && (type == layout_->type_byte_array || type == layout_->type_trusted_byte_array);
}

bool HeapReader::Load(Tagged object, int32_t offset, Tagged* value) const {
  uint64_t bits = 0;
  if (!memory_->Load(object.Slot(offset), &bits)) return false;
  *value = Tagged(bits);
  return true;
}

bool HeapReader::LoadSmi(Tagged object, int32_t offset, int32_t* value) const {
  Tagged word;
  if (!Load(object, offset, &word) || !word.IsSmi()) return false;
  *value = word.ToSmi();
  return true;
}

bool HeapReader::LoadInt32(Tagged object, int32_t offset, int32_t* value) const {
  return memory_->Load(object.Slot(offset), value);
}

bool HeapReader::LoadUint32(Tagged object, int32_t offset, uint32_t* value) const {
  return memory_->Load(object.Slot(offset), value);
}

bool HeapReader::LoadAddress(Tagged object, int32_t offset, platform::Address* value) const {
  return memory_->Load(object.Slot(offset), value);
}

int32_t HeapReader::LengthOf(Tagged array) const {
  int32_t length = -1;
  return LoadSmi(array, layout_->array_length, &length) && length >= 0 ? length : -1;
}

bool HeapReader::LoadElement(Tagged array, int64_t index, Tagged* value) const {
  if (index < 0 || index >= LengthOf(array)) return false;
  const uint64_t bytes = uint64_t{8} * static_cast<uint64_t>(index);
  uint64_t bits = 0;
  if (!memory_->Load(array.Slot(layout_->array_data) + bytes, &bits)) return false;
  *value = Tagged(bits);
  return true;
}

bool HeapReader::LoadSmiElement(Tagged array, int64_t index, int32_t* value) const {
  Tagged word;
  if (!LoadElement(array, index, &word) || !word.IsSmi()) return false;
  *value = word.ToSmi();
  return true;
}

}  // namespace gmr::vm
