// ExitGate: keeps process exit and the formatter's isolate out of each other's way.
//
// Owns:        the knowledge that the process is closing, and which isolate the
//              reporter runs at the moment.
// Threads:     Enter(), Leave() on the reporter thread; Close() and Reopen() on
//              the main thread; Terminate() from any thread.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose.
//
// Node disposes the V8 platform on exit. An isolate that still runs then
// crashes the process (5 to 20 of 60 exits during a report), so Close() ends
// it and waits for a short, bounded time. Node also announces an exit that does
// not happen: process.kill(process.pid, ...) runs the exit callbacks first, in
// case the signal kills. Then Reopen() takes the announcement back.
#ifndef GMR_NATIVE_REPORTER_EXIT_GATE_H_
#define GMR_NATIVE_REPORTER_EXIT_GATE_H_

#include <v8.h>

#include <atomic>

#include "../platform/monitor.h"

namespace gmr::reporter {

class ExitGate {
 public:
  ExitGate() = default;
  ExitGate(const ExitGate&) = delete;
  ExitGate& operator=(const ExitGate&) = delete;

  bool closing() const { return closing_.load(); }

  // Reporter: an isolate is about to be made. False when it is too late for that.
  bool Enter();
  // Reporter: it exists and may be terminated. False when it should not run at all.
  bool Publish(v8::Isolate* isolate);
  // Reporter: it must not be touched any more.
  void Withdraw();
  // Reporter: it is disposed.
  void Leave();

  // A report is being made, from the trigger to the last byte.
  void BeginReport();
  void EndReport();

  // Ends the script that runs in the isolate, if any.
  void Terminate();

  // Main thread, at exit: lets a report that is under way come out, ends the
  // formatter when that takes longer, and returns within 200 ms, or on a starved machine within 5.2 s.
  void Close(void (*on_closing)());
  // Main thread: it runs on after all.
  void Reopen();

 private:
  platform::Monitor monitor_;
  std::atomic<bool> closing_{false};
  // Guarded by monitor_:
  v8::Isolate* running_ = nullptr;
  bool inside_ = false;
  bool reporting_ = false;
  bool ended_ = false;  // the time for a last report is over
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_EXIT_GATE_H_
