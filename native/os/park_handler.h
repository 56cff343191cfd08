// The handler of the directed signal: it parks its thread until the reporter has
// read the thread's stack.
//
// Owns:        one slot in static storage: one thread is parked at a time.
// Threads:     HandleParkSignal() on the thread that is parked; the rest on the
//              reporter thread only.
// Signal-safe: HandleParkSignal(). A test reads the undefined symbols of this
//              unit's object file: only getpid, syscall (futex, the directed
//              signal), clock_gettime and errno may appear.
// Lifetime:    static storage without destructors. A signal that comes late, when
//              its question is no longer asked, changes nothing.
//
// Linux on x64 and arm64 only; elsewhere ParkThread() says kUnsupported.
#ifndef GMR_NATIVE_OS_PARK_HANDLER_H_
#define GMR_NATIVE_OS_PARK_HANDLER_H_

#include <csignal>
#include <cstdint>

#include "../base/registers.h"

namespace gmr::platform {

// A parked thread goes on by itself after this time, whatever the reporter does.
inline constexpr int64_t kMaxParkedNs = 500'000'000;

enum class ParkOutcome : uint8_t {
  kParked,
  kNoThread,     // it has ended
  kNotSent,      // the kernel refused; errno tells why
  kNotTaken,     // until the deadline: the thread masks the signal, or got no CPU
  kUnsupported,  // this system has no directed signals with a value
};

// For sigaction(2), with SA_SIGINFO.
void HandleParkSignal(int number, siginfo_t* info, void* context);

// Sends `number`, whose handler is HandleParkSignal(), to thread `tid` of this
// process, and waits until the thread is parked. After kParked, ReleaseThread()
// must follow.
ParkOutcome ParkThread(int number, int tid, int64_t deadline_ns, Registers* registers);

// False: the thread had gone on before, at the end of kMaxParkedNs, so what was
// read of it meanwhile cannot be trusted.
bool ReleaseThread();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_PARK_HANDLER_H_
