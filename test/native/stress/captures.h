// Captures: takes stacks of one JavaScript thread again and again, and of each
// what that thread itself says its stack is.
//
// Owns:        a thread that captures, and what it has captured.
// Threads:     one caller, which is not the thread that is captured.
// Signal-safe: no.
// Lifetime:    the subject's isolate must live until Stop() returned.
//
// The subject keeps a shadow stack in shared memory: how many words are used, then
// a function and a line per call, outermost first. It is copied when a stack has
// been read and the subject is still stopped: see StopPoint in the source.
#ifndef GMR_TEST_NATIVE_STRESS_CAPTURES_H_
#define GMR_TEST_NATIVE_STRESS_CAPTURES_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "../../../native/v8/stack_reader.h"

namespace gmr::test {

struct Subject {
  int tid = 0;
  platform::Address isolate;
  const int32_t* shadow = nullptr;
  size_t shadow_words = 0;
};

struct TierCounts {
  uint32_t interpreter = 0;
  uint32_t baseline = 0;
  uint32_t maglev = 0;
  uint32_t turbofan = 0;
  uint32_t inlined = 0;
};

struct Taken {
  vm::ReadStack read;
  std::vector<int32_t> shadow;
  TierCounts tiers;
  bool is_complete = false;  // the walk reached the first function of the thread
  bool is_named = false;     // native frames have names
  double walk_us = 0;
};

class Captures {
 public:
  Captures(const Subject& subject, vm::BuiltinsBlob builtins);
  ~Captures() { Stop(); }
  Captures(const Captures&) = delete;
  Captures& operator=(const Captures&) = delete;

  // What came since the last call.
  std::vector<Taken> Take();
  // Ends the thread; idempotent.
  void Stop();

 private:
  void Run();
  Taken CaptureOnce(uint32_t number) const;

  const Subject subject_;
  const vm::BuiltinsBlob builtins_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Taken> taken_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_STRESS_CAPTURES_H_
