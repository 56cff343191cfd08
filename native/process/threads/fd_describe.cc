#include "fd_describe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "../../base/scoped_fd.h"

namespace gmr::platform {

namespace {

using AddressCall = int (*)(int, sockaddr*, socklen_t*);

bool AppendAddressOf(AddressCall get_address, int fd, std::string_view before, TextBuffer* to) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  if (get_address(fd, reinterpret_cast<sockaddr*>(&address), &bytes) != 0) return false;
  TextBuffer text;
  if (!AppendSocketAddress(address, bytes, &text)) return false;
  to->Append(before);
  to->Append(text.view());
  return true;
}

// False for what is no socket, and for a socket without any name.
bool AppendSocket(int fd, TextBuffer* to) {
  int listening = 0;
  socklen_t bytes = sizeof listening;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &bytes) != 0) return false;
  if (listening != 0) return AppendAddressOf(getsockname, fd, " listening on ", to);
  if (AppendAddressOf(getpeername, fd, " -> ", to)) return true;
  // The accepting end of a local socket has a name of its own only.
  return AppendAddressOf(getsockname, fd, " at ", to);
}

void AppendPort(in_port_t network_order, TextBuffer* to) {
  to->Append(":");
  to->AppendNumber(ntohs(network_order));
}

// inet_ntop(3) takes several times as long, and a report may have ten thousand addresses.
void AppendIpv4(uint32_t address, TextBuffer* to) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    to->AppendNumber(address >> shift & 0xff);
    if (shift > 0) to->Append(".");
  }
}

bool AppendUnixPath(const sockaddr_un& address, size_t bytes, TextBuffer* to) {
  constexpr size_t kPathAt = offsetof(sockaddr_un, sun_path);
  if (bytes <= kPathAt) return false;
  std::string_view path(address.sun_path, std::min(bytes - kPathAt, sizeof address.sun_path));
  // An abstract name begins with a zero byte and may hold more of them.
  if (path[0] == '\0') {
    to->Append("@");
    path.remove_prefix(1);
  }
  to->Append(path.substr(0, path.find('\0')));
  return true;
}

}  // namespace

bool AppendSocketAddress(const sockaddr_storage& address, size_t bytes, TextBuffer* to) {
  if (address.ss_family == AF_INET && bytes >= sizeof(sockaddr_in)) {
    sockaddr_in inet{};
    std::memcpy(&inet, &address, sizeof inet);
    AppendIpv4(ntohl(inet.sin_addr.s_addr), to);
    AppendPort(inet.sin_port, to);
    return true;
  }
  if (address.ss_family == AF_INET6 && bytes >= sizeof(sockaddr_in6)) {
    char text[INET6_ADDRSTRLEN];
    sockaddr_in6 inet{};
    std::memcpy(&inet, &address, sizeof inet);
    if (inet_ntop(AF_INET6, &inet.sin6_addr, text, sizeof text) == nullptr) return false;
    to->Append("[");
    to->Append(text);
    to->Append("]");
    AppendPort(inet.sin6_port, to);
    return true;
  }
  if (address.ss_family != AF_UNIX) return false;
  sockaddr_un local{};
  std::memcpy(&local, &address, sizeof local);
  return AppendUnixPath(local, bytes, to);
}

void AppendFd(int fd, TextBuffer* to) {
  to->Append("fd ");
  to->AppendNumber(fd);
  if (fd < 0 || AppendSocket(fd, to)) return;
  char link[64];
  char target[256];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, target, sizeof target);
  if (length <= 0) return;
  to->Append(" -> ");
  to->Append(std::string_view(target, static_cast<size_t>(length)));
}

void AppendProcess(int pid, TextBuffer* to) {
  to->Append("pid ");
  to->AppendNumber(pid);
  char path[64];
  char command[72];
  std::snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
  const ScopedFd fd(open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t length = fd.ok() ? read(fd.get(), command, sizeof command) : 0;
  if (length <= 0) return;
  // Each argument ends with a zero byte.
  std::replace(command, command + length, '\0', ' ');
  std::string_view words(command, static_cast<size_t>(length));
  const bool is_cut = words.size() == sizeof command;
  words = words.substr(0, words.find_last_not_of(' ') + 1);
  // Part of a word may be part of a secret, which masking would no longer recognize.
  if (is_cut) words = words.substr(0, words.find_last_of(' ') + 1);
  to->Append(" ");
  to->Append(words);
  if (is_cut) to->Append("...");
}

}  // namespace gmr::platform
