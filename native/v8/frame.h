// What a capture yields: plain data, no V8 handles.
//
// Owns:        its strings.
// Threads:     filled on the isolate's thread, then handed over.
// Signal-safe: no.
// Lifetime:    plain values.
#ifndef GMR_NATIVE_V8_FRAME_H_
#define GMR_NATIVE_V8_FRAME_H_

#include <cstdint>
#include <string>
#include <vector>

namespace gmr::vm {

enum class FrameKind : uint8_t { kJs, kWasm, kAsync };

struct Frame {
  FrameKind kind = FrameKind::kJs;
  std::string function_name;  // empty: anonymous or top-level code
  std::string file;           // empty: none, for example eval
  int line = 0;               // 1-based; 0: unknown
  int column = 0;             // 1-based; 0: unknown; wasm: byte offset
  bool is_constructor = false;
  bool is_eval = false;
  bool is_user_code = false;
};

struct StackCapture {
  std::vector<Frame> frames;  // innermost first
  // Frames left out after frames[cut_after]; 0: the stack is complete.
  int cut_count = 0;
  int cut_after = 0;
  bool cut_at_least = false;  // the stack was too deep to be counted
  std::vector<Frame> async_frames;
  std::string async_skipped;  // why async_frames were not asked for
  bool running_microtasks = false;
};

struct HeapSample {
  size_t used_bytes = 0;
  size_t total_bytes = 0;
  size_t limit_bytes = 0;
  size_t external_bytes = 0;
  size_t malloced_bytes = 0;
  size_t native_contexts = 0;
  size_t detached_contexts = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_FRAME_H_
