// HelperThread: a thread for one piece of work, joined by the thread that started it.
//
// Owns:        the thread, until Join().
// Threads:     Start() and Join() on one thread.
// Signal-safe: no.
// Lifetime:    the destructor joins: work must end by itself, and soon.
//
// It takes no signal: handlers of the application never run on it.
#ifndef GMR_NATIVE_BASE_HELPER_THREAD_H_
#define GMR_NATIVE_BASE_HELPER_THREAD_H_

#include <pthread.h>

#include <cstddef>
#include <functional>

namespace gmr::platform {

class HelperThread {
 public:
  HelperThread() = default;
  HelperThread(const HelperThread&) = delete;
  HelperThread& operator=(const HelperThread&) = delete;
  ~HelperThread() { Join(); }

  // Only what is touched of it takes memory.
  static constexpr size_t kStackBytes = size_t{512} << 10;

  // False: no thread could be started, and `work` was not called. `name` is a literal of at most 15
  // characters.
  bool Start(const char* name, std::function<void()> work, size_t stack_bytes = kStackBytes);
  // Returns at once when there is none.
  void Join();
  // After Join(): whether `work` ended early because memory ran out.
  bool ran_out_of_memory() const { return ran_out_of_memory_; }

 private:
  static void* Run(void* helper);

  const char* name_ = "";
  std::function<void()> work_;
  pthread_t thread_{};
  bool started_ = false;
  bool ran_out_of_memory_ = false;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_HELPER_THREAD_H_
