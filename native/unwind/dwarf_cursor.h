// DwarfCursor: reads DWARF's numbers from a copied block of bytes.
//
// Owns:        nothing; points into the caller's buffer.
// Threads:     one at a time.
// Signal-safe: yes: arithmetic only.
// Lifetime:    not beyond the buffer.
//
// Reading past the end yields zeros and sets failed(), so that a decoder asks
// once per entry and not once per byte.
#ifndef GMR_NATIVE_UNWIND_DWARF_CURSOR_H_
#define GMR_NATIVE_UNWIND_DWARF_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../base/address.h"

namespace gmr::platform {

class DwarfCursor {
 public:
  DwarfCursor() = default;
  // `address` is where the bytes were copied from: some pointers are relative to their own place.
  DwarfCursor(const uint8_t* bytes, size_t size, Address address)
      : at_(bytes), end_(bytes + size), address_(address) {}

  bool AtEnd() const { return at_ == end_; }
  bool failed() const { return failed_; }
  const uint8_t* data() const { return at_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  Address address() const { return address_; }

  template <typename T>
  T Take() {
    T value{};
    if (left() < sizeof(T)) {
      Fail();
      return value;
    }
    std::memcpy(&value, at_, sizeof(T));
    Skip(sizeof(T));
    return value;
  }

  uint64_t TakeUleb() {
    uint64_t value = 0;
    // Ten bytes hold 64 bits; what a longer number adds is lost, as in every reader.
    for (int shift = 0; shift < 70; shift += 7) {
      const auto byte = Take<uint8_t>();
      if (shift < 64) value |= uint64_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) == 0) return value;
    }
    Fail();
    return 0;
  }

  int64_t TakeSleb() {
    uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      const auto byte = Take<uint8_t>();
      if (shift < 64) value |= uint64_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) != 0) continue;
      if (shift + 7 < 64 && (byte & 0x40) != 0) value |= ~uint64_t{0} << (shift + 7);
      return static_cast<int64_t>(value);
    }
    Fail();
    return 0;
  }

  // The next `bytes` as a cursor of their own; this one goes on behind them.
  DwarfCursor TakeBlock(uint64_t bytes) {
    if (bytes > left()) {
      Fail();
      return DwarfCursor();
    }
    const DwarfCursor block(at_, static_cast<size_t>(bytes), address_);
    Skip(static_cast<size_t>(bytes));
    return block;
  }

  void Fail() {
    failed_ = true;
    Skip(left());
  }

 private:
  void Skip(size_t bytes) {
    at_ += bytes;
    address_ += bytes;
  }

  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  Address address_;
  bool failed_ = false;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_DWARF_CURSOR_H_
