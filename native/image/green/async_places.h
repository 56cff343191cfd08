// AsyncPlaces: where in the source suspended functions wait, each place once.
//
// Owns:        the list of places; their texts are in the Arena.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until Reset(), which must come with that of the Arena.
#ifndef GMR_NATIVE_IMAGE_GREEN_ASYNC_PLACES_H_
#define GMR_NATIVE_IMAGE_GREEN_ASYNC_PLACES_H_

#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "../objects/code_reader.h"
#include "../objects/receiver_class.h"
#include "../objects/scope_reader.h"
#include "../objects/shared_function.h"
#include "../objects/source_positions.h"
#include "../scan/heap_scan.h"

namespace gmr::vm {

// The script whose functions calibration knows (v8/known_objects.h).
inline constexpr const char* kSelfTestFile = "gmr:self-test";

enum class AsyncFrameKind : uint8_t {
  kAsyncFunction,
  kAsyncGenerator,
  kDrivenGenerator,
  kCallback,  // given to then(): runs when the others have ended, or when what it waits for is there
};

struct AsyncPlace {
  // Of the function and, for a method, of the class of its object; "": none.
  const char* name = "";
  const char* class_name = "";
  // The function that encloses one without a name. "": unknown, or there is none because it is at the top
  // level.
  const char* enclosing_name = "";
  const char* file = "";
  int32_t line = 0;  // 1-based; 0: unknown
  int32_t column = 0;
  AsyncFrameKind kind = AsyncFrameKind::kAsyncFunction;
  bool is_eval = false;
  // Line and column are those of the function, not of the place where it waits.
  bool is_function_line = false;
  // Of the self-test script: not to be shown.
  bool is_own = false;
  // Code of the service or of a package, not of Node or of gmr-native.
  bool is_user_code = false;
  bool is_in_package = false;
  // Set for user code only, and not where functions with different source texts look the same in a report.
  CodePlace at;
  // Its code, as far as it was read; nullptr: none was.
  const RawCode* code = nullptr;
  bool is_code_young = false;
};

class AsyncPlaces {
 public:
  AsyncPlaces(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings,
              platform::Arena* arena);

  void Reset();

  // Its index; kNoIndex: no function that can be suspended, or too many places.
  uint32_t Find(const SuspendedObject& suspended);
  uint32_t FindCallback(Tagged function);

  // Reads the source text of a place.
  void ReadCode(uint32_t index);
  // The scripts of the places that were given to ReadCode().
  const ScriptList& code_scripts() const { return code_.scripts(); }

  const AsyncPlace& operator[](uint32_t index) const { return places_[index]; }
  // By file, line and column: the same order in every dump.
  bool IsBefore(uint32_t a, uint32_t b) const;
  bool full() const { return full_; }

  FunctionTable& functions() { return functions_; }
  ScriptTable& scripts() { return scripts_; }

 private:
  static constexpr size_t kMaxPlaces = 20'000;
  static constexpr size_t kMaxKeys = 200'000;
  // Functions that one report looks at, in all scripts together. This many take about 10 ms.
  static constexpr uint32_t kMaxSearchedFunctions = 200'000;
  static constexpr int32_t kMaxScriptFields = 20;

  // Distinguishes what may differ in its text.
  uint64_t KeyOf(Tagged shared, int32_t position, Tagged receiver_map) const;
  uint32_t Read(Tagged function, const SuspendedObject* suspended);
  uint32_t Intern(const AsyncPlace& place);
  const char* EnclosingName(Tagged function);
  const char* NameAround(const FunctionInfo& inner);
  bool FindFunctionsOf(Tagged script, Tagged* functions) const;
  bool HasYoungSource(Tagged script) const;
  bool IsSameText(const CodePlace& a, const CodePlace& b);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  ScriptTable scripts_;
  FunctionTable functions_;
  ReceiverClass classes_;
  ScopeReader scopes_;
  CodeReader code_;
  platform::MappedArray<AsyncPlace> places_{kMaxPlaces};
  platform::NumberTable by_key_{kMaxKeys};
  platform::NumberTable by_text_{kMaxPlaces};
  uint32_t searched_functions_ = 0;
  bool full_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_ASYNC_PLACES_H_
