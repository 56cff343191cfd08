#include "green_threads.h"

#include <algorithm>

#include "../../base/clock.h"
#include "../graph/async_cycles.h"
#include "../scan/split_scan.h"

namespace gmr::vm {

namespace {

// How many of the groups that went on keep their chains.
constexpr size_t kMaxGone = 8;

constexpr const char* kTooLate = "the scan took longer than the allowed pause";
constexpr const char* kTooLateUnpaused = "the scan took longer than the allowed time";
constexpr const char* kTooMuchMemory = "the process has more memory than gmr-native examines";
constexpr const char* kMoved = "V8 moved objects while the heap was read";
constexpr const char* kLacksCallbacks =
    "there are more callbacks than gmr-native looks at in the time that is allowed";

// Of the allowed pause. With less, a heap of 1 GB did not get its time on a slow machine.
constexpr int kPercentToScan = 80;
// About what a thread without a program has.
constexpr uint64_t kSmallHeapBytes = uint64_t{8} << 20;
// The text of the code is read in a few microseconds per frame.
constexpr int64_t kCodeNs = 50 * platform::kNsPerMs;
constexpr int kMaxContextTries = 3;

struct ViaName {
  uint8_t bit;
  const char* name;
};
constexpr ViaName kViaNames[] = {
    {kViaAll, "Promise.all"}, {kViaAllSettled, "Promise.allSettled"},
    {kViaAny, "Promise.any"}, {kViaResolve, "resolve"},
    {kViaThen, ".then"},      {kViaImport, "import"},
};

}  // namespace

std::string ViaText(uint8_t via) {
  std::string text;
  for (const ViaName& known : kViaNames) {
    if ((via & known.bit) == 0) continue;
    if (!text.empty()) text += ", ";
    text += known.name;
  }
  return text;
}

GreenThreadScan::GreenThreadScan(platform::MemorySource* source, const Layout* layout)
    : memory_(source),
      heap_(&memory_, layout),
      strings_(&heap_, &arena_),
      scan_(&heap_, &prepared_.layout, &prepared_.anchors),
      graph_(&heap_, &prepared_.layout, &prepared_.anchors, &strings_),
      places_(&heap_, &prepared_.layout, &strings_, &arena_),
      groups_(&places_),
      search_(&heap_, &prepared_.layout, &prepared_.anchors, &strings_, &places_, &graph_),
      contexts_(&heap_, &prepared_.layout, &strings_),
      answers_(&heap_, &prepared_.layout, &strings_, &graph_, &groups_, &places_, &search_),
      holders_(&heap_, &prepared_.layout, &strings_, &graph_, &groups_, &places_, &answers_, &search_),
      mentions_(&heap_, &strings_),
      held_(&heap_, &prepared_.layout, &prepared_.anchors, &strings_, &places_.functions()),
      proofs_(&heap_, &prepared_.layout, &prepared_.anchors, &strings_, &graph_, &search_.nodes()) {
  proofs_.SetHeld([this](uint32_t function) { return held_.Holds(function); });
}

void GreenThreadScan::Capture(const GreenThreadHeap& prepared, const HeapPageIndex& index,
                              const GreenThreadLimits& limits, const HoldersSource& holders) {
  const int64_t start = platform::MonotonicNs();
  prepared_ = prepared;
  limits_ = limits;
  over_limit_ = false;
  partial_ = lacks_callbacks_ = false;
  memory_.Forget();
  arena_.Reset();
  places_.Reset();
  cost_ms_ = 0;
  problem_ = Run(index, holders);
  cost_ms_ += platform::MsBetween(start, platform::MonotonicNs());
}

const char* GreenThreadScan::Run(const HeapPageIndex& index, const HoldersSource& holders) {
  const int64_t start = platform::MonotonicNs();
  const int64_t pause = limits_.max_ms * platform::kNsPerMs;
  if (!prepared_.problem.empty()) return prepared_.problem.c_str();
  // What resolves a promise may be held by a large array or table.
  if (!pages_.Select(index, prepared_.anchors.heap, WantsLabels())) return kTooMuchMemory;
  over_limit_ = pages_.object_bytes() > limits_.max_heap_bytes;
  if (over_limit_) return "";
  // The rest is for finding out who waits for whom.
  if (!Scan(start + pause / 100 * kPercentToScan))
    return over_limit_ ? (limits_.is_paused ? kTooLate : kTooLateUnpaused)
                       : "there are more promises or functions than gmr-native examines";
  if (!graph_.Build(&scan_, start + pause)) return "no memory for the graph of promises";
  partial_ = partial_ || graph_.is_late();
  if (!AsyncCycles(&graph_).Run()) return "no memory to look for deadlocks";
  // A block that was read before a function was compiled lacks what its name and its lines are read from.
  memory_.Forget();
  held_.Reset();
  // That takes none of the time for the rest, unless the thread stands still for all of it.
  const int64_t before = platform::MonotonicNs();
  const CallbackHolders known = holders ? holders(index) : CallbackHolders();
  const int64_t after = platform::MonotonicNs();
  cost_ms_ -= platform::MsBetween(before, after);
  const int64_t until = start + pause + (limits_.is_paused ? 0 : after - before);
  lacks_callbacks_ = !held_.AddTo(&graph_, known, until);
  if (!groups_.Build(graph_, limits_.only_self_test))
    return "functions wait at more places than gmr-native examines";
  groups_.Show(limits_.max_groups);
  FindContexts(until);
  ReadCode(std::min(until, platform::MonotonicNs() + kCodeNs));
  return FindLabels(until);
}

// In one go without a collection: each value is read from its function to the end.
void GreenThreadScan::FindContexts(int64_t deadline_ns) {
  contexts_.Reset();
  context_problem_ = nullptr;
  const ContextRows* rows = limits_.with_values ? limits_.rows : nullptr;
  if ((limits_.context == nullptr && rows == nullptr) || limits_.only_self_test) return;
  for (int tries = 0; tries < kMaxContextTries; ++tries) {
    GcEpoch before;
    GcEpoch after;
    const bool is_watched = !limits_.is_paused && ReadEpoch(&before);
    context_problem_ = contexts_.Run(&graph_, groups_, {limits_.context, rows, groups_.shown(), deadline_ns});
    if (limits_.is_paused || (is_watched && before.at_rest() && ReadEpoch(&after) && after == before)) return;
  }
  contexts_.Reset();
  context_problem_ = kMoved;
}

bool GreenThreadScan::ReadEpoch(GcEpoch* epoch) {
  return ReadGcEpoch(&memory_, prepared_.layout, prepared_.anchors.heap, epoch);
}

bool GreenThreadScan::Prove(int64_t deadline_ns) {
  return problem_ != nullptr || proofs_.Run(&groups_, &answers_, &holders_, deadline_ns);
}

bool GreenThreadScan::Scan(int64_t deadline_ns) {
  // Only searches from leaves need the targets, and many small heaps have none: the first search notes them
  // then.
  const bool has_targets = WantsLabels() && targets_.Reset(pages_.pages().size());
  const bool is_small = pages_.total_bytes() <= kSmallHeapBytes;
  const ScanLimits limits{.deadline_ns = deadline_ns,
                          .targets = has_targets && !is_small ? &targets_ : nullptr,
                          .is_beside_service = !limits_.is_paused};
  const HeapScan::Outcome outcome =
      limits_.may_split ? RunSplit(pages_, limits, &scan_) : scan_.Run(pages_, limits);
  partial_ = outcome == HeapScan::Outcome::kLate;
  over_limit_ = partial_ && scan_.read_bytes() == 0;
  return !over_limit_ && outcome != HeapScan::Outcome::kTooMany;
}

// The innermost and the outermost frames say most.
GreenThreadScan::Cut GreenThreadScan::CutOf(const AsyncGroup& group) const {
  const auto& chains = groups_.chains();
  int total = 0;
  for (uint32_t i = group.chain; i != kNoIndex; i = chains[i].caller) ++total;
  const int kept = std::max<int>(1, static_cast<int>(limits_.max_frames));
  const int count = std::max(0, total - kept);
  return {count == 0 ? 0 : (kept - 1) / 2, count};
}

// Only of the frames that are shown.
void GreenThreadScan::ReadCode(int64_t deadline_ns) {
  const auto& chains = groups_.chains();
  for (uint32_t group = 0; group < groups_.shown(); ++group) {
    if (platform::MonotonicNs() > deadline_ns) return;
    const Cut cut = CutOf(groups_.groups()[group]);
    int position = 0;
    for (uint32_t i = groups_.groups()[group].chain; i != kNoIndex; i = chains[i].caller, ++position) {
      if (chains[i].place != kNoIndex && !cut.Has(position)) places_.ReadCode(chains[i].place);
    }
  }
}

bool GreenThreadScan::WouldSayMoreAtRest() const {
  return problem_ == nullptr && (proofs_.unsure_waits() > 0 || proofs_.lost_groups() > 0);
}

std::string GreenThreadScan::Partial() const {
  if (!partial_) return graph_.lacks_callbacks() || lacks_callbacks_ ? kLacksCallbacks : "";
  const std::string pause = "the " + std::to_string(limits_.max_ms) + " ms that are allowed";
  if (scan_.read_bytes() < pages_.total_bytes())
    return "only " + std::to_string(scan_.read_bytes() >> 20) + " of " +
           std::to_string(pages_.total_bytes() >> 20) + " MB of the heap were read in " +
           std::to_string(kPercentToScan) + " % of " + pause;
  return "not all promises were looked at in " + pause;
}

std::string GreenThreadScan::OverLimit() const {
  if (*problem_ != '\0') return std::string(problem_) + " of " + std::to_string(limits_.max_ms) + " ms";
  return "the heap of " + std::to_string(pages_.object_bytes() >> 20) + " MB is larger than the limit of " +
         std::to_string(limits_.max_heap_bytes >> 20) + " MB";
}

GreenThreads GreenThreadScan::Take(HeapReading reading) const {
  GreenThreads result;
  result.reading = reading;
  result.cost_ms = cost_ms_;
  result.scanned_bytes = pages_.total_bytes();
  if (problem_ != nullptr) {
    result.status = over_limit_ ? GreenThreadStatus::kOverLimit : GreenThreadStatus::kUnavailable;
    result.reason = over_limit_ ? OverLimit() : problem_;
    return result;
  }
  result.status = GreenThreadStatus::kOk;
  result.suspended_functions = groups_.functions();
  result.green_threads = groups_.threads();
  result.callbacks = groups_.callbacks();
  result.total_groups = static_cast<uint32_t>(groups_.groups().size());
  result.idle_generators = scan_.idle_generators();
  result.unreadable = scan_.dropped() + groups_.unknown();
  result.labels_skipped = LabelsSkipped(reading);
  if (context_problem_ != nullptr) result.context_skipped = context_problem_;
  result.partial = Partial();
  result.scripts = places_.code_scripts().ToScripts();
  AddGroups(reading, &result);
  return result;
}

void GreenThreadScan::AddGroups(HeapReading reading, GreenThreads* result) const {
  for (uint32_t i = 0; i < groups_.groups().size(); ++i) {
    if (i >= groups_.shown()) {
      ++result->groups_left_out;
      result->threads_left_out += groups_.groups()[i].count;
    } else if (reading == HeapReading::kRunning && !proofs_.Holds(i)) {
      ++result->groups_gone;
      result->threads_gone += groups_.groups()[i].count;
      if (result->gone.size() < kMaxGone) result->gone.push_back(ToGroup(i, reading).frames);
    } else {
      result->groups.push_back(ToGroup(i, reading));
      result->threads_gone += groups_.groups()[i].count - result->groups.back().count;
    }
  }
  std::stable_sort(result->groups.begin(), result->groups.end(), [](const auto& a, const auto& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.count > b.count;
  });
}

GreenThreadGroup GreenThreadScan::ToGroup(uint32_t index, HeapReading reading) const {
  const AsyncGroup& group = groups_.groups()[index];
  GreenThreadGroup result;
  result.count = reading == HeapReading::kRunning ? proofs_.CountOf(index) : group.count;
  result.id = index;
  result.kind = group.kind;
  result.waits = WaitsFor(index, reading);
  for (WaitAnswer& answer : result.waits.answers) AddUse(index, &answer);
  result.waits_for = platform::Unmasked(result.waits.ToText());
  result.context = ContextOf(index);
  // What others wait for was not proved.
  result.seen_in = reading == HeapReading::kRunning ? 1 : group.seen_in;
  result.traces = Describe(contexts_.FindTrace(index), limits_.rows);
  result.deadlock = group.is_closed_cycle;
  const auto& chains = groups_.chains();
  const Cut cut = CutOf(group);
  result.cut_count = cut.count;
  result.cut_after = cut.after;
  int position = 0;
  uint32_t function = group.sample;
  for (uint32_t i = group.chain; i != kNoIndex; i = chains[i].caller, ++position) {
    const AsyncFunction* sample = function == kNoIndex ? nullptr : &graph_.functions()[function];
    if (sample != nullptr) function = sample->caller;
    if (chains[i].in_cycle) result.deadlock = true;
    if (cut.Has(position)) continue;
    AsyncFrame frame = ToFrame(chains[i]);
    // How many others wait was not proved.
    if (sample != nullptr && reading != HeapReading::kRunning) frame.other_callers = sample->other_callers;
    result.frames.push_back(std::move(frame));
  }
  return result;
}

std::vector<GreenThreadContext> GreenThreadScan::ContextOf(uint32_t group) const {
  std::vector<GreenThreadContext> context;
  if (limits_.context == nullptr) return context;
  for (size_t key = 0; key < limits_.context->keys.size(); ++key) {
    const ContextValue* value = contexts_.Find(group, static_cast<int>(key));
    if (value == nullptr || value->functions == 0) continue;
    context.push_back({limits_.context->keys[key].text, value->kind, platform::Unmasked(value->text),
                       value->functions, value->distinct});
  }
  return context;
}

AsyncFrame GreenThreadScan::ToFrame(const AsyncChain& chain) const {
  AsyncFrame frame;
  frame.via = ViaText(chain.via);
  frame.in_cycle = chain.in_cycle;
  if (chain.place == kNoIndex) return frame;
  const AsyncPlace& place = places_[chain.place];
  frame.kind = place.kind;
  frame.function_name = place.name;
  frame.class_name = place.class_name;
  frame.enclosing_name = place.enclosing_name;
  frame.file = place.file;
  frame.line = place.line;
  frame.column = place.column;
  frame.is_eval = place.is_eval;
  frame.is_function_line = place.is_function_line;
  frame.code = ToCodeText(place.code);
  frame.is_code_young = place.is_code_young;
  return frame;
}

}  // namespace gmr::vm
