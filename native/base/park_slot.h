// ParkSlot: the word on which a parked thread waits (os/park_handler.h), for those who must recognize the
// wait.
//
// Owns:        the word, in static storage.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    of the process.
#ifndef GMR_NATIVE_BASE_PARK_SLOT_H_
#define GMR_NATIVE_BASE_PARK_SLOT_H_

#include <atomic>
#include <cstdint>

namespace gmr::platform {

// Holds the number of a request and its phase; see park_handler.cc. It is 0 until the first request.
inline constinit std::atomic<uint32_t> g_park_slot{0};

// Whether a futex(2) on this address is that of a parked thread, or of one that was released and got no CPU
// yet.
inline bool IsParkFutex(uint64_t address) { return address == reinterpret_cast<uintptr_t>(&g_park_slot); }

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_PARK_SLOT_H_
