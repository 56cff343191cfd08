// FunctionPlaces: where functions are in the source, each place once.
//
// Owns:        the list of places.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    until Reset(), which must come with that of the Arena of the FunctionTable.
#ifndef GMR_NATIVE_IMAGE_CENSUS_FUNCTION_PLACES_H_
#define GMR_NATIVE_IMAGE_CENSUS_FUNCTION_PLACES_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "../../base/containers/index_table.h"
#include "../objects/heap_layout.h"
#include "../objects/shared_function.h"
#include "census_result.h"

namespace gmr::vm {

class FunctionPlaces {
 public:
  FunctionPlaces(const HeapReader* heap, const HeapLayout* layout, FunctionTable* functions,
                 ScriptTable* scripts)
      : heap_(heap), layout_(layout), functions_(functions), scripts_(scripts) {}

  void Reset();

  // Its index; kNoIndex: not a function. Of a bound one, the place of its target.
  uint32_t Find(Tagged function);
  // Without a path.
  const OpenFunction& operator[](uint32_t index) const { return places_[index]; }

 private:
  static constexpr int kMaxBound = 4;

  uint32_t Intern(OpenFunction place);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  FunctionTable* functions_;
  ScriptTable* scripts_;
  std::vector<OpenFunction> places_;
  std::unordered_map<uint64_t, uint32_t> by_shared_;
  std::unordered_map<std::string, uint32_t> by_text_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_FUNCTION_PLACES_H_
