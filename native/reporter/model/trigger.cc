#include "trigger.h"

#include <cstdio>

#include "../../base/clock.h"
#include "../../base/printable.h"
#include "../../base/unmasked.h"

namespace gmr::reporter {

namespace {

std::string ThreadLabel(const Trigger& trigger) {
  if (trigger.thread_id == 0) return "the main thread";
  const std::string label = "worker " + std::to_string(trigger.thread_id);
  return trigger.thread_name.empty()
             ? label
             : label + " (" +
                   platform::PrintableName(platform::PlainWords(platform::Unmasked(trigger.thread_name))) +
                   ")";
}

std::string DescribeSignal(const Trigger& trigger) {
  std::string text = trigger.signal_name + " from " + (trigger.from_gmr_trigger ? "gmr trigger, " : "") +
                     "pid " + std::to_string(trigger.sender_pid) + " uid " +
                     std::to_string(trigger.sender_uid);
  if (trigger.coalesced > 1) text += ", " + std::to_string(trigger.coalesced) + " signals";
  return text;
}

}  // namespace

Trigger TriggeredNow(Trigger::Kind kind) {
  Trigger trigger;
  trigger.kind = kind;
  trigger.at_ns = platform::MonotonicNs();
  trigger.wall_clock_ms = platform::WallClockMs();
  return trigger;
}

void WriteTrigger(JsonWriter& json, const Trigger& trigger) {
  json.BeginObject().Key("kind");
  switch (trigger.kind) {
    case Trigger::Kind::kSignal:
      json.String("signal").Key("signal").String(trigger.signal_name);
      json.Key("senderPid").Integer(trigger.sender_pid).Key("senderUid").Integer(trigger.sender_uid);
      json.Key("fromGmrTrigger").Bool(trigger.from_gmr_trigger);
      json.Key("coalesced").Integer(trigger.coalesced);
      break;
    case Trigger::Kind::kFile:
      json.String("file").Key("path").String(trigger.path);
      break;
    case Trigger::Kind::kWatchdog:
      json.String("watchdog").Key("threadId").Integer(trigger.thread_id);
      json.Key("threadName").String(trigger.thread_name).Key("blockedMs").Number(trigger.blocked_ms);
      break;
    case Trigger::Kind::kFatal:
      json.String("fatal").Key("error").String(trigger.error);
      break;
    case Trigger::Kind::kApi:
      json.String("api");
      break;
  }
  json.EndObject();
}

std::string DescribeTrigger(const Trigger& trigger) {
  switch (trigger.kind) {
    case Trigger::Kind::kSignal:
      return DescribeSignal(trigger);
    case Trigger::Kind::kFile:
      return "file " + trigger.path;
    case Trigger::Kind::kWatchdog: {
      char duration[32];
      std::snprintf(duration, sizeof duration, " for %.1f s", trigger.blocked_ms / 1e3);
      return "watchdog: the event loop of " + ThreadLabel(trigger) + " has not turned" + duration;
    }
    case Trigger::Kind::kFatal:
      return "fatal error: " + trigger.error.substr(0, trigger.error.find('\n'));
    case Trigger::Kind::kApi:
      break;
  }
  return "api";
}

}  // namespace gmr::reporter
