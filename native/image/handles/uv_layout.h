// UvLayout: where libuv keeps what a report says of handles and loops.
//
// Owns:        nothing; constants.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    of the process.
//
// The structures are part of libuv's ABI: they stay the same in all of 1.x on systems with 64-bit pointers.
// native/v8/uv_layout_check.cc compares them with <uv.h>, which native/image may not include.
#ifndef GMR_NATIVE_IMAGE_HANDLES_UV_LAYOUT_H_
#define GMR_NATIVE_IMAGE_HANDLES_UV_LAYOUT_H_

#include <cstdint>

namespace gmr::vm::uv {

// uv_handle_t
inline constexpr int32_t kHandleData = 0;
inline constexpr int32_t kHandleLoop = 8;
inline constexpr int32_t kHandleType = 16;
inline constexpr int32_t kHandleQueue = 32;
inline constexpr int32_t kHandleFlags = 88;
// uv_stream_t: uv_tcp_t, uv_pipe_t and uv_tty_t
inline constexpr int32_t kStreamQueuedBytes = 96;
inline constexpr int32_t kStreamFd = 184;
// uv_udp_t
inline constexpr int32_t kUdpQueuedBytes = 96;
inline constexpr int32_t kUdpFd = 176;
// uv_poll_t
inline constexpr int32_t kPollFd = 152;
// uv_process_t
inline constexpr int32_t kProcessPid = 104;
// uv_fs_event_t
inline constexpr int32_t kFsEventPath = 96;
// uv_fs_poll_t, and what it refers to: struct poll_ctx, src/fs-poll.c
inline constexpr int32_t kFsPollContext = 96;
inline constexpr int32_t kPollContextParent = 0;
inline constexpr int32_t kPollContextPath = 800;
// uv_req_t
inline constexpr int32_t kRequestData = 0;
inline constexpr int32_t kRequestType = 8;
// uv_loop_t
inline constexpr int32_t kLoopActiveHandles = 8;
inline constexpr int32_t kLoopHandles = 16;
inline constexpr int32_t kLoopActiveRequests = 32;

// uv_handle_type, in its order.
enum HandleType : uint32_t {
  kUnknownHandle,
  kAsync,
  kCheck,
  kFsEvent,
  kFsPoll,
  kHandle,
  kIdle,
  kPipe,
  kPoll,
  kPrepare,
  kProcess,
  kStream,
  kTcp,
  kTimer,
  kTty,
  kUdp,
  kSignal,
  kFile,
  kHandleTypes,
};
// As uv_handle_type_name().
inline constexpr const char* kHandleTypeNames[kHandleTypes] = {
    "unknown", "async",   "check",  "fs_event", "fs_poll", "handle", "idle", "pipe",   "poll",
    "prepare", "process", "stream", "tcp",      "timer",   "tty",    "udp",  "signal", "file"};

// uv_req_type, in its order; what follows in the enum is of one system only.
inline constexpr uint32_t kRequestTypes = 11;
inline constexpr const char* kRequestTypeNames[kRequestTypes] = {
    "unknown", "req",  "connect",     "write",       "shutdown", "udp_send",
    "fs",      "work", "getaddrinfo", "getnameinfo", "random"};

// Flags of uv_handle_t, src/uv-common.h; the same since 1.0.
inline constexpr uint32_t kIsClosing = 0x1;
inline constexpr uint32_t kIsClosed = 0x2;
inline constexpr uint32_t kIsActive = 0x4;
inline constexpr uint32_t kIsRefed = 0x8;
inline constexpr uint32_t kIsInternal = 0x10;

}  // namespace gmr::vm::uv

#endif  // GMR_NATIVE_IMAGE_HANDLES_UV_LAYOUT_H_
