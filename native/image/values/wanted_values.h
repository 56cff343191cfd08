// WantedValues: which values to read from which objects to describe a wait.
//
// Owns:        its strings.
// Threads:     made by one thread, then read by any.
// Signal-safe: no: allocates.
// Lifetime:    plain value.
//
// The table is generated from src/explain and precedes the formatter's bundle. A row is the name of a class,
// or the name of a function followed by `()` for the variables of that function, and then paths:
//
//   Pool <TAB> options.max <TAB> _clients.length
//   pLimit() <TAB> activeCount
//
// A step of a path is the name of an own property that is not an accessor (a private name includes its `#`; a
// symbol is `@` and its description), `length` of an array, `size` of a Map or Set, `name` of a
// function, the index of an element, or `^` and a variable that a function can see. In a scope, the first
// step is a variable.
//
// Words that begin with a sign say what a resource hands out, and to whom:
//
//   +path           the objects that it can hand out; `*` stands for each element
//   -path           those of them that are not in use
//   =methods        a call of one of its methods has it
//   =arrow:name     a call of an arrow function of this name in one of its methods has it
//   =closures       a call of a function of this scope has it
//   =releaser:name  the owner of the function that releases it has it; this variable of that function is true
//                   once it was called
//   =canceller:name a method that ends the wait for it from the outside
//   =through        of a scope: what has one of its functions has what is in its variables
//   >path           an object of this class is a wrapper around the one at the path
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
  std::vector<std::string> cancellers;
  bool by_methods = false;
  bool by_closures = false;
  bool through_closures = false;

  bool is_resource() const {
    return !tokens.empty() || !releaser.empty() || !arrow.empty() || by_methods || by_closures;
  }
};

class WantedValues {
 public:
  static constexpr size_t kMaxPaths = 128;  // of one kind in one row
  static constexpr size_t kMaxSteps = 16;

  // `text`: rows. Malformed or too long words are omitted. Rows with the same name are merged.
  static WantedValues Parse(std::string_view text);
  // The rows in front of a bundle, in a comment that begins with "/*gmr-wanted" and a line end. Without that
  // comment, no rows.
  static WantedValues FromBundle(std::string_view source);

  // nullptr: nothing of it is wanted.
  const WantedRow* Find(std::string_view name) const;
  bool empty() const { return rows_.empty(); }
  bool has_wrappers() const { return has_wrappers_; }
  // Those of all rows.
  const std::vector<std::string>& cancellers() const { return cancellers_; }

 private:
  void AddWord(std::string_view word, WantedRow* row);
  void AddCanceller(std::string_view name, WantedRow* row);

  std::map<std::string, WantedRow, std::less<>> rows_;
  std::vector<std::string> cancellers_;
  bool has_wrappers_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_VALUES_WANTED_VALUES_H_
