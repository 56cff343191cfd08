#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstddef>

#include "own_fds.h"

namespace gmr::platform {

namespace {

// include/net/tcp_states.h, in its order.
constexpr const char* kStates[] = {"",          "ESTABLISHED", "SYN_SENT",    "SYN_RECV",   "FIN_WAIT1",
                                   "FIN_WAIT2", "TIME_WAIT",   "CLOSE",       "CLOSE_WAIT", "LAST_ACK",
                                   "LISTEN",    "CLOSING",     "NEW_SYN_RECV"};
constexpr uint8_t kListening = 10;
constexpr uint8_t kStateCount = sizeof kStates / sizeof *kStates;

int64_t QueueOf(int fd, unsigned long request) {
  int bytes = 0;
  return ioctl(fd, request, &bytes) == 0 ? bytes : -1;
}

}  // namespace

void ReadTcpInfo(int fd, FdFacts* facts) {
  tcp_info info{};
  socklen_t bytes = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &bytes) != 0) return;
  if (bytes < offsetof(tcp_info, tcpi_last_ack_recv) || info.tcpi_state >= kStateCount) return;
  facts->state = kStates[info.tcpi_state];
  if (info.tcpi_state == kListening) return;
  facts->received_ms = info.tcpi_last_data_recv;
  facts->sent_ms = info.tcpi_last_data_sent;
  facts->receive_queue = QueueOf(fd, SIOCINQ);
  facts->send_queue = QueueOf(fd, SIOCOUTQ);
}

}  // namespace gmr::platform
