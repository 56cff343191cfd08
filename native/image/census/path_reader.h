// PathReader: reads what is at the paths of a row, for many objects of few classes.
//
// Owns:        where the properties of each map are, as far as they were asked for.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    of the HeapReader; Reset() before each heap.
//
// The heap is only read: no accessor is ever called.
#ifndef GMR_NATIVE_IMAGE_CENSUS_PATH_READER_H_
#define GMR_NATIVE_IMAGE_CENSUS_PATH_READER_H_

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "../../process/sockets/fd_source.h"
#include "../handles/wrap_reader.h"
#include "../objects/own_name.h"
#include "../objects/raw_strings.h"
#include "../objects/scope_reader.h"
#include "../values/primitive_text.h"
#include "object_types.h"
#include "open_rows.h"

namespace gmr::vm {

// The value that a path leads to.
struct PathValue {
  enum class Kind : uint8_t { kAbsent, kNull, kString, kNumber, kBoolean, kObject, kOther };

  Kind kind = Kind::kAbsent;
  Tagged object;          // kObject
  double number = 0;      // kNumber
  std::string_view text;  // of a primitive; valid until the next Read()

  bool exists() const { return kind != Kind::kAbsent && kind != Kind::kNull; }
};

class PathReader {
 public:
  // Longest string, in bytes.
  static constexpr size_t kMaxText = 512;

  PathReader(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings,
             const ObjectTypes* types, ScopeReader* scopes);

  // `fds`: nullptr: the kernel is not asked.
  // `timer_ms`: now, by the clock of the isolate's timers; negative: unknown.
  void Reset(const platform::FdSource* fds, double timer_ms);
  // Call it before objects are read again: their fields may have changed.
  void Forget() {
    known_wrap_ = Tagged();
    for (KnownStep& known : known_steps_) known = KnownStep();
  }
  // Also forgets what the kernel said about descriptors. Until then, the descriptor of a handle is looked up
  // only once.
  void ForgetDescriptors() {
    Forget();
    known_fd_ = nullptr;
    fd_facts_.clear();
  }

  PathValue Read(Tagged object, const OpenPath& path);

  // The loop of the last handle that was read; null: none was.
  platform::Address loop() const { return loop_; }

 private:
  struct Place {
    Tagged map;
    uint32_t step = 0;
    PropertyPlace place;
  };
  // Many paths of a row begin alike, such as with the owner of a handle.
  struct KnownStep {
    Tagged from;
    uint32_t step = 0;
    bool is_there = false;
    Tagged to;
  };
  static constexpr size_t kKnownSteps = 2;
  static constexpr size_t kPlaces = 4096;
  static constexpr int kMaxScopes = 4;

  bool Step(Tagged* object, const OpenStep& step);
  // The same for the step `number` of a path, of which the result may be known.
  bool StepAt(size_t number, Tagged* object, const OpenStep& step);
  bool ReadProperty(Tagged object, const OpenStep& step, Tagged* value);
  bool ReadKey(Tagged collection, const OpenStep& step, Tagged* value) const;
  bool ReadElement(Tagged array, int32_t index, Tagged* value) const;
  bool ReadLength(Tagged array, Tagged* value) const;
  bool ReadVariable(Tagged function, std::string_view name, Tagged* value) const;
  bool ReadElementBefore(Tagged function, const OpenStep& step, Tagged* value) const;
  PathValue ToValue(Tagged value);
  PathValue ReadFact(Tagged object, OpenStep::Fact fact);
  PathValue ReadFactOfNumber(Tagged number, OpenStep::Fact fact);
  PathValue HandleFact(OpenStep::Fact fact);
  bool ReadNumber(Tagged object, const OpenStep& property, double* number);
  PathValue ReadDue(Tagged timer);
  PathValue ReadCharacters(platform::Address at);
  const platform::FdFacts* FactsOfFd();
  PathValue ReadFdFact(OpenStep::Fact fact);
  PathValue LocalAddress();
  PathValue Text(std::string_view text);
  PathValue Number(double number);
  // Negative: it is not known.
  PathValue KnownNumber(double number);
  static PathValue Boolean(bool is_true);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  const ObjectTypes* types_;
  ScopeReader* scopes_;
  WrapReader wraps_;
  OpenStep idle_start_;
  OpenStep idle_timeout_;
  const platform::FdSource* fds_ = nullptr;
  double timer_ms_ = -1;
  std::vector<Place> places_;
  KnownStep known_steps_[kKnownSteps];
  // The handle whose facts were read last.
  Tagged known_wrap_;
  bool is_alive_ = false;
  WrapFacts wrap_;
  // By handle and descriptor.
  struct KnownFd {
    bool is_known = false;
    platform::FdFacts facts;
    bool is_local_known = false;
    std::string local;
  };
  KnownFd* known_fd_ = nullptr;
  std::map<std::pair<uint64_t, int>, KnownFd> fd_facts_;
  platform::Address loop_;
  char text_[kMaxText] = {};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_PATH_READER_H_
