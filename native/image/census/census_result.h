// CensusResult: what a census of a heap has to say.
//
// Owns:        its texts.
// Threads:     a plain value.
// Signal-safe: no: allocates.
// Lifetime:    a plain value.
#ifndef GMR_NATIVE_IMAGE_CENSUS_CENSUS_RESULT_H_
#define GMR_NATIVE_IMAGE_CENSUS_CENSUS_RESULT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../../base/unmasked.h"
#include "../handles/loop_reader.h"

namespace gmr::vm {

enum class OpenValueKind : uint8_t { kString, kNumber, kBoolean, kNull, kObject };

struct OpenValue {
  std::string path;
  OpenValueKind kind = OpenValueKind::kString;
  platform::Unmasked text;  // of an object: its class
};

struct OpenNumber {
  std::string path;
  double min = 0;
  double max = 0;
  double sum = 0;
  uint32_t count = 0;  // objects that have it
};

struct OpenFunction {
  std::string path;
  std::string name;
  std::string file;
  int line = 0;  // 1-based; 0: unknown
  int column = 0;
};

// Objects that are alike in what their row asks for.
struct OpenGroup {
  uint32_t id = 0;
  std::string row;
  std::string class_name;
  std::string file;  // of the class; empty: made by C++
  uint32_t count = 0;
  std::vector<OpenValue> values;
  std::vector<OpenNumber> numbers;
  std::vector<OpenFunction> functions;
};

struct OpenThings {
  std::vector<OpenGroup> groups;  // in the order of the rows, largest first
  uint32_t groups_left_out = 0;
  uint32_t objects_left_out = 0;
  // Objects that changed, or were moved, while they were read.
  uint32_t changed = 0;
  // V8 collected young objects while the heap was read: some of these may be missing.
  bool collected_young = false;
  LoopCounts loop;
  std::string loop_problem;  // empty: counted
  std::string partial;       // empty: all was looked at
};

struct HeapClass {
  std::string name;
  std::string file;
  uint64_t count = 0;
  uint64_t bytes = 0;
};

struct HeapClasses {
  std::vector<HeapClass> classes;  // largest first
  uint64_t other_classes = 0;
  uint64_t other_bytes = 0;
  uint64_t total_objects = 0;
};

struct CensusResult {
  std::string problem;  // empty: the rest is known
  OpenThings open;
  HeapClasses classes;
  double cost_ms = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_CENSUS_RESULT_H_
