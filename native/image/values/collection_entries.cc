#include "collection_entries.h"

namespace gmr::vm {

namespace {

// JSCollection, src/objects/js-collection.tq: map, properties, elements, table.
constexpr int32_t kUsualTable = 24;
// OrderedHashMap and OrderedHashSet, src/objects/ordered-hash-table.h: elements, deleted elements, buckets;
// then the first entry of each bucket, and the entries, two for each bucket: key, value where it has one, and
// chain.
constexpr int32_t kTablePrefix = 3;
constexpr int32_t kEntriesPerBucket = 2;
constexpr int32_t kMapEntryWords = 3;
constexpr int32_t kSetEntryWords = 2;

}  // namespace

bool CollectionEntries::LoadTable(Tagged collection, Tagged* table, bool* is_map) const {
  const int32_t type = heap_->TypeOf(&collection);
  *is_map = layout_->type_map_object >= 0 && type == layout_->type_map_object;
  const bool is_set = layout_->type_set_object >= 0 && type == layout_->type_set_object;
  const int32_t at = layout_->collection_table >= 0 ? layout_->collection_table : kUsualTable;
  return (*is_map || is_set) && heap_->Load(collection, at, table) && table->IsObject();
}

bool CollectionEntries::ReadSize(Tagged collection, Tagged* size) const {
  Tagged table;
  bool is_map = false;
  return LoadTable(collection, &table, &is_map) && heap_->LoadElement(table, 0, size) && size->IsSmi();
}

bool CollectionEntries::Open(Tagged collection, Table* table) const {
  int32_t elements = 0;
  int32_t deleted = 0;
  int32_t buckets = 0;
  if (!LoadTable(collection, &table->object, &table->is_map)) return false;
  table->entry_words = table->is_map ? kMapEntryWords : kSetEntryWords;
  const int32_t length = heap_->LengthOf(table->object);
  if (length < kTablePrefix || !heap_->LoadSmiElement(table->object, 0, &elements) ||
      !heap_->LoadSmiElement(table->object, 1, &deleted) ||
      !heap_->LoadSmiElement(table->object, 2, &buckets))
    return false;
  // An object that is not such a table does not have the length of one.
  const int64_t capacity = int64_t{buckets} * kEntriesPerBucket;
  if (buckets <= 0 || length != kTablePrefix + buckets + capacity * table->entry_words) return false;
  if (elements < 0 || deleted < 0 || int64_t{elements} + deleted > capacity) return false;
  table->first = kTablePrefix + buckets;
  table->count = elements + deleted;
  return true;
}

}  // namespace gmr::vm
