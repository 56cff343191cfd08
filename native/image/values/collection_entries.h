// CollectionEntries: the entries of an Array, a Map or a Set.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    that of the HeapReader.
#ifndef GMR_NATIVE_IMAGE_VALUES_COLLECTION_ENTRIES_H_
#define GMR_NATIVE_IMAGE_VALUES_COLLECTION_ENTRIES_H_

#include <algorithm>

#include "../objects/heap_layout.h"
#include "../objects/tagged.h"

namespace gmr::vm {

class CollectionEntries {
 public:
  CollectionEntries(const HeapReader* heap, const HeapLayout* layout) : heap_(heap), layout_(layout) {}

  // Calls `visit(key, value)` for the first `most` entries of a Map or Set until it returns false. In a Set,
  // the values are the keys. A deleted entry has a key of V8's own. False: it is neither, or damaged.
  template <typename Visit>
  bool VisitCollection(Tagged collection, int32_t most, Visit visit) const {
    Table table;
    if (!Open(collection, &table)) return false;
    for (int32_t i = 0; i < std::min(table.count, most); ++i) {
      const int32_t entry = table.first + i * table.entry_words;
      Tagged key;
      Tagged value;
      if (!heap_->LoadElement(table.object, entry, &key)) return false;
      if (!heap_->LoadElement(table.object, table.is_map ? entry + 1 : entry, &value)) return false;
      if (!visit(key, value)) return true;
    }
    return true;
  }

  // Calls `visit(element)` for the elements of an object.
  template <typename Visit>
  bool VisitElements(Tagged array, int32_t most, Visit visit) const {
    Tagged elements;
    if (layout_->object_elements < 0 || !heap_->Load(array, layout_->object_elements, &elements) ||
        !elements.IsObject())
      return false;
    const int32_t count = std::min(heap_->LengthOf(elements), most);
    for (int32_t i = 0; i < count; ++i) {
      Tagged element;
      if (!heap_->LoadElement(elements, i, &element)) return false;
      if (!visit(element)) return true;
    }
    return true;
  }

  // The number of entries of a Map or Set. False: it is neither.
  bool ReadSize(Tagged collection, Tagged* size) const;

 private:
  struct Table {
    Tagged object;
    bool is_map = false;
    int32_t entry_words = 0;
    int32_t first = 0;
    int32_t count = 0;
  };

  bool Open(Tagged collection, Table* table) const;
  bool LoadTable(Tagged collection, Tagged* table, bool* is_map) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_VALUES_COLLECTION_ENTRIES_H_
