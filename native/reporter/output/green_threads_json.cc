#include "green_threads_json.h"

#include "context_json.h"

namespace gmr::reporter {

namespace {

const char* KindWord(vm::AsyncFrameKind kind) {
  switch (kind) {
    case vm::AsyncFrameKind::kAsyncGenerator:
      return "async-generator";
    case vm::AsyncFrameKind::kDrivenGenerator:
      return "driven-generator";
    case vm::AsyncFrameKind::kCallback:
      return "callback";
    case vm::AsyncFrameKind::kAsyncFunction:
      break;
  }
  return "async-function";
}

template <typename Text>
void WriteText(JsonWriter& json, const char* key, const Text& text) {
  json.Key(key);
  if (text.empty()) {
    json.Null();
  } else {
    json.String(text);
  }
}

void WriteFrame(JsonWriter& json, CodeJson& code, const vm::AsyncFrame& frame) {
  json.BeginObject().Key("kind").String(KindWord(frame.kind)).Key("functionName").String(frame.function_name);
  WriteText(json, "className", frame.class_name);
  WriteText(json, "enclosingFunction", frame.enclosing_name);
  WriteText(json, "file", frame.file);
  json.Key("line");
  if (frame.line > 0) {
    json.Integer(frame.line).Key("column").Integer(frame.column);
  } else {
    json.Null().Key("column").Null();
  }
  WriteText(json, "via", frame.via);
  json.Key("otherCallers").Integer(frame.other_callers);
  json.Key("inCycle").Bool(frame.in_cycle).Key("isEval").Bool(frame.is_eval);
  json.Key("isFunctionStart").Bool(frame.is_function_line);
  code.WriteCode(json, frame.code);
  json.EndObject();
}

void WriteContext(JsonWriter& json, const vm::GreenThreadContext& context) {
  json.BeginObject().Key("key").String(context.key).Key("kind").String(PrimitiveWord(context.kind));
  json.Key("text").String(context.value).Key("functions").Integer(context.functions);
  json.Key("distinct").Integer(context.distinct).EndObject();
}

const char* KindWord(vm::HolderKind kind) {
  switch (kind) {
    case vm::HolderKind::kCollection:
      return "collection";
    case vm::HolderKind::kPlain:
      return "plain-object";
    case vm::HolderKind::kListNode:
      return "list-node";
    case vm::HolderKind::kScope:
      return "scope";
    case vm::HolderKind::kGlobal:
      return "global";
    case vm::HolderKind::kCallback:
      return "callback";
    case vm::HolderKind::kFunction:
      return "async-function";
    case vm::HolderKind::kLocal:
      return "local-variable";
    case vm::HolderKind::kTimer:
      return "timer";
    case vm::HolderKind::kSignal:
      return "abort-signal";
    case vm::HolderKind::kRequest:
      return "request";
    case vm::HolderKind::kObject:
      break;
  }
  return "object";
}

void WriteValue(JsonWriter& json, const vm::HeldValue& value) {
  json.Key(value.path).BeginObject();
  json.Key("kind").String(value.kind == vm::PrimitiveKind::kNone ? "object" : PrimitiveWord(value.kind));
  json.Key("text").String(value.text).EndObject();
}

// In the shape of WaitHolder in src/report/waits.ts.
void WriteHolder(JsonWriter& json, const vm::Holder& holder) {
  json.BeginObject().Key("kind").String(KindWord(holder.kind));
  WriteText(json, "className", holder.class_name);
  WriteText(json, "functionName", holder.function_name);
  WriteText(json, "file", holder.file);
  WriteText(json, "member", holder.member);
  WriteText(json, "knownAs", holder.known_as);
  json.Key("values").BeginObject();
  for (const vm::HeldValue& value : holder.values) WriteValue(json, value);
  json.EndObject().EndObject();
}

void WriteUse(JsonWriter& json, const vm::ResourceUse& use) {
  json.Key("resource");
  if (use.id < 0) {
    json.Null();
    return;
  }
  json.BeginObject().Key("id").Integer(use.id).Key("holder").Integer(use.holder).Key("inUse");
  if (use.in_use < 0) {
    json.Null();
  } else {
    json.Integer(use.in_use);
  }
  json.Key("mayBeCancelled").Bool(use.may_be_cancelled).Key("users").BeginArray();
  for (const vm::ResourceUser& user : use.users) {
    json.BeginObject().Key("count").Integer(user.count).Key("group").Integer(user.group).Key("frame");
    if (user.frame < 0) {
      json.Null();
    } else {
      json.Integer(user.frame);
    }
    json.EndObject();
  }
  json.EndArray().EndObject();
}

void WriteWaits(JsonWriter& json, const vm::WaitParts& waits) {
  json.Key("waits").BeginObject();
  WriteText(json, "via", platform::Unmasked(waits.via));
  json.Key("answers").BeginArray();
  for (const vm::WaitAnswer& answer : waits.answers) {
    json.BeginObject().Key("before").String(platform::Unmasked(answer.before));
    json.Key("text").String(platform::Unmasked(answer.text));
    json.Key("after").String(answer.after).Key("holders").BeginArray();
    for (const vm::Holder& holder : answer.holders) WriteHolder(json, holder);
    json.EndArray();
    WriteUse(json, answer.resource);
    json.EndObject();
  }
  json.EndArray().Key("rest").String(waits.rest).EndObject();
}

void WriteGroup(JsonWriter& json, CodeJson& code, const vm::GreenThreadGroup& group) {
  json.BeginObject()
      .Key("id")
      .Integer(group.id)
      .Key("count")
      .Integer(group.count)
      .Key("deadlock")
      .Bool(group.deadlock);
  WriteText(json, "waitsFor", group.waits_for);
  json.Key("seenIn").Integer(group.seen_in);
  WriteWaits(json, group.waits);
  json.Key("context").BeginArray();
  for (const vm::GreenThreadContext& context : group.context) WriteContext(json, context);
  json.EndArray();
  WriteTraces(json, group.traces);
  json.Key("frames").BeginArray();
  for (const vm::AsyncFrame& frame : group.frames) WriteFrame(json, code, frame);
  json.EndArray().Key("cut");
  if (group.cut_count > 0) {
    json.BeginObject().Key("afterIndex").Integer(group.cut_after);
    json.Key("count").Integer(group.cut_count).EndObject();
  } else {
    json.Null();
  }
  json.EndObject();
}

}  // namespace

const char* ReadingWord(vm::HeapReading reading) {
  switch (reading) {
    case vm::HeapReading::kAtRest:
      return "at-rest";
    case vm::HeapReading::kRunning:
      return "running";
    case vm::HeapReading::kPaused:
      break;
  }
  return "paused";
}

void WriteGreenThreads(JsonWriter& json, CodeJson& code, const GreenThreadsPhoto& photo) {
  if (!photo.found) {
    json.Unavailable(photo.reason);
    return;
  }
  const vm::GreenThreads& found = *photo.found;
  json.BeginObject().Key("status").String("known").Key("heapRead").String(ReadingWord(found.reading));
  json.Key("suspendedFunctions").Integer(found.suspended_functions);
  json.Key("greenThreads").Integer(found.green_threads).Key("callbacks").Integer(found.callbacks);
  json.Key("totalGroups").Integer(found.total_groups);
  json.Key("groups").BeginArray();
  for (const vm::GreenThreadGroup& group : found.groups) WriteGroup(json, code, group);
  json.EndArray().Key("groupsLeftOut").Integer(found.groups_left_out);
  json.Key("threadsLeftOut").Integer(found.threads_left_out);
  json.Key("groupsGone").Integer(found.groups_gone).Key("threadsGone").Integer(found.threads_gone);
  json.Key("gone").BeginArray();
  for (const std::vector<vm::AsyncFrame>& frames : found.gone) {
    json.BeginObject().Key("frames").BeginArray();
    for (const vm::AsyncFrame& frame : frames) WriteFrame(json, code, frame);
    json.EndArray().EndObject();
  }
  json.EndArray();
  json.Key("idleGenerators").Integer(found.idle_generators).Key("unreadable").Integer(found.unreadable);
  json.Key("scannedBytes").Integer(static_cast<int64_t>(found.scanned_bytes));
  json.Key("costMs").Number(found.cost_ms);
  json.Key("youngCollected").Bool(found.collected_young);
  WriteText(json, "partial", found.partial);
  WriteText(json, "waitsForSkipped", found.labels_skipped);
  WriteText(json, "contextSkipped", found.context_skipped);
  json.EndObject();
}

}  // namespace gmr::reporter
