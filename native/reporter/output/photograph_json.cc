#include "../../base/clock.h"
#include "../../process/threads/syscall_names.h"
#include "../model/code_json.h"
#include "../model/json_writer.h"
#include "../model/photograph.h"
#include "context_json.h"
#include "green_threads_json.h"
#include "open_json.h"

namespace gmr::reporter {

namespace {

const char* KindWord(vm::FrameKind kind) {
  switch (kind) {
    case vm::FrameKind::kWasm:
      return "wasm";
    case vm::FrameKind::kAsync:
      return "async";
    case vm::FrameKind::kBuiltin:
      return "builtin";
    case vm::FrameKind::kNative:
      return "native";
    case vm::FrameKind::kJs:
      break;
  }
  return "js";
}

const char* QualityWord(vm::FrameQuality quality) {
  switch (quality) {
    case vm::FrameQuality::kFunction:
      return "function";
    case vm::FrameQuality::kApproximate:
      return "approximate";
    case vm::FrameQuality::kExact:
      break;
  }
  return "exact";
}

const char* MethodWord(vm::CaptureMethod method) {
  switch (method) {
    case vm::CaptureMethod::kPassive:
      return "passive";
    case vm::CaptureMethod::kParked:
      return "parked";
    case vm::CaptureMethod::kInterrupt:
      break;
  }
  return "interrupt";
}

template <typename Text>
void WriteTextOrNull(JsonWriter& json, const char* key, const Text& text) {
  json.Key(key);
  if (text.empty()) {
    json.Null();
  } else {
    json.String(text);
  }
}

void WritePositive(JsonWriter& json, const char* key, int value) {
  json.Key(key);
  if (value > 0) {
    json.Integer(value);
  } else {
    json.Null();
  }
}

void WriteFrames(JsonWriter& json, CodeJson& code, const char* key, const std::vector<vm::Frame>& frames) {
  json.Key(key).BeginArray();
  for (const vm::Frame& frame : frames) {
    json.BeginObject();
    json.Key("kind").String(KindWord(frame.kind)).Key("quality").String(QualityWord(frame.quality));
    json.Key("functionName").String(frame.function_name);
    WriteTextOrNull(json, "className", frame.class_name);
    WriteTextOrNull(json, "file", frame.file);
    WritePositive(json, "line", frame.line);
    WritePositive(json, "column", frame.column);
    json.Key("isConstructor").Bool(frame.is_constructor).Key("isEval").Bool(frame.is_eval);
    json.Key("isUserCode").Bool(frame.is_user_code);
    code.WriteCode(json, frame.code);
    json.EndObject();
  }
  json.EndArray();
}

void WriteStack(JsonWriter& json, CodeJson& code, int isolate,
                const std::optional<vm::StackCapture>& captured, const std::string& why) {
  if (!captured) {
    json.Unavailable(why);
    return;
  }
  const vm::StackCapture& stack = *captured;
  json.BeginObject().Key("status").String("captured").Key("method").String(MethodWord(stack.method));
  code.Enter(isolate, stack.scripts);
  WriteFrames(json, code, "frames", stack.frames);
  json.Key("cut");
  if (stack.cut_count > 0) {
    json.BeginObject().Key("afterIndex").Integer(stack.cut_after).Key("count").Integer(stack.cut_count);
    json.Key("atLeast").Bool(stack.cut_at_least).EndObject();
  } else {
    json.Null();
  }
  json.Key("heldMs");
  if (stack.method == vm::CaptureMethod::kParked) {
    json.Number(stack.held_ms);
  } else {
    json.Null();
  }
  json.Key("hasGap").Bool(stack.has_gap);
  WriteTextOrNull(json, "noJavaScript", stack.no_javascript);
  WriteTextOrNull(json, "noNative", stack.no_native);
  WriteFrames(json, code, "asyncFrames", stack.async_frames);
  WriteTextOrNull(json, "asyncFramesSkipped", stack.async_skipped);
  json.Key("runningMicrotasks").Bool(stack.running_microtasks).EndObject();
}

void WriteHeap(JsonWriter& json, const IsolatePhoto& photo) {
  if (!photo.heap) {
    json.Unavailable("the thread did not answer");
    return;
  }
  const vm::HeapSample& heap = *photo.heap;
  const auto bytes = [&](const char* key, size_t value) {
    json.Key(key).Integer(static_cast<int64_t>(value));
  };
  json.BeginObject().Key("status").String("known");
  bytes("usedBytes", heap.used_bytes);
  bytes("totalBytes", heap.total_bytes);
  bytes("limitBytes", heap.limit_bytes);
  bytes("oldUsedBytes", heap.old_used_bytes);
  json.Key("oldLimitBytes");
  if (photo.old_limit_bytes) {
    json.Integer(static_cast<int64_t>(*photo.old_limit_bytes));
  } else {
    json.Null();
  }
  bytes("externalBytes", heap.external_bytes);
  bytes("mallocedBytes", heap.malloced_bytes);
  bytes("nativeContexts", heap.native_contexts);
  bytes("detachedContexts", heap.detached_contexts);
  json.EndObject();
}

void WriteSyscall(JsonWriter& json, const ThreadPhoto& os) {
  if (!os.status.syscall || os.status.syscall->number < 0) {
    json.Null();
    return;
  }
  const auto number = os.status.syscall->number;
  const char* name = platform::SyscallName(number);
  json.BeginObject().Key("number").Integer(number);
  json.Key("name").String(name != nullptr ? name : "syscall " + std::to_string(number));
  WriteTextOrNull(json, "description", os.doing);
  json.EndObject();
}

void WriteNumberOrNull(JsonWriter& json, const char* key, std::optional<double> number) {
  json.Key(key);
  if (number) {
    json.Number(*number);
  } else {
    json.Null();
  }
}

// The fields of `OsThread`; the object stays open.
void BeginOsThread(JsonWriter& json, const ThreadPhoto& os) {
  json.BeginObject().Key("status").String("known").Key("tid").Integer(os.status.tid);
  json.Key("name").String(os.status.name);
  json.Key("state").String(std::string_view(&os.status.state, 1)).Key("syscall");
  WriteSyscall(json, os);
  json.Key("startTicks").Integer(static_cast<int64_t>(os.status.start_ticks));
  json.Key("cpuUserMs").Number(os.status.cpu_user_ms).Key("cpuSystemMs").Number(os.status.cpu_system_ms);
  WriteNumberOrNull(json, "cpuShare", os.cpu_share);
  WriteNumberOrNull(json, "cpuWaitShare", os.queue_share);
}

void WriteOtherThread(JsonWriter& json, CodeJson& code, int isolate, const OtherThreadPhoto& other) {
  BeginOsThread(json, other.os);
  json.Key("stack");
  WriteStack(json, code, isolate, other.stack, other.no_stack);
  json.EndObject();
}

void WriteLimits(JsonWriter& json, const std::vector<double>& limits) {
  if (limits.size() != 4) {
    json.Null();
    return;
  }
  json.BeginObject();
  json.Key("maxOldGenerationSizeMb").Number(limits[0]).Key("maxYoungGenerationSizeMb").Number(limits[1]);
  json.Key("codeRangeSizeMb").Number(limits[2]).Key("stackSizeMb").Number(limits[3]);
  json.EndObject();
}

void WriteLoopTurns(JsonWriter& json, const std::optional<LoopTurns>& turns) {
  if (!turns) {
    json.Null();
    return;
  }
  json.BeginObject().Key("count").Integer(static_cast<int64_t>(turns->count));
  json.Key("duringMs").Number(turns->during_ms).EndObject();
}

void WriteBusyQueue(JsonWriter& json, BusyQueue queue) {
  switch (queue) {
    case BusyQueue::kNone:
      json.Null();
      return;
    case BusyQueue::kPromiseJobs:
      json.String("promise-jobs");
      return;
    case BusyQueue::kTicks:
      json.String("ticks");
      return;
    case BusyQueue::kBoth:
      json.String("promise-jobs-and-ticks");
      return;
  }
}

void WriteIsolate(JsonWriter& json, CodeJson& code, int isolate, const IsolatePhoto& photo,
                  int64_t trigger_ns) {
  const vm::IsolateIdentity& identity = photo.status.identity;
  json.BeginObject();
  json.Key("kind").String(identity.is_main ? "main" : "worker").Key("threadId").Integer(identity.thread_id);
  json.Key("name").String(identity.is_main ? "main" : identity.name).Key("entry");
  if (identity.entry.empty()) {
    json.Null();
  } else {
    json.String(identity.entry);
  }
  json.Key("resourceLimits");
  WriteLimits(json, identity.resource_limits);
  json.Key("state").String(StateWord(photo.state)).Key("note").String(photo.note).Key("loopStalledMs");
  if (photo.status.loop_stalled_ms >= 0) {
    json.Number(photo.status.loop_stalled_ms);
  } else {
    json.Null();
  }
  json.Key("loopTurns");
  WriteLoopTurns(json, photo.loop_turns);
  json.Key("busyQueue");
  WriteBusyQueue(json, photo.busy_queue);
  json.Key("os");
  if (photo.os) {
    BeginOsThread(json, *photo.os);
    json.EndObject();
  } else {
    json.Unavailable(photo.os_error);
  }
  json.Key("stack");
  WriteStack(json, code, isolate, photo.stack, photo.note.empty() ? "the thread did not answer" : photo.note);
  WriteThreadContext(json, photo.context);
  json.Key("heap");
  WriteHeap(json, photo);
  json.Key("greenThreads");
  if (photo.green_threads.found) code.Enter(isolate, photo.green_threads.found->scripts);
  WriteGreenThreads(json, code, photo.green_threads);
  json.Key("open");
  WriteOpen(json, photo.green_threads);
  json.Key("heapClasses");
  WriteHeapClasses(json, photo.green_threads);
  json.Key("answeredAfterMs");
  if (photo.answered_at_ns != 0) {
    json.Number(platform::MsBetween(trigger_ns, photo.answered_at_ns));
  } else {
    json.Null();
  }
  json.Key("pausedMs").Number(photo.paused_ms);
  json.EndObject();
}

void WriteRawOr(JsonWriter& json, const std::string& raw, const char* reason) {
  if (raw.empty()) {
    json.Unavailable(reason);
  } else {
    json.Raw(raw);
  }
}

}  // namespace

const char* StateWord(IsolateState state) {
  switch (state) {
    case IsolateState::kIdle:
      return "idle";
    case IsolateState::kRunning:
      return "running";
    case IsolateState::kBlocked:
      return "blocked";
    case IsolateState::kWaiting:
      return "waiting";
    case IsolateState::kNotRegistered:
      return "not-registered";
    case IsolateState::kExited:
      return "exited";
    case IsolateState::kNotAnswering:
      break;
  }
  return "not-answering";
}

std::string ToJson(const Photograph& photograph, InlineMaps* maps) {
  CodeJson code;
  int isolate = 0;
  JsonWriter json;
  json.BeginObject().Key("schemaVersion").Integer(1).Key("reportId").String(photograph.report_id);
  json.Key("trigger");
  WriteTrigger(json, photograph.trigger);
  json.Key("requestedAtMs").Number(photograph.trigger.wall_clock_ms);
  json.Key("requestedAtMonotonicMs").Number(static_cast<double>(photograph.trigger.at_ns) / 1e6);
  json.Key("stacksAfterMs").Number(photograph.stacks_after_ms);
  json.Key("completeAfterMs").Number(photograph.complete_after_ms);
  json.Key("pid").Integer(photograph.pid).Key("ppid").Integer(photograph.ppid);
  json.Key("facts");
  WriteRawOr(json, photograph.facts_json, "setupAutorun was not called");
  json.Key("rssBytes");
  if (photograph.rss_bytes) {
    json.Number(*photograph.rss_bytes);
  } else {
    json.Null();
  }
  json.Key("processes");
  WriteRawOr(json, photograph.processes_json, "not read in this report");
  json.Key("isolates").BeginArray();
  for (const IsolatePhoto& photo : photograph.isolates)
    WriteIsolate(json, code, isolate++, photo, photograph.trigger.at_ns);
  json.EndArray().Key("otherThreads").BeginArray();
  for (const OtherThreadPhoto& other : photograph.other_threads)
    WriteOtherThread(json, code, isolate++, other);
  json.EndArray().Key("scripts");
  code.WriteScripts(json);
  json.Key("configuration");
  WriteRawOr(json, photograph.configuration_json, "setupAutorun was not called");
  json.Key("sections").BeginArray();
  for (const SectionPhoto& section : photograph.sections) {
    json.BeginObject().Key("title").String(section.title).Key("result").Raw(section.result_json).EndObject();
  }
  json.EndArray().Key("view").Raw(photograph.view_json).EndObject();
  if (maps != nullptr) maps->Take(code.TakeScripts());
  return json.Take();
}

}  // namespace gmr::reporter
