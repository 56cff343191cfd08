// Reporter: the thread that makes the reports.
//
// Owns:        the reporter thread, the signal while it is installed, and what
//              JavaScript told about the process.
// Threads:     Get() and the setters from any JavaScript thread; the signal and
//              WatchExit() on the main thread; Run() is the reporter thread.
// Signal-safe: no.
// Lifetime:    one per process, leaked on purpose: the thread sleeps in it
//              while exit() runs static destructors, and is never joined.
#ifndef GMR_NATIVE_REPORTER_REPORTER_H_
#define GMR_NATIVE_REPORTER_REPORTER_H_

#include <node.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "../platform/monitor.h"
#include "../platform/result.h"
#include "../platform/signal_action.h"
#include "../platform/wake.h"
#include "delivery.h"
#include "exit_gate.h"
#include "formatter_code.h"
#include "green_photographer.h"
#include "options.h"
#include "patrol.h"
#include "photograph.h"
#include "sections_exchange.h"
#include "signal_hold.h"

namespace gmr::reporter {

class Reporter {
 public:
  // Called once, on the reporter thread, with the JSON of a photograph.
  using PhotographListener = std::function<void(const std::string& json)>;
  // Called once, on the reporter thread, when a report was written.
  using WrittenListener = std::function<void(const Delivery::Outcome& outcome)>;
  // Called on the reporter thread with JSON of what src/addon/contract.ts calls
  // ReporterEvent. Must be quick.
  using EventListener = std::function<void(const std::string& json)>;

  static Reporter& Get();
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  // Starts the thread at the first call.
  platform::Result<bool> Configure(Options options);
  void SetFacts(std::string json);
  void SetConfiguration(std::string json);
  SectionsExchange& sections() { return sections_; }

  // Main thread, at its registration: learns the platform, and hooks into exit.
  void WatchExit(v8::Isolate* isolate, node::Environment* environment);

  platform::Result<bool> InstallSignal(int number, const std::string& name);
  void RemoveSignal();
  // Any thread with an event loop, at its registration.
  void BlockSignalHere();

  // An error when no report can be made because Configure() was never called.
  platform::Result<bool> RequestPhotograph(PhotographListener listener);
  // The same for a report that goes where reports go. Requests at once share
  // one, which is by the trigger of a fatal error if there is any.
  platform::Result<bool> RequestReport(Trigger trigger, WrittenListener listener);

  // The watched file and the watchdog ask for no more reports.
  void StopPatrol();
  // Who hears of reports and of ended blocks; nullptr: nobody.
  void SetEventListener(EventListener listener, bool wants_reports);

 private:
  struct WrittenRequest {
    Trigger trigger;
    WrittenListener listener;
  };

  struct Facts {
    std::string process_json;
    std::string configuration_json;
    std::string signal_name;
    Options options;
  };

  Reporter() = default;
  platform::Result<bool> StartThread();
  static void* Run(void* reporter);
  static void OnExitCallback(void* environment);
  static void OnMainRunsOn(void* environment);
  static void OnMainCleanup(void* reporter);
  void CloseGate();
  void WaitForWork();
  void Serve();
  void OpenForSignal();
  void ReadFormatter();
  void ServePatrol();
  void ServeWritten(const std::vector<WrittenRequest>& requests);

  Facts CopyFacts();
  // What is known before anybody is asked.
  Photograph NewPhotograph(const Facts& facts, const Trigger& trigger);
  // Completes it. `asked` is that of PhotographHooks.
  void TakePhotograph(const Facts& facts, std::function<void()> asked, Photograph* photograph);
  Delivery::Outcome Report(const Trigger& trigger, const Facts& facts);
  void TellReport(const Photograph& photograph, const Delivery::Outcome& outcome);
  void TellEvent(const std::string& json);
  void AnswerApi(const std::vector<PhotographListener>& listeners);
  void PrintLateAnswers();

  // Reporter thread only:
  std::string formatter_source_;  // empty: it could not be read
  uint32_t sequence_ = 0;
  GreenPhotographer green_photographer_;
  FormatterCode formatter_code_;
  // Of the reporter thread: the report that was written last.
  struct {
    std::string id;
    int64_t written_at_ns = 0;
  } last_report_;
  int unblocked_signal_ = 0;

  // Main thread only:
  platform::SignalAction action_;
  SignalHold hold_;

  platform::WakeChannel wake_;
  ExitGate gate_;
  Patrol patrol_;
  SectionsExchange sections_;
  std::atomic<int> signal_number_{0};
  std::atomic<node::MultiIsolatePlatform*> platform_{nullptr};

  platform::Monitor monitor_;
  // Guarded by monitor_:
  Facts facts_;
  std::vector<PhotographListener> listeners_;
  std::vector<WrittenRequest> written_requests_;
  EventListener event_listener_;
  bool wants_reports_ = false;
  bool thread_started_ = false;
  bool watches_exit_ = false;
  bool main_ended_ = false;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_REPORTER_H_
