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
#include <optional>
#include <string>
#include <vector>

#include "../base/monitor.h"
#include "../image/stack/code_ranges.h"
#include "interrupt_capture.h"
#include "timer_base.h"

namespace gmr::vm {

struct IsolateIdentity {
  bool is_main = false;
  int thread_id = 0;  // worker_threads.threadId
  std::string name;
  std::string entry;                    // empty: unknown
  std::vector<double> resource_limits;  // old, young, code range, stack in MB; or empty
  bool runs_module_hooks = false;       // Node's own thread for these
};

// One JavaScript thread as a report sees it before any request to a thread.
struct IsolateStatus {
  uint64_t id = 0;  // 0: announced, but never registered
  IsolateIdentity identity;
  int tid = 0;
  // Addresses; null when it is not registered. Only to be read with a MemoryReader.
  platform::Address isolate;
  EnvironmentPlace environment;
  platform::Address loop;  // uv_loop_t
  // How long its event loop had not turned, by the loop's own clock. For a
  // loop that waits for events: how long it waits. -1: unknown.
  double loop_stalled_ms = -1;
  SpentOnAnswers spent;
  // Keys of an AsyncLocalStorage that are to be shown; nullptr: nothing.
  std::shared_ptr<const AsyncContextQuery> context;
};

// One event loop as the watchdog sees it.
struct LoopStatus {
  uint64_t id = 0;
  IsolateIdentity identity;
  int tid = 0;
  platform::Address isolate;  // its address, as in IsolateStatus
  int epoll_fd = -1;          // what its thread waits on while the loop is idle
  uint64_t turns = 0;         // iterations since it began
  double stalled_ms = 0;      // as IsolateStatus::loop_stalled_ms
};

class IsolateRegistry {
 public:
  static IsolateRegistry& Get();

  // Idempotent. Ends with the environment.
  void RegisterCurrent(const IsolateIdentity& identity);

  // Of the calling thread's isolate, from now on; an empty `storage`: nothing more. `keys` are paths, see
  // context_path.h.
  // Does nothing when it is not registered.
  void SetContext(v8::Local<v8::Object> storage, const std::vector<std::string>& keys);

  // A worker was created, or its 'exit' event came. Both complete what the
  // worker itself could not determine (its name, on older Node versions).
  void Announce(const IsolateIdentity& identity);
  void Forget(int thread_id);

  // Main first, then by thread id.
  std::vector<IsolateStatus> List();

  // The event loops of the registered isolates. Nothing runs on them for this.
  std::vector<LoopStatus> Loops();

  // Requests the stack of one isolate; nullptr when it is gone. While an earlier
  // question is unanswered, that one is returned: a blocked thread never
  // collects more than one.
  std::shared_ptr<Capture> Ask(uint64_t id, const Question& question);

  // nullopt: it is gone.
  std::optional<SpentOnAnswers> SpentOf(uint64_t id);

  // Iterations of an event loop since it began; nullopt: it is gone.
  std::optional<uint64_t> TurnsOf(uint64_t id);

  // To be called by the isolate's thread when its event loop was woken for gmr-native's own code.
  void NoteOwnCall(v8::Isolate* isolate);

  // Requests from an isolate the stack of the JavaScript that its thread runs next by itself; nothing is
  // woken for it. Such a question may stay unanswered for ever, so it ends with Withdraw(). False: the
  // isolate is gone.
  bool AskWhenItRuns(uint64_t id, const std::shared_ptr<Capture>& capture);
  void Withdraw(uint64_t id);

  // Calls `work` with the lock held, so that the isolate stays alive meanwhile:
  // `work` must be quick, and must not call the registry. False: it is gone.
  bool WhileRegistered(uint64_t id, const std::function<void()>& work);

  // Where V8's builtins are, as the first isolate reported.
  BuiltinsBlob builtins();

  // Called at process exit: no isolate is used after this.
  void Close();

  IsolateRegistry(const IsolateRegistry&) = delete;
  IsolateRegistry& operator=(const IsolateRegistry&) = delete;

 private:
  struct Entry;

  IsolateRegistry() = default;
  static void OnEnvironmentEnd(void* entry);
  static void OnInterrupt(void* request);
  static void OnNextJavaScript(v8::Isolate* isolate, void* id);
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
