// Compares native/image/handles/uv_layout.h with the libuv of the Node that this is built for.
#include <uv.h>

#include <cstddef>

#include "../image/handles/uv_layout.h"

namespace gmr::vm::uv {

namespace {

constexpr size_t kIoFd = offsetof(uv__io_t, fd);

static_assert(offsetof(uv_handle_t, data) == kHandleData);
static_assert(offsetof(uv_handle_t, loop) == kHandleLoop);
static_assert(offsetof(uv_handle_t, type) == kHandleType);
static_assert(offsetof(uv_handle_t, handle_queue) == kHandleQueue);
static_assert(offsetof(uv_handle_t, flags) == kHandleFlags);
static_assert(offsetof(uv_stream_t, write_queue_size) == kStreamQueuedBytes);
static_assert(offsetof(uv_stream_t, io_watcher) + kIoFd == kStreamFd);
static_assert(offsetof(uv_udp_t, send_queue_size) == kUdpQueuedBytes);
static_assert(offsetof(uv_udp_t, io_watcher) + kIoFd == kUdpFd);
static_assert(offsetof(uv_poll_t, io_watcher) + kIoFd == kPollFd);
static_assert(offsetof(uv_process_t, pid) == kProcessPid);
static_assert(offsetof(uv_fs_event_t, path) == kFsEventPath);
static_assert(offsetof(uv_fs_poll_t, poll_ctx) == kFsPollContext);
// Six members of eight bytes each, of which two share one, come before the first; a pointer follows the last.
static_assert(size_t{5} * 8 + sizeof(uv_timer_t) + sizeof(uv_fs_t) + sizeof(uv_stat_t) + 8 ==
              kPollContextPath);
static_assert(offsetof(uv_req_t, data) == kRequestData);
static_assert(offsetof(uv_req_t, type) == kRequestType);
static_assert(offsetof(uv_loop_t, active_handles) == kLoopActiveHandles);
static_assert(offsetof(uv_loop_t, handle_queue) == kLoopHandles);
static_assert(offsetof(uv_loop_t, active_reqs) == kLoopActiveRequests);

static_assert(UV_ASYNC == static_cast<int>(kAsync) && UV_NAMED_PIPE == static_cast<int>(kPipe));
static_assert(UV_TCP == static_cast<int>(kTcp) && UV_TTY == static_cast<int>(kTty));
static_assert(UV_UDP == static_cast<int>(kUdp) && UV_PROCESS == static_cast<int>(kProcess));
static_assert(UV_FILE == static_cast<int>(kFile) && UV_HANDLE_TYPE_MAX == static_cast<int>(kHandleTypes));
static_assert(UV_CONNECT == 2 && UV_RANDOM == static_cast<int>(kRequestTypes) - 1);

}  // namespace

}  // namespace gmr::vm::uv
