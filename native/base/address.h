// Address: a place in the memory of the process that is examined.
//
// Owns:        nothing.
// Threads:     a plain value.
// Signal-safe: yes: arithmetic only.
// Lifetime:    a plain value. What is at the place may change or go away at any time.
//
// That process may be this one, another one, or one of which only a file is left. Therefore no pointer is
// ever made of an Address, and only a MemorySource knows how to look there. Where code speaks of its own
// memory, it converts explicitly: OwnAddress() in native/process/self_memory.h.
#ifndef GMR_NATIVE_BASE_ADDRESS_H_
#define GMR_NATIVE_BASE_ADDRESS_H_

#include <compare>
#include <concepts>
#include <cstdint>

namespace gmr::platform {

class Address {
 public:
  constexpr Address() = default;
  constexpr explicit Address(uint64_t number) : number_(number) {}

  constexpr uint64_t number() const { return number_; }
  // Nothing is at 0: it stands for "unknown" or "none".
  constexpr bool IsNull() const { return number_ == 0; }

  // Alignments are powers of two.
  constexpr Address AlignedDown(uint64_t alignment) const { return Address(number_ & ~(alignment - 1)); }
  constexpr Address AlignedUp(uint64_t alignment) const {
    return Address((number_ + alignment - 1) & ~(alignment - 1));
  }

  friend constexpr auto operator<=>(Address, Address) = default;

  // Sums wrap around as those of numbers: what is read may be damaged, and Fetch() fails there.
  template <std::integral Bytes>
  friend constexpr Address operator+(Address address, Bytes bytes) {
    return Address(address.number_ + static_cast<uint64_t>(bytes));
  }
  template <std::integral Bytes>
  friend constexpr Address operator-(Address address, Bytes bytes) {
    return Address(address.number_ - static_cast<uint64_t>(bytes));
  }
  template <std::integral Bytes>
  constexpr Address& operator+=(Bytes bytes) {
    return *this = *this + bytes;
  }
  template <std::integral Bytes>
  constexpr Address& operator-=(Bytes bytes) {
    return *this = *this - bytes;
  }
  // Bytes from the second to the first; huge when the first is below.
  friend constexpr uint64_t operator-(Address to, Address from) { return to.number_ - from.number_; }
  friend constexpr uint64_t operator%(Address address, uint64_t alignment) {
    return address.number_ % alignment;
  }

 private:
  uint64_t number_ = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_ADDRESS_H_
