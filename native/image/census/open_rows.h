// OpenRows: which objects are listed as open, and what of them.
//
// Owns:        its strings.
// Threads:     made by one thread, then read by any.
// Signal-safe: no: allocates.
// Lifetime:    plain value.
//
// The table is generated from src/open and precedes the formatter's bundle, behind the one of
// wanted_values.h. A row is the name of a class, and then words:
//
//   TCP <TAB> =native <TAB> ?%alive <TAB> %state <TAB> ~%queued <TAB> @owner_symbol
//
//   path         a value by which objects are grouped; a step is as in wanted_values.h, a key of a Map (a
//                string, or `@` and the description of a symbol), a fact about a handle, which begins with
//                `%`, or a variable that a function sees: `()name`; `()list[at-1]` is the element of the
//                array in the variable `list` before the one whose index is in the variable `at`; two dots
//                are one dot in the name of a step: `@a..b`
//   ~path        a number, of which a group has the smallest, the largest and the sum
//   &path        a function: its place in the source is a value by which objects are grouped
//   ^path        functions that the object holds; `*` stands for each element
//   ?path=value  only objects whose value is printed so; without `=value`: that have one, and not null
//   !path=value  only others
//   =file:text   only of a class whose file begins with the text
//   =native      only of a class that was made by C++
//   =script      only of a class of the program or of a package
//
// Objects of a row with `^` are not listed: callbacks/held_callbacks.h reads them and checks the row's
// conditions. Among these, `?path&mask=value` compares only the bits of a number that are set in the mask.
//
// The name of a row may end with a slash and a label, which distinguishes it from other rows of the same
// class.
//
//   `%dueMs` is a fact about a timer: milliseconds until it is due. Facts about descriptors are also known of
//   a number, which is then that of a descriptor.
//
// The first row with the name of the class of an object whose conditions hold takes it; otherwise the first
// one with the name of the next class that this one extends.
#ifndef GMR_NATIVE_IMAGE_CENSUS_OPEN_ROWS_H_
#define GMR_NATIVE_IMAGE_CENSUS_OPEN_ROWS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gmr::vm {

struct OpenStep {
  enum class Kind : uint8_t {
    kProperty,
    kDescribed,
    kLength,
    kSize,
    kIndex,
    kFact,
    kEach,
    kVariable,
    kElementBefore
  };

  // kUnknown: a name that is none of these.
  enum class Fact : uint8_t {
    kUnknown,
    kDueMs,
    kAlive,
    kType,
    kActive,
    kRefed,
    kClosing,
    kFd,
    kPid,
    kPath,
    kQueued,
    kPeer,
    kPeerHost,
    kLocal,
    kListening,  // the local address, of a socket that listens
    kState,
    kTarget,
    kReceivedMs,
    kSentMs,
    kReceiveQueue,
    kSendQueue
  };

  Kind kind = Kind::kProperty;
  Fact fact = Fact::kUnknown;  // kFact
  std::string name;            // without `@`, `()` and what is in brackets; with `#` and `%`
  std::string counter;         // kElementBefore: the variable in brackets
  int32_t index = -1;          // kIndex
  uint32_t number = 0;         // the same for the same kind and name
};

struct OpenPath {
  std::string text;
  std::vector<OpenStep> steps;
};

struct OpenCondition {
  OpenPath path;
  bool is_negated = false;
  bool has_value = false;
  std::string value;
};

struct OpenRow {
  std::string name;
  std::string class_name;  // without the label
  std::vector<OpenCondition> conditions;
  std::vector<OpenPath> keys;
  std::vector<OpenPath> numbers;
  std::vector<OpenPath> functions;
  std::vector<OpenPath> callbacks;
  std::string file;
  bool is_native = false;
  bool is_script = false;
};

class OpenRows {
 public:
  static constexpr size_t kMaxRows = 256;
  static constexpr size_t kMaxWords = 64;  // of one kind in one row
  static constexpr size_t kMaxSteps = 10;

  // `text`: rows. Malformed or too long words are omitted.
  static OpenRows Parse(std::string_view text);
  // The rows in front of a bundle, in a comment that begins with "/*gmr-open" and a line end. Without that
  // comment, no rows.
  static OpenRows FromBundle(std::string_view source);

  const std::vector<OpenRow>& rows() const { return rows_; }
  bool empty() const { return rows_.empty(); }
  // How many different steps the paths of all rows have.
  uint32_t steps() const { return static_cast<uint32_t>(step_names_.size()); }

 private:
  OpenPath ToPath(std::string_view text);
  OpenStep ToStep(std::string_view text);
  void AddCondition(std::string_view text, bool is_negated, OpenRow* row);
  void AddPath(std::string_view text, std::vector<OpenPath>* paths);
  void AddWord(std::string_view word, OpenRow* row);

  std::vector<OpenRow> rows_;
  std::vector<std::string> step_names_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_OPEN_ROWS_H_
