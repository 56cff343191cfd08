// ExitGate: keeps process exit and the isolates of a report out of each other's way.
//
// Owns:        the knowledge that the process is closing, and which isolates
//              (the formatter's, and that of a self-test) run at the moment.
// Threads:     Enter(), Publish(), Withdraw() and Leave() on the thread that runs an isolate;
//              BeginReport() and EndReport() on the reporter thread; Close() on the
//              thread that ends the process; the others from any thread.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose.
//
// Node disposes the V8 platform on exit. An isolate that still runs then
// crashes the process (5 to 20 of 60 exits during a report), so Close() ends
// it and waits for a bounded time. A gate that was closed stays closed.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_EXIT_GATE_H_
#define GMR_NATIVE_REPORTER_FORMATTER_EXIT_GATE_H_

#include <v8.h>

#include <atomic>
#include <vector>

#include "../../base/monitor.h"

namespace gmr::reporter {

class ExitGate {
 public:
  ExitGate() = default;
  ExitGate(const ExitGate&) = delete;
  ExitGate& operator=(const ExitGate&) = delete;

  bool closing() const { return closing_.load(); }
  // The time for a last report is over.
  bool ended();

  // An isolate is about to be made. False when it is too late for that.
  bool Enter();
  // It exists and may be terminated. False when it should not run at all.
  bool Publish(v8::Isolate* isolate);
  // It must not be touched any more.
  void Withdraw(v8::Isolate* isolate);
  // It is disposed.
  void Leave();

  // A report is being made, from the trigger to the last byte.
  void BeginReport();
  void EndReport();

  // Ends the script that runs in the isolate, unless it was withdrawn.
  void Terminate(v8::Isolate* isolate);

  // Called at exit: waits a moment for a report in progress, then terminates its scripts, and waits until its
  // isolates are gone. Returns false when one is left at `deadline_ns`. Later calls do not wait for the
  // report again.
  bool Close(int64_t deadline_ns, void (*on_closing)());

 private:
  platform::Monitor monitor_;
  std::atomic<bool> closing_{false};
  // Guarded by monitor_:
  std::vector<v8::Isolate*> running_;
  int inside_ = 0;
  bool reporting_ = false;
  bool ended_ = false;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_EXIT_GATE_H_
