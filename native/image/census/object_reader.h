// ObjectReader: reads of one object what its row asks for.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    of the readers.
#ifndef GMR_NATIVE_IMAGE_CENSUS_OBJECT_READER_H_
#define GMR_NATIVE_IMAGE_CENSUS_OBJECT_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../objects/receiver_class.h"
#include "function_places.h"
#include "path_reader.h"

namespace gmr::vm {

// The values that were read from one object. Reuse it to avoid allocations.
struct ObjectReading {
  struct Value {
    uint16_t path = 0;  // index in the row's keys
    OpenValueKind kind = OpenValueKind::kString;
    std::string text;
  };
  struct Number {
    uint16_t path = 0;
    double value = 0;
  };
  struct Function {
    uint16_t path = 0;
    uint32_t place = 0;  // of FunctionPlaces
  };

  uint16_t row = 0;
  // Equal for objects of one group, apart from their class.
  std::string key;
  std::vector<Value> values;
  size_t value_count = 0;  // the first ones are in use
  std::vector<Number> numbers;
  std::vector<Function> functions;
};

class ObjectReader {
 public:
  ObjectReader(PathReader* paths, FunctionPlaces* places, ReceiverClass* classes, const OpenRows* rows)
      : paths_(paths), places_(places), classes_(classes), rows_(rows) {}

  // By the first of these rows whose conditions hold. False: there is none.
  bool Read(Tagged object, const std::vector<uint16_t>& rows, ObjectReading* reading);
  // The same without its numbers: what groups are compared by.
  bool ReadIdentity(Tagged object, const std::vector<uint16_t>& rows, ObjectReading* reading);

 private:
  bool Matches(Tagged object, const OpenRow& row);
  bool Holds(Tagged object, const OpenCondition& condition);
  void ReadKeys(Tagged object, const OpenRow& row, ObjectReading* reading);
  std::string_view TextOf(const PathValue& value);

  PathReader* paths_;
  FunctionPlaces* places_;
  ReceiverClass* classes_;
  const OpenRows* rows_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_OBJECT_READER_H_
