// Utf8Writer: turns UTF-16 code units into UTF-8, into memory that was there before.
//
// Owns:        nothing.
// Threads:     one at a time.
// Signal-safe: yes.
// Lifetime:    of the memory that it writes to.
#ifndef GMR_NATIVE_IMAGE_TEXT_UTF8_WRITER_H_
#define GMR_NATIVE_IMAGE_TEXT_UTF8_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gmr::vm {

class Utf8Writer {
 public:
  Utf8Writer(char* to, size_t capacity) : to_(to), capacity_(capacity) {}

  size_t size() const { return size_; }
  bool full() const { return full_; }

  void AppendUnit(uint16_t unit) {
    if (high_ != 0 && (unit & 0xfc00) == 0xdc00) {
      const uint32_t high = high_;
      high_ = 0;
      Append(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      return;
    }
    Finish();
    if ((unit & 0xfc00) == 0xd800) {
      high_ = unit;
    } else {
      Append((unit & 0xfc00) == 0xdc00 ? kReplacement : unit);
    }
  }

  // A surrogate without its other half is no character.
  void Finish() {
    if (high_ == 0) return;
    high_ = 0;
    Append(kReplacement);
  }

 private:
  static constexpr uint32_t kReplacement = 0xfffd;

  void Append(uint32_t point) {
    if (point < 0x80) return Put({static_cast<char>(point)}, 1);
    if (point < 0x800) return Put({Lead(0xc0, point, 6), Tail(point, 0)}, 2);
    if (point < 0x10000) return Put({Lead(0xe0, point, 12), Tail(point, 6), Tail(point, 0)}, 3);
    Put({Lead(0xf0, point, 18), Tail(point, 12), Tail(point, 6), Tail(point, 0)}, 4);
  }

  struct Bytes {
    char at[4];
  };

  static char Lead(uint32_t mark, uint32_t point, int shift) {
    return static_cast<char>(mark | point >> shift);
  }
  static char Tail(uint32_t point, int shift) { return static_cast<char>(0x80 | (point >> shift & 0x3f)); }

  void Put(const Bytes& bytes, size_t count) {
    full_ = full_ || count > capacity_ - size_;
    if (full_) return;
    std::memcpy(to_ + size_, bytes.at, count);
    size_ += count;
  }

  char* to_;
  size_t capacity_;
  size_t size_ = 0;
  uint16_t high_ = 0;
  bool full_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_TEXT_UTF8_WRITER_H_
