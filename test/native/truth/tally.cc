#include "tally.h"

#include <algorithm>

namespace gmr::test {

namespace {

std::string ModeOf(const vm::GreenThreads& found, bool is_scavenged) {
  // "functions and callers are missing", as the section says.
  if (!found.partial.empty()) return "partial";
  switch (found.reading) {
    case vm::HeapReading::kPaused:
      return "paused";
    case vm::HeapReading::kAtRest:
      return "at-rest";
    case vm::HeapReading::kRunning:
      return is_scavenged ? "scavenged" : "running";
  }
  return "";
}

// Phase of each slot that did not change, 0 for the others.
Words PhasesOf(const Words& before, const Words& after) {
  Words phases(before.size());
  for (size_t i = 0; i < before.size(); ++i) {
    const bool is_steady = before[i] == after[i] && (before[i] & 1) != 0;
    phases[i] = is_steady ? (before[i] >> 1) & 3 : 0;
  }
  return phases;
}

// Number behind the last '_' of a name; -1: none.
int SlotOf(const std::string& name) {
  const size_t mark = name.rfind('_');
  if (mark == std::string::npos || mark + 1 == name.size()) return -1;
  int slot = 0;
  for (size_t i = mark + 1; i < name.size(); ++i) {
    if (name[i] < '0' || name[i] > '9' || slot > 100'000) return -1;
    slot = slot * 10 + (name[i] - '0');
  }
  return slot;
}

int SlotOf(const vm::GreenThreadGroup& group) {
  for (const vm::AsyncFrame& frame : group.frames) {
    const int slot = SlotOf(frame.function_name);
    if (slot >= 0) return slot;
  }
  return -1;
}

std::string TextOf(const vm::AsyncFrame& frame) {
  std::string text = frame.class_name.empty() ? "" : frame.class_name + ".";
  text += frame.function_name + "@" + frame.file + ":" + std::to_string(frame.line);
  if (!frame.via.empty()) text += "|" + frame.via;
  if (frame.other_callers != 0) text += "|other callers";
  if (frame.in_cycle) text += "|cycle";
  return text;
}

std::string TextOf(const vm::GreenThreadGroup& group) {
  std::string text = group.deadlock ? "deadlock" : group.cut_count != 0 ? "cut" : "";
  text += "\t" + group.waits_for.For(platform::Unmasked::Reader::kTest) + "\t";
  for (const vm::AsyncFrame& frame : group.frames) text += TextOf(frame) + ";";
  return text;
}

}  // namespace

void Tally::Say(const std::string& statement) {
  if (seen_.size() >= kMostStatements && seen_.count(statement) == 0) return Count("unjudged");
  Seen& seen = seen_[statement];
  if (seen.times++ == 0) seen.first = readings_;
}

void Tally::Add(const vm::GreenThreads& found, bool is_scavenged, const Words& before, const Words& after) {
  ++readings_;
  if (found.status != vm::GreenThreadStatus::kOk) return Count("unavailable: " + found.reason);
  const std::string mode = ModeOf(found, is_scavenged);
  const Words phases = PhasesOf(before, after);
  Count(mode);
  counts_["groups"] += found.groups.size();
  counts_["gone"] += found.threads_gone;
  counts_["unreadable"] += found.unreadable;
  AddGroups(found, mode, phases);
  CheckMissing(found, mode, phases);
}

void Tally::AddGroups(const vm::GreenThreads& found, const std::string& mode, const Words& phases) {
  shown_.assign(phases.size(), false);
  for (const vm::GreenThreadGroup& group : found.groups) {
    const int slot = SlotOf(group);
    const bool is_known = slot >= 0 && static_cast<size_t>(slot) < phases.size();
    const int phase = is_known ? phases[static_cast<size_t>(slot)] : 0;
    if (is_known) shown_[static_cast<size_t>(slot)] = true;
    // The programs wait in async functions. What is listed by a callback alone are remains of garbage, which
    // the report cannot tell from what is alive; the name may then be that of another function. They are
    // counted.
    if (!group.frames.empty() && group.frames.front().kind == vm::AsyncFrameKind::kCallback) {
      Count("callbacks of garbage");
      continue;
    }
    Say(mode + "\t" + std::to_string(slot) + "\t" + std::to_string(phase) + "\t" +
        std::to_string(group.count) + "\t" + TextOf(group));
  }
}

// Chains that were there all the time are shown, or counted as gone. Where young objects were moved, that is
// said of the old ones only.
void Tally::CheckMissing(const vm::GreenThreads& found, const std::string& mode, const Words& phases) {
  if (mode == "partial" || found.groups_left_out != 0) return;
  std::string missing;
  uint32_t count = 0;
  const size_t end = mode == "scavenged" ? std::min(lasting_, phases.size()) : phases.size();
  for (size_t i = 0; i < end; ++i) {
    if (phases[i] == 0 || shown_[i]) continue;
    ++count;
    if (count <= 20) missing += " " + std::to_string(i);
  }
  if (count > found.threads_gone + found.unreadable)
    Say(mode + "\t-2\t0\t" + std::to_string(count) + "\tmissing\t" + std::to_string(found.threads_gone) +
        " gone\t" + missing);
}

std::string Tally::ToText() const {
  std::string text;
  for (const auto& [name, count] : counts_) text += "count\t" + name + "\t" + std::to_string(count) + "\n";
  for (const auto& [statement, seen] : seen_) {
    text +=
        "said\t" + std::to_string(seen.times) + "\t" + std::to_string(seen.first) + "\t" + statement + "\n";
  }
  return text;
}

}  // namespace gmr::test
