// OwnCalls: the system calls that a report makes but Node itself may not make, and whether a seccomp filter
// allows them.
//
// Owns:        a verdict on each call.
// Threads:     ExamineOwnCalls() on the reporter thread; the others on any.
// Signal-safe: MayCall() only.
// Lifetime:    static storage.
//
// A filter may kill the process for a call that is not on its list, and the list may have been recorded
// without any reports. If a filter is active, a short-lived child process tries each call once: if the child
// dies, the service does not make that call. If no child process can be started, the report does without the
// two calls that Node never makes. test/own-calls.test.ts checks that the list is complete.
#ifndef GMR_NATIVE_BASE_OWN_CALLS_H_
#define GMR_NATIVE_BASE_OWN_CALLS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace gmr::platform {

enum class OwnCall : uint8_t {
  kWait4,  // the first two are needed to run the child process
  kPrctl,
  kProcessVmReadv,
  kRtTgsigqueueinfo,
  kClockGettime,  // for the CPU time of another thread, which the vDSO does not provide
  kGetdents64,
  kPoll,
  kMremap,
  kSendto,
  kMkdirat,
  kReadlinkat,
  kFchmod,
  kRenameat2,
  kRenameat,
  kLinkat,
  kUnlinkat,
  kSetpriority,
  kGetpeername,
  kMemfdCreate,
  kAddSeals,
  kCount,
};

// Reads which filters the calling thread and the threads `tids` have. If they have changed since the last
// call, a child process tries the calls, which takes a millisecond plus the time of a fork. Without a filter,
// this costs nothing. `may_copy` is false when the process is too large to fork, or when too little memory is
// left; then calls that Node never makes count as forbidden.
void ExamineOwnCalls(const std::vector<int>& tids, bool may_copy);

// False when the call would or might end the process, or when a filter denies it.
bool MayCall(OwnCall call);

// The opposite. When it returns true, errno is EPERM, as if the filter had denied the call.
bool IsForbidden(OwnCall call);

// For example "a seccomp filter ends the process for getdents64". Empty when the call may be made.
std::string WhyNot(OwnCall call);

// Returns one line for each call that may not be made.
std::vector<std::string> ForbiddenCalls();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_OWN_CALLS_H_
