// IsolateRegistry: every isolate of the process that answers reports.
//
// Owns:        the list of isolates, what is known of announced workers, and
//              the questions that are still unanswered.
// Threads:     RegisterCurrent() on the isolate's own thread; everything else
//              from any thread. One lock guards the list. It is held across
//              node::RequestInterrupt and taken by the cleanup hook of an
//              environment, so that no request reaches an isolate that is gone.
//              The lock is never held while V8 or the application runs.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose: threads may use it while
//              exit() runs static destructors.
#ifndef GMR_NATIVE_V8_ISOLATE_REGISTRY_H_
#define GMR_NATIVE_V8_ISOLATE_REGISTRY_H_

#include <node.h>
#include <uv.h>
#include <v8.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../platform/monitor.h"
#include "code_ranges.h"
#include "interrupt_capture.h"
#include "timer_base.h"

namespace gmr::vm {

struct IsolateIdentity {
  bool is_main = false;
  int thread_id = 0;  // worker_threads.threadId
  std::string name;
  std::string entry;                    // empty: unknown
  std::vector<double> resource_limits;  // old, young, code range, stack in MB; or empty
};

// One JavaScript thread as a report sees it before it asks anybody.
struct IsolateStatus {
  uint64_t id = 0;  // 0: announced, but never registered
  IsolateIdentity identity;
  int tid = 0;
  // Addresses; 0 when it is not registered. Only to be read with a MemoryReader.
  uintptr_t isolate = 0;
  EnvironmentPlace environment;
  // How long its event loop had not turned, by the loop's own clock. For a
  // loop that waits for events: how long it waits. -1: unknown.
  double loop_stalled_ms = -1;
  // What of an AsyncLocalStorage is to be told; nullptr: nothing.
  std::shared_ptr<const AsyncContextQuery> context;
};

// One event loop as the watchdog sees it.
struct LoopStatus {
  uint64_t id = 0;
  IsolateIdentity identity;
  int tid = 0;
  int epoll_fd = -1;      // what its thread waits on while the loop is idle
  uint64_t turns = 0;     // iterations since it began
  double stalled_ms = 0;  // as IsolateStatus::loop_stalled_ms
};

class IsolateRegistry {
 public:
  static IsolateRegistry& Get();

  // Idempotent. Ends with the environment.
  void RegisterCurrent(const IsolateIdentity& identity);

  // Of the calling thread's isolate, from now on; an empty `storage`: nothing more.
  // Does nothing when it is not registered.
  void SetContext(v8::Local<v8::Object> storage, std::vector<std::string> keys);

  // A worker was created, or its 'exit' event came. Both complete what the
  // worker itself could not tell (its name, on older Node versions).
  void Announce(const IsolateIdentity& identity);
  void Forget(int thread_id);

  // Main first, then by thread id.
  std::vector<IsolateStatus> List();

  // The event loops of the registered isolates. Nothing runs on them for this.
  std::vector<LoopStatus> Loops();

  // Asks one isolate for its stack; nullptr when it is gone. While an earlier
  // question is unanswered, that one is returned: a blocked thread never
  // collects more than one.
  std::shared_ptr<Capture> Ask(uint64_t id, const Question& question);

  // Calls `work` with the lock held, so that the isolate stays alive meanwhile:
  // `work` must be quick, and must not call the registry. False: it is gone.
  bool WhileRegistered(uint64_t id, const std::function<void()>& work);

  // Where V8's builtins are, as the first isolate told.
  BuiltinsBlob builtins();

  // At process exit: no isolate is touched from here on, until Reopen().
  void Close();
  void Reopen();

  IsolateRegistry(const IsolateRegistry&) = delete;
  IsolateRegistry& operator=(const IsolateRegistry&) = delete;

 private:
  struct Entry;

  IsolateRegistry() = default;
  static void OnEnvironmentEnd(void* entry);
  static void OnInterrupt(void* request);
  void Complete(IsolateIdentity* identity) const;

  platform::Monitor monitor_;
  // Guarded by monitor_:
  std::map<uint64_t, std::shared_ptr<Entry>> entries_;
  std::map<int, IsolateIdentity> announced_;  // by thread id
  uint64_t next_id_ = 1;
  BuiltinsBlob builtins_;
  bool closed_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_ISOLATE_REGISTRY_H_
