// FdSource: what the kernel knows of a file descriptor.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    of its owner.
//
// Beside MemorySource: another process, or one of which only a file is left, has no kernel that could be
// asked about its descriptors.
#ifndef GMR_NATIVE_PROCESS_SOCKETS_FD_SOURCE_H_
#define GMR_NATIVE_PROCESS_SOCKETS_FD_SOURCE_H_

#include <cstdint>
#include <string>

namespace gmr::platform {

struct FdFacts {
  std::string peer;            // "10.0.0.7:5432"; empty: none
  std::string peer_host;       // "10.0.0.7"
  std::string state;           // "ESTABLISHED"; empty: not a TCP socket, or unknown
  std::string target;          // of what is no socket of TCP or UDP: "pipe:[123]", a path
  int64_t received_ms = -1;    // since data last came in; -1: unknown
  int64_t sent_ms = -1;        // since data was last sent
  int64_t receive_queue = -1;  // bytes in the kernel; -1: unknown
  int64_t send_queue = -1;
};

class FdSource {
 public:
  FdSource() = default;
  FdSource(const FdSource&) = delete;
  FdSource& operator=(const FdSource&) = delete;
  virtual ~FdSource() = default;

  // All but the local address. False: nothing is known of it.
  virtual bool Describe(int fd, FdFacts* facts) const = 0;
  // Of a socket of TCP or UDP: "10.0.0.4:51824". Empty: none is known.
  virtual std::string LocalAddress(int fd) const = 0;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_SOCKETS_FD_SOURCE_H_
