#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
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
constexpr uint8_t kSynSent = 2;
constexpr uint8_t kSynReceived = 3;
constexpr uint8_t kListening = 10;
constexpr uint8_t kStateCount = sizeof kStates / sizeof *kStates;

int64_t QueueOf(int fd, unsigned long request) {
  int bytes = 0;
  return ioctl(fd, request, &bytes) == 0 ? bytes : -1;
}

// Most sockets have empty queues, and each call to the kernel costs as much as all that is known already.
// Where another system stands in for Linux, the fields may be 0 for want of a value; so would be the size of
// segments.
bool IsComplete(const tcp_info& info, socklen_t bytes) {
  return bytes >= offsetof(tcp_info, tcpi_min_rtt) && info.tcpi_snd_mss != 0;
}

bool HasNothingToSend(const tcp_info& info) { return info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0; }

}  // namespace

void ReadTcpInfo(int fd, FdFacts* facts) {
  tcp_info info{};
  socklen_t bytes = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &bytes) != 0) return;
  if (bytes < offsetof(tcp_info, tcpi_last_ack_recv) || info.tcpi_state >= kStateCount) return;
  facts->state = kStates[info.tcpi_state];
  if (info.tcpi_state == kListening) return;
  // Before it is connected, these count from the start of the system.
  if (info.tcpi_state != kSynSent && info.tcpi_state != kSynReceived) {
    facts->received_ms = info.tcpi_last_data_recv;
    facts->sent_ms = info.tcpi_last_data_sent;
  }
  const bool is_complete = IsComplete(info, bytes);
  facts->receive_queue = is_complete && info.tcpi_bytes_received == 0 ? 0 : QueueOf(fd, SIOCINQ);
  facts->send_queue = is_complete && HasNothingToSend(info) ? 0 : QueueOf(fd, SIOCOUTQ);
}

}  // namespace gmr::platform
