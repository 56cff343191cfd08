// FormatterThread: makes the formatter's isolate while the photograph is still being taken.
//
// Owns:        from Begin() to Finish() a thread that runs Format().
// Threads:     the reporter thread; what the job calls runs on the formatter's thread, or
//              in Finish() when none could be started.
// Signal-safe: no.
// Lifetime:    one report.
//
// Making an isolate and loading the bundle is half of the work for a small report, and needs nothing of it.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_THREAD_H_
#define GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_THREAD_H_

#include <string>

#include "../../base/helper_thread.h"
#include "../../base/monitor.h"
#include "exit_gate.h"
#include "formatter_host.h"

namespace gmr::reporter {

class FormatterThread {
 public:
  // `job.photograph_json` is called after Finish() was.
  FormatterThread(FormatterJob job, ExitGate* gate);
  FormatterThread(const FormatterThread&) = delete;
  FormatterThread& operator=(const FormatterThread&) = delete;
  // Ends the thread if Finish() was not called because memory ran out.
  ~FormatterThread();

  // Where no thread can be started, all is left to Finish().
  void Begin();
  // Call this when the photograph is complete: it is formatted and delivered. Returns the result of Format().
  std::string Finish();

 private:
  // Formatter's thread. False: it was not complete in time, or the process exits.
  bool AwaitPhotograph();

  FormatterJob job_;
  ExitGate* const gate_;
  platform::Monitor monitor_;
  // Guarded by monitor_:
  bool complete_ = false;
  bool abandoned_ = false;
  bool begun_ = false;
  std::string failure_;
  platform::HelperThread thread_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_THREAD_H_
