#include "own_fds.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "../../base/own_calls.h"
#include "../../base/text_buffer.h"
#include "../threads/fd_describe.h"

namespace gmr::platform {

namespace {

using AddressCall = int (*)(int, sockaddr*, socklen_t*);

// Empty: it has no such address.
std::string AddressOf(AddressCall get_address, int fd, sa_family_t* family) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  if (get_address(fd, reinterpret_cast<sockaddr*>(&address), &bytes) != 0) return "";
  *family = address.ss_family;
  TextBuffer text;
  return AppendSocketAddress(address, bytes, &text) ? std::string(text.view()) : "";
}

std::string PeerOf(int fd, sa_family_t* family) {
  return MayCall(OwnCall::kGetpeername) ? AddressOf(getpeername, fd, family) : "";
}

// "pipe:[123]", "/var/run/jobs.fifo"; empty: unknown.
std::string LinkOf(int fd) {
  if (!MayCall(OwnCall::kReadlinkat)) return "";
  char link[64];
  char target[256];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, target, sizeof target);
  return length <= 0 ? "" : std::string(target, static_cast<size_t>(length));
}

bool IsInternet(sa_family_t family) { return family == AF_INET || family == AF_INET6; }

}  // namespace

bool OwnFds::Describe(int fd, FdFacts* facts) const {
  sa_family_t family = AF_UNSPEC;
  *facts = FdFacts();
  if (fd < 0) return false;
  std::string peer = PeerOf(fd, &family);
  // One that is not connected has only a name of its own.
  const std::string local = IsInternet(family) ? "" : AddressOf(getsockname, fd, &family);
  if (IsInternet(family)) {
    facts->peer = std::move(peer);
    facts->peer_host = facts->peer.substr(0, facts->peer.rfind(':'));
    ReadTcpInfo(fd, facts);
    return true;
  }
  // The accepting end of a local socket has a name, too, and the other end knows that one.
  const std::string& name = peer.empty() ? local : peer;
  facts->target = family == AF_UNIX && !name.empty() ? name : LinkOf(fd);
  return !facts->target.empty();
}

std::string OwnFds::LocalAddress(int fd) const {
  sa_family_t family = AF_UNSPEC;
  const std::string local = AddressOf(getsockname, fd, &family);
  return IsInternet(family) ? local : "";
}

}  // namespace gmr::platform
