// TextBuffer: text of bounded length, put together without allocation.
//
// Owns:        its characters.
// Threads:     one at a time.
// Signal-safe: yes.
// Lifetime:    a plain value.
#ifndef GMR_NATIVE_BASE_TEXT_BUFFER_H_
#define GMR_NATIVE_BASE_TEXT_BUFFER_H_

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gmr::platform {

class TextBuffer {
 public:
  // What does not fit is replaced by "...".
  void Append(std::string_view part) {
    constexpr std::string_view kEllipsis = "...";
    const size_t room = kCapacity - kEllipsis.size() - size_;
    if (cut_) return;
    cut_ = part.size() > room;
    Put(part.substr(0, room));
    if (cut_) Put(kEllipsis);
  }

  void AppendNumber(int64_t number) {
    char digits[32];
    const char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    Append(std::string_view(digits, static_cast<size_t>(end - digits)));
  }

  std::string_view view() const { return std::string_view(text_, size_); }

 private:
  static constexpr size_t kCapacity = 320;

  void Put(std::string_view part) {
    std::memcpy(text_ + size_, part.data(), part.size());
    size_ += part.size();
  }

  char text_[kCapacity] = {};
  size_t size_ = 0;
  bool cut_ = false;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_TEXT_BUFFER_H_
