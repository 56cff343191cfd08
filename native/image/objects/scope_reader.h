// ScopeReader: the variables in a Context, by name.
//
// Owns:        a few remembered answers; names go into the Arena of RawStrings.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    names are valid until the Arena is reset; Reset() before that.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_SCOPE_READER_H_
#define GMR_NATIVE_IMAGE_OBJECTS_SCOPE_READER_H_

#include <cstdint>
#include <string_view>

#include "heap_layout.h"
#include "raw_strings.h"
#include "scope_info.h"
#include "tagged.h"

namespace gmr::vm {

struct Scope {
  using Kind = ScopeInfo::Kind;

  // The function whose variables they are; "": it has no name, or they are those of something else. Never
  // null. Which function a block is in is not known: V8 leaves out functions without variables in a context.
  const char* function_name = "";
  // Where the scope begins in its script; -1: unknown, as of blocks and catch clauses up to V8 12.
  int32_t start_position = -1;
  Kind kind = Kind::kOther;
  // Variables of a whole file: of a script, of an ECMAScript module, or of the function without a name that
  // Node wraps a CommonJS module in.
  bool is_top_level = false;
};

class ScopeReader {
 public:
  ScopeReader(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings)
      : heap_(heap), layout_(layout), strings_(strings) {}

  // Before each dump.
  void Reset();

  // False: `context` is not a Context with variables of a program.
  bool Read(Tagged context, Scope* scope);

  // The variable in the slot at `offset` bytes from the start of the context. nullptr: unknown, or the slot
  // holds none.
  const char* NameOfSlot(Tagged context, int32_t offset);

  // The value of the variable of this name. False: the context has none.
  bool Variable(Tagged context, std::string_view name, Tagged* value);
  // The same; 0: the context has none.
  Tagged Sibling(Tagged context, const char* variable);

  // The value of a slot: what is in it, or in the cell that newer versions of V8 put between. False: not
  // readable, or the cell holds a number that is not an object.
  bool LoadSlot(Tagged context, int32_t offset, Tagged* value) const;

  // V8 keeps what an ES module exports, and what it imports, in cells outside of its context, in two arrays
  // of the module.
  bool IsExportCell(Tagged* object) const { return heap_->Is(object, layout_->type_cell); }
  bool IsModule(Tagged* object) const { return heap_->Is(object, layout_->type_module); }
  // Where the module has the array of its own exports; -1: not found.
  int32_t ExportsOf(Tagged module) const;
  // The name in its module, to which the context belongs, of the variable that has the cell. nullptr: it is
  // none of those that this module exports.
  const char* NameOfExport(Tagged context, Tagged cell);

  // Whether `object` is a cell of LoadSlot(): then its holder is the context that refers to it.
  bool IsCell(Tagged* object) const;

 private:
  static constexpr size_t kKnownNames = 256;

  struct KnownName {
    Tagged string;
    const char* name = nullptr;
  };

  bool IsContext(Tagged* object) const;
  bool ReadInfo(Tagged* context, ScopeInfo* info) const;
  bool FindLocals(Tagged context, const ScopeInfo& info, int32_t* first_slot) const;
  bool LoadModule(Tagged context, const ScopeInfo& info, Tagged* module, Tagged* module_info) const;
  bool LoadCell(Tagged module, int32_t array_at, int32_t index, Tagged* cell) const;
  bool ExportedOrImported(Tagged context, const ScopeInfo& info, std::string_view name, Tagged* value) const;
  const char* KeepName(Tagged name);
  static Tagged NameIn(const ScopeInfo& info, int32_t slot, int32_t first_slot);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  KnownName known_names_[kKnownNames];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_SCOPE_READER_H_
