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

#include "../base/monitor.h"
#include "../base/result.h"
#include "../os/signal_action.h"
#include "../os/signal_handler.h"
#include "../os/wake.h"
#include "capture/green_photographer.h"
#include "formatter/exit_gate.h"
#include "formatter/formatter_code.h"
#include "formatter/formatter_host.h"
#include "formatter/memory_plan.h"
#include "formatter/own_sources.h"
#include "model/options.h"
#include "model/photograph.h"
#include "output/delivery.h"
#include "output/outside_view.h"
#include "sections_exchange.h"
#include "triggers/nodemon.h"
#include "triggers/patrol.h"
#include "triggers/signal_hold.h"

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
  // nullptr until the thread runs; constant afterwards.
  const OwnSources* own_sources();

  // Main thread, at its registration: learns the platform, and hooks into exit.
  void WatchExit(v8::Isolate* isolate, node::Environment* environment);

  // The same signal again changes nothing.
  platform::Result<bool> InstallSignal(int number, const std::string& name);
  void RemoveSignal();
  // The handlers that the signal had before it was installed.
  const platform::SignalAction::Earlier& earlier_handlers() const { return action_.earlier(); }
  // Whether the application has listeners for the signal, and whether they are called.
  void SetSignalListeners(bool present, bool called);
  // Any thread with an event loop, at its registration.
  void BlockSignalHere();

  // Has the reporter thread write a line to stderr. With `unless_under_nodemon`, nothing is written if
  // nodemon's signal keeps its usual effect. Any thread.
  void Say(std::string text, bool unless_under_nodemon);

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

  struct Line {
    std::string text;
    bool unless_under_nodemon = false;
  };

  struct Facts {
    std::string process_json;
    std::string configuration_json;
    std::string signal_name;
    Options options;
  };

  Reporter() = default;
  platform::Result<bool> StartThread();
  // Setup: waits, at most 1 s, until the reporter thread has read the files that it reads at its start.
  void AwaitOwnFiles(platform::Monitor::Lock& lock);
  void AskForNodemon();
  // Lets other processes see this one.
  void OpenOutsideView();
  void ShowOptions();
  // Takes the report that is to be kept out of the texts, and keeps it.
  void Keep(const Photograph& photograph, std::vector<ReportText>* texts);
  static void* Run(void* reporter);
  // Called by ExitWatch.
  bool CloseGate(int64_t deadline_ns);
  void WaitForWork();
  void Serve();
  void LookForNodemon();
  void ServeSignal(const platform::SignalEvent& event);
  void LeaveToApplication();
  void SayAll();
  void OpenForSignal();
  void ServePatrol();
  void ServeWritten(const std::vector<WrittenRequest>& requests);

  const std::string& FormatterSource(const Options& options) const;
  Facts CopyFacts();
  std::string SignalName();
  // What is known before anybody is asked.
  Photograph NewPhotograph(const Facts& facts, const Trigger& trigger);
  // Completes it. `asked` is that of PhotographHooks.
  void TakePhotograph(const Facts& facts, const MemoryPlan& memory, std::function<void()> asked,
                      Photograph* photograph);
  // Makes a report within the remaining memory, or a shorter one when that runs out. Never throws.
  Delivery::Outcome Report(const Trigger& trigger);
  Delivery::Outcome MakeReport(const Trigger& trigger, const MemoryPlan& memory);
  std::string MakePhotographJson(const MemoryPlan& memory);
  // Makes the part that both kinds of formatter jobs share. `photograph` must outlive the job.
  FormatterJob NewFormatterJob(const Facts& facts, Photograph* photograph);
  static int64_t DeadlineNs(const Facts& facts, const Photograph& photograph);
  bool WantsReports();
  void TellReport(const std::string& report_id, const std::string& photograph_json,
                  const Delivery::Outcome& outcome);
  void TellEvent(const std::string& json);
  void AnswerApi(const std::vector<PhotographListener>& listeners);
  void PrintLateAnswers();

  // Reporter thread only:
  Nodemon nodemon_;
  OutsideView outside_view_;
  uint32_t sequence_ = 0;
  GreenPhotographer green_photographer_;
  FormatterCode formatter_code_;
  // Of the reporter thread: the report that was written last.
  struct {
    std::string id;
    int64_t written_at_ns = 0;
  } last_report_;
  int unblocked_signal_ = 0;
  int shown_signal_ = 0;

  // Main thread only:
  platform::SignalAction action_;
  SignalHold hold_;

  OwnSources own_sources_;  // constant once the thread runs

  platform::WakeChannel wake_;
  ExitGate gate_;
  Patrol patrol_;
  SectionsExchange sections_;
  std::atomic<int> signal_number_{0};
  std::atomic<bool> has_listeners_{false};
  std::atomic<bool> calls_listeners_{false};
  std::atomic<node::MultiIsolatePlatform*> platform_{nullptr};

  platform::Monitor monitor_;
  // Guarded by monitor_:
  Facts facts_;
  std::vector<PhotographListener> listeners_;
  std::vector<WrittenRequest> written_requests_;
  std::vector<Line> lines_;
  EventListener event_listener_;
  bool wants_reports_ = false;
  bool thread_started_ = false;
  bool thread_named_ = false;
  bool nodemon_wanted_ = false;
  bool options_changed_ = false;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_REPORTER_H_
