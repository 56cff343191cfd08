#include "holder_shapes.h"

#include <cstring>

namespace gmr::vm {

namespace {

// A HashTable begins with the numbers of its elements, deleted elements and places
// (src/objects/hash-table.h). Keys and values follow.
constexpr int32_t kTableHeader = 16 + 3 * 8;
// JSCollection, src/objects/js-collection.tq: map, properties, elements, table.
constexpr int32_t kUsualTable = 24;
// WeakCell, src/objects/js-weak-refs.tq: map, the FinalizationRegistry.
constexpr int32_t kRegistry = 8;

bool Is(int32_t type, int32_t known) { return known >= 0 && type == known; }

}  // namespace

bool HolderShapes::IsSuspended(int32_t type) const {
  return Is(type, layout_->type_async_function) || Is(type, layout_->type_async_generator) ||
         Is(type, layout_->type_generator);
}

// Tables of a Map or a Set are arrays of words too, under types of their own.
bool HolderShapes::IsArrayType(int32_t type) const {
  const Layout& layout = heap_->layout();
  return Is(type, layout.type_fixed_array) || Is(type, layout.type_property_array) ||
         Is(type, layout.type_name_dictionary) || Is(type, layout.type_number_dictionary) ||
         Is(type, layout_->type_ordered_map) || Is(type, layout_->type_ordered_set);
}

HolderShape HolderShapes::Of(const WaitNode& held, const FoundHolder& found) const {
  Tagged holder = found.object;
  const int32_t type = heap_->TypeOf(&holder);
  if (type < 0 || holder != found.object) return HolderShape::kNothing;
  if (held.role == WaitRole::kScope) return OfScope(type, found);
  if (held.in_array) {
    Tagged array = held.object;
    if (scopes_->IsExportCell(&array)) return OfExport(type);
    return scopes_->IsModule(&array) ? OfModule(type, found) : OfArray(type, found);
  }
  return IsReceiver(type) ? OfReceiver(type, found) : OfOther(type, found);
}

HolderShape HolderShapes::OfScope(int32_t type, const FoundHolder& found) const {
  if (IsContext(type))
    return found.offset == layout_->context_previous ? HolderShape::kInnerScope : HolderShape::kNothing;
  if (heap_->IsFunctionType(type))
    return found.offset == layout_->function_context ? HolderShape::kClosure : HolderShape::kNothing;
  return IsSuspended(type) && found.offset == layout_->generator_context ? HolderShape::kActivation
                                                                         : HolderShape::kNothing;
}

HolderShape HolderShapes::OfArray(int32_t type, const FoundHolder& found) const {
  const bool has_properties = found.offset == heap_->layout().object_properties;
  if (Is(type, layout_->type_bound_function))
    return has_properties || found.offset == layout_->bound_arguments ? HolderShape::kBound
                                                                      : HolderShape::kNothing;
  if (IsSuspended(type))
    return found.offset == layout_->generator_registers ? HolderShape::kLocal : HolderShape::kNothing;
  if (heap_->IsFunctionType(type))
    return has_properties ? HolderShape::kFunctionObject : HolderShape::kNothing;
  if (Is(type, layout_->type_module))
    return found.offset == scopes_->ExportsOf(found.object) ? HolderShape::kArray : HolderShape::kNothing;
  if (!IsReceiver(type)) return HolderShape::kUnknown;
  // One of V8's own promises, to which a library has added properties.
  if (Is(type, layout_->type_promise)) return has_properties ? HolderShape::kPlain : HolderShape::kNothing;
  if (has_properties || found.offset == layout_->object_elements) return kinds_->Of(found.object).shape;
  const int32_t table = layout_->collection_table >= 0 ? layout_->collection_table : kUsualTable;
  // An iterator has the table in the same place.
  const bool is_collection = Is(type, layout_->type_map_object) || Is(type, layout_->type_set_object);
  return is_collection && found.offset == table ? HolderShape::kCollection : HolderShape::kNothing;
}

// What refers to the cell of an exported variable: an array of a module that exports or imports it, or a
// table of names, which says nothing.
HolderShape HolderShapes::OfExport(int32_t type) const {
  return Is(type, heap_->layout().type_fixed_array) ? HolderShape::kArray : HolderShape::kNothing;
}

// Only the module's own context counts, in which its functions were made. Other holders merely import it.
HolderShape HolderShapes::OfModule(int32_t type, const FoundHolder& found) const {
  Scope scope;
  const bool is_own = IsContext(type) && found.offset != layout_->context_previous &&
                      scopes_->Read(found.object, &scope) && scope.kind == Scope::Kind::kModule;
  return is_own ? HolderShape::kOuterVariable : HolderShape::kNothing;
}

HolderShape HolderShapes::OfReceiver(int32_t type, const FoundHolder& found) const {
  if (heap_->IsFunctionType(type)) {
    const bool is_property =
        found.offset != layout_->function_context && found.offset != heap_->layout().function_prototype;
    return is_property ? HolderShape::kFunctionObject : HolderShape::kNothing;
  }
  if (Is(type, layout_->type_bound_function)) return HolderShape::kBound;
  if (Is(type, layout_->type_promise))
    return found.offset == layout_->promise_reactions ? HolderShape::kNothing : HolderShape::kPlain;
  if (IsSuspended(type))
    return found.offset == layout_->generator_function ? HolderShape::kGoingOn : HolderShape::kNothing;
  if (Is(type, layout_->type_weak_ref)) return HolderShape::kNothing;
  return kinds_->Of(found.object).shape;
}

HolderShape HolderShapes::OfOther(int32_t type, const FoundHolder& found) const {
  const Layout& layout = heap_->layout();
  if (IsContext(type)) {
    Scope scope;
    if (found.offset < layout_->context_slots || found.offset == layout_->context_previous)
      return HolderShape::kNothing;
    return scopes_->Read(found.object, &scope) && scope.is_top_level ? HolderShape::kOuterVariable
                                                                     : HolderShape::kVariable;
  }
  if (Is(type, layout_->type_reaction)) {
    if (found.offset == layout_->reaction_fulfill) return HolderShape::kFulfilReaction;
    return found.offset == layout_->reaction_reject ? HolderShape::kRejectReaction : HolderShape::kNothing;
  }
  if (IsArrayType(type)) return HolderShape::kArray;
  if (Is(type, layout_->type_cell)) return HolderShape::kArray;
  if (Is(type, layout_->type_context_cell)) return HolderShape::kCell;
  if (Is(type, layout.type_property_cell)) return HolderShape::kGlobal;
  if (Is(type, layout_->type_ephemeron_table))
    return KeyOfWeak(found).IsObject() ? HolderShape::kWeakTable : HolderShape::kNothing;
  if (Is(type, layout_->type_weak_cell)) return OfWeakCell(found);
  const bool says_nothing = Is(type, layout_->type_capability) ||
                            Is(type, layout_->type_async_generator_request) || Is(type, layout.type_map);
  return says_nothing ? HolderShape::kNothing : HolderShape::kUnknown;
}

HolderShape HolderShapes::OfWeakCell(const FoundHolder& found) const {
  if (layout_->weak_cell_value < 0) return HolderShape::kUnknown;
  if (found.offset != layout_->weak_cell_value) return HolderShape::kNothing;
  // Node's own registries remove the listeners that they hold; they never call them.
  const bool is_of_node = std::strncmp(kinds_->Of(KeyOfWeak(found)).file, "node:", 5) == 0;
  return is_of_node ? HolderShape::kNothing : HolderShape::kWeakTable;
}

int32_t HolderShapes::KeyOffset(const FoundHolder& found) const {
  Tagged table = found.object;
  if (heap_->Is(&table, layout_->type_weak_cell)) return kRegistry;
  const int32_t word = (found.offset - kTableHeader) / 8;
  return found.offset < kTableHeader || word % 2 == 0 ? -1 : found.offset - 8;
}

Tagged HolderShapes::KeyOfWeak(const FoundHolder& found) const {
  Tagged key;
  const int32_t offset = KeyOffset(found);
  return offset >= 0 && heap_->Load(found.object, offset, &key) ? key : Tagged();
}

}  // namespace gmr::vm
