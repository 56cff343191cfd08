// ByteCursor: a stream of V8's variable-length numbers, read from memory.
//
// Owns:        a window of 128 bytes.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    a value; of the MemoryReader.
//
// It never reads beyond its end. After a number that does not fit, or a fault,
// failed() is true for good and every further number is 0.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_BYTE_CURSOR_H_
#define GMR_NATIVE_IMAGE_OBJECTS_BYTE_CURSOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "../../process/safe_read.h"

namespace gmr::vm {

class ByteCursor {
 public:
  ByteCursor(platform::MemoryReader* memory, platform::Address data, uint32_t length)
      : memory_(memory), data_(data), length_(length) {}

  bool failed() const { return failed_; }
  bool AtEnd() const { return failed_ || position_ >= length_; }
  uint32_t position() const { return position_; }
  void MoveTo(uint32_t position) { position_ = position; }

  uint8_t Byte() {
    if (AtEnd() || !Fill()) {
      failed_ = true;
      return 0;
    }
    return window_[position_++ - window_start_];
  }

  // Seven bits per byte, least significant first.
  uint64_t Unsigned() {
    uint64_t value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      const uint8_t byte = Byte();
      value |= uint64_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) == 0) return failed_ ? 0 : value;
    }
    failed_ = true;
    return 0;
  }

  // The lowest bit is the sign; 3 stands for -2, as in tables of positions.
  int64_t Signed() { return SignOf(Unsigned()); }

  // The same, but 3 stands for -1, as in translations: base::VLQDecode(), src/base/vlq.h.
  int64_t SignedMagnitude() {
    const uint64_t encoded = Unsigned();
    const auto magnitude = static_cast<int64_t>(encoded >> 1);
    return (encoded & 1) != 0 ? -magnitude : magnitude;
  }

  static int64_t SignOf(uint64_t encoded) {
    const auto magnitude = static_cast<int64_t>(encoded >> 1);
    return (encoded & 1) != 0 ? ~magnitude : magnitude;
  }

 private:
  bool Fill() {
    if (position_ >= window_start_ && position_ - window_start_ < window_bytes_) return true;
    window_start_ = position_;
    window_bytes_ = static_cast<uint32_t>(std::min<size_t>(sizeof window_, length_ - position_));
    return memory_->Read(data_ + position_, window_, window_bytes_);
  }

  platform::MemoryReader* memory_;
  platform::Address data_;
  uint32_t length_;
  uint32_t position_ = 0;
  uint32_t window_start_ = 0;
  uint32_t window_bytes_ = 0;
  bool failed_ = false;
  uint8_t window_[128];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_BYTE_CURSOR_H_
