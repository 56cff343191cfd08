#include "context_stores.h"

#include "../objects/own_name.h"
#include "../values/collection_entries.h"

namespace gmr::vm {

namespace {

constexpr const char* kStoreSymbol = "kResourceStore";
constexpr const char* kStoresSymbol = "kAsyncLocalStorageContext";

}  // namespace

bool ContextStores::ReadSymbol(Tagged storage, Tagged* symbol) const {
  return ReadOwnProperty(*heap_, *strings_, storage, kStoreSymbol, symbol) && symbol->IsObject();
}

bool ContextStores::InFrame(Tagged frame, Tagged storage, Tagged* store) const {
  bool is_found = false;
  CollectionEntries(heap_, layout_).VisitCollection(frame, kMaxEntries, [&](Tagged key, Tagged value) {
    is_found = key == storage;
    if (is_found) *store = value;
    return !is_found;
  });
  return is_found;
}

bool ContextStores::OnResource(Tagged resource, Tagged symbol, Tagged* store) const {
  Tagged stores;
  if (ReadOwnProperty(*heap_, *strings_, resource, symbol, store)) return true;
  return ReadOwnDescribed(*heap_, *strings_, resource, kStoresSymbol, &stores) && stores.IsObject() &&
         ReadOwnProperty(*heap_, *strings_, stores, symbol, store);
}

int ContextStores::AllInFrame(Tagged frame, Tagged* stores) const {
  int count = 0;
  CollectionEntries(heap_, layout_).VisitCollection(frame, kMaxEntries, [&](Tagged, Tagged value) {
    if (value.IsObject()) stores[count++] = value;
    return count < kMaxStores;
  });
  return count;
}

int ContextStores::AllOnResource(Tagged resource, Tagged* stores) const {
  Tagged inner;
  const int count = ReadAllDescribed(*heap_, *strings_, resource, kStoreSymbol, stores, kMaxStores);
  if (count > 0) return count;
  if (!ReadOwnDescribed(*heap_, *strings_, resource, kStoresSymbol, &inner) || !inner.IsObject()) return 0;
  return ReadAllDescribed(*heap_, *strings_, inner, kStoreSymbol, stores, kMaxStores);
}

}  // namespace gmr::vm
