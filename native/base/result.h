// Result<T>: a value, or the system error that prevented it.
//
// Owns:        its value.
// Threads:     none of its own; as thread-safe as T.
// Signal-safe: no.
// Lifetime:    plain value.
#ifndef GMR_NATIVE_BASE_RESULT_H_
#define GMR_NATIVE_BASE_RESULT_H_

#include <cerrno>  // the values of SysError::code
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace gmr::platform {

// What failed and why. `doing` is a literal: it names the act, not the cause.
struct SysError {
  int code = 0;
  const char* doing = "";
  std::string path = "";  // the file or folder, unless `doing` names it

  // "opening /proc/self/task: Permission denied", "making the directory: /srv/logs: Permission denied".
  std::string ToString() const {
    return std::string(doing) + ": " + (path.empty() ? "" : path + ": ") +
           std::generic_category().message(code);
  }
};

template <typename T>
class Result {
 public:
  Result(T value) : state_(std::move(value)) {}         // NOLINT: implicit by design
  Result(SysError error) : state_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return std::holds_alternative<T>(state_); }
  const T& value() const { return std::get<T>(state_); }
  T& value() { return std::get<T>(state_); }
  const SysError& error() const { return std::get<SysError>(state_); }

 private:
  std::variant<T, SysError> state_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_RESULT_H_
