// WantedValues: which values of which objects say what a wait is for.
//
// Owns:        its texts.
// Threads:     made by one; then read by any.
// Signal-safe: no: allocates.
// Lifetime:    plain value.
//
// The table is made from src/explain and stands in front of the formatter's bundle. A row is the name of a
// class, or that of a function with `()` behind it for the variables of that function, and then paths:
//
//   Pool <TAB> options.max <TAB> _clients.length
//   pLimit() <TAB> activeCount
//
// A step of a path is the name of an own property that is no accessor (of a private one with its `#`, of a
// symbol its description behind `@`), of a variable first where the object is a scope, `length` of an array,
// `size` of a Map or Set, or the index of an element.
//
// Of a resource, what it hands out to its users is told by words with a sign in front: `+` and a path to the
// objects that it can hand out, `-` to those of them that are not in use (`*` stands for each element);
// `=methods`: who runs one of its methods has it; `=arrow:` and a name: who runs an arrow function of this
// name in one of its methods; `=closures`: who runs a function of this scope;
// `=releaser:` and the variable that is true once the function that gives it back was called: who has such a
// function. `>` and a path: an object of this class stands for another one, as a wrapper.
#ifndef GMR_NATIVE_IMAGE_VALUES_WANTED_VALUES_H_
#define GMR_NATIVE_IMAGE_VALUES_WANTED_VALUES_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gmr::vm {

struct ValuePath {
  std::string text;
  std::vector<std::string> steps;
};

struct WantedRow {
  std::vector<ValuePath> values;
  std::vector<ValuePath> tokens;
  std::vector<ValuePath> idle;
  std::vector<ValuePath> wrapped;
  std::string releaser;  // a variable; empty: none
  std::string arrow;     // the name of a function; empty: none
  bool by_methods = false;
  bool by_closures = false;

  bool is_resource() const {
    return !tokens.empty() || !releaser.empty() || !arrow.empty() || by_methods || by_closures;
  }
};

class WantedValues {
 public:
  static constexpr size_t kMaxPaths = 64;  // of one kind in one row
  static constexpr size_t kMaxSteps = 6;

  // `text`: rows. What is malformed or too long is left out. Paths of rows with the same name are put
  // together.
  static WantedValues Parse(std::string_view text);
  // The rows in front of a bundle: a comment that begins with "/*gmr-wanted" and a line end. None: no rows.
  static WantedValues FromBundle(std::string_view source);

  // nullptr: nothing is wanted of it.
  const WantedRow* Find(std::string_view name) const;
  bool empty() const { return rows_.empty(); }
  bool has_wrappers() const { return has_wrappers_; }

 private:
  void AddWord(std::string_view word, WantedRow* row);

  std::map<std::string, WantedRow, std::less<>> rows_;
  bool has_wrappers_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_VALUES_WANTED_VALUES_H_
