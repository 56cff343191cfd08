// Delivery: brings one report to where the options want it, or at least somewhere.
//
// Owns:        what is not written yet.
// Threads:     Begin() on the thread that formats; otherwise the reporter thread, which waits for it.
// Signal-safe: no.
// Lifetime:    one per report.
//
// With a log directory the report goes into a file, and a line about it to stderr. When that fails the report
// goes to stderr, after a line with the reason. Output that stderr does not accept before the deadline is
// lost; the next report that it accepts says so. A terminal, pipe or file system that hangs delays nothing
// else.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_DELIVERY_H_
#define GMR_NATIVE_REPORTER_OUTPUT_DELIVERY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../../base/bounded_lane.h"
#include "../../base/result.h"
#include "../../os/report_file.h"
#include "../../os/stderr_output.h"
#include "../formatter/formatter_host.h"
#include "../model/json_writer.h"
#include "../model/options.h"

namespace gmr::reporter {

class Delivery {
 public:
  struct Outcome {
    std::vector<std::string> files;  // one for each format; empty: it went to stderr, or nowhere
    std::string error;               // why it is not, or not completely, where it should be
    bool lost = false;               // not even stderr took all of it
  };

  Delivery(const Options& options, std::string report_id, double wall_clock_ms);

  // The report in its formats. Writes to stderr until `deadline_ns`; but as process
  // exit may wait for the caller, what is left soon after `stop` says true waits
  // for Finish(), and so do files.
  void Begin(std::vector<ReportText> texts, int64_t deadline_ns, const std::function<bool()>& stop);
  // Writes the rest. Returns at `deadline_ns`, or soon after it when a file could not be written.
  Outcome Finish(int64_t deadline_ns);

 private:
  // False when there is no file; then `outcome` has the reason.
  bool WriteFiles(int64_t deadline_ns, Outcome* outcome);
  platform::SysError WriteToStderr(int64_t deadline_ns, const platform::StopCondition& stop);

  const Options& options_;
  const std::string report_id_;
  const double wall_clock_ms_;
  std::vector<platform::ReportPart> parts_;
  std::string text_;  // all parts together, for stderr
  std::unique_ptr<platform::StderrWriter> stderr_;
  bool begun_ = false;
};

// "files", "error" and "lost", as src/addon/contract.ts has them.
void WriteOutcome(JsonWriter& json, const Delivery::Outcome& outcome);

// One line to stderr for people: "gmr: ...". Never waits for long.
void Notify(const std::string& line);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_DELIVERY_H_
