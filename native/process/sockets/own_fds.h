// OwnFds: the FdSource of this process.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    plain object.
//
// Addresses are numbers: no name is ever looked up. Only by calls that Node itself makes too (getsockname,
// getpeername, getsockopt, ioctl), or that base/own_calls.h allows: a seccomp filter may end the process for
// any other.
#ifndef GMR_NATIVE_PROCESS_SOCKETS_OWN_FDS_H_
#define GMR_NATIVE_PROCESS_SOCKETS_OWN_FDS_H_

#include "fd_source.h"

namespace gmr::platform {

class OwnFds final : public FdSource {
 public:
  bool Describe(int fd, FdFacts* facts) const override;
  std::string LocalAddress(int fd) const override;
};

// For OwnFds, per system: state, times and queues of a TCP socket.
void ReadTcpInfo(int fd, FdFacts* facts);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_SOCKETS_OWN_FDS_H_
