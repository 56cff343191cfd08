#include "open_json.h"

#include "green_threads_json.h"

namespace gmr::reporter {

namespace {

constexpr const char* kNotMade = "no census of the heap was made";

const char* KindWord(vm::OpenValueKind kind) {
  switch (kind) {
    case vm::OpenValueKind::kNumber:
      return "number";
    case vm::OpenValueKind::kBoolean:
      return "boolean";
    case vm::OpenValueKind::kNull:
      return "null";
    case vm::OpenValueKind::kObject:
      return "object";
    case vm::OpenValueKind::kString:
      break;
  }
  return "string";
}

// nullptr: `reason` says why.
const vm::CensusResult* FindCensus(const GreenThreadsPhoto& photo, std::string* reason) {
  *reason = photo.reason;
  if (!photo.found) return nullptr;
  const vm::CensusResult* census = photo.found->census.get();
  *reason = census == nullptr ? kNotMade : census->problem;
  return census == nullptr || !census->problem.empty() ? nullptr : census;
}

void WritePlace(JsonWriter& json, const vm::OpenFunction& function) {
  json.Key(function.path).BeginObject().Key("functionName").String(function.name).Key("file");
  if (function.file.empty()) {
    json.Null();
  } else {
    json.String(function.file);
  }
  json.Key("line");
  if (function.line > 0) {
    json.Integer(function.line).Key("column").Integer(function.column);
  } else {
    json.Null().Key("column").Null();
  }
  json.EndObject();
}

void WriteGroup(JsonWriter& json, const vm::OpenGroup& group) {
  json.BeginObject().Key("id").Integer(group.id).Key("row").String(group.row);
  json.Key("class").String(group.class_name).Key("file").String(group.file);
  json.Key("count").Integer(group.count).Key("values").BeginObject();
  for (const vm::OpenValue& value : group.values) {
    json.Key(value.path).BeginObject().Key("kind").String(KindWord(value.kind));
    json.Key("text").String(value.text).EndObject();
  }
  json.EndObject().Key("numbers").BeginObject();
  for (const vm::OpenNumber& number : group.numbers) {
    json.Key(number.path).BeginObject().Key("count").Integer(number.count).Key("min").Number(number.min);
    json.Key("max").Number(number.max).Key("sum").Number(number.sum).EndObject();
  }
  json.EndObject().Key("functions").BeginObject();
  for (const vm::OpenFunction& function : group.functions) WritePlace(json, function);
  json.EndObject().EndObject();
}

void WriteLoop(JsonWriter& json, const vm::OpenThings& open) {
  json.Key("loop");
  if (!open.loop_problem.empty()) {
    json.Unavailable(open.loop_problem);
    return;
  }
  const vm::LoopCounts& loop = open.loop;
  json.BeginObject().Key("status").String("known").Key("activeHandles").Integer(loop.active_handles);
  json.Key("refedHandles").Integer(loop.refed_handles).Key("activeRequests").Integer(loop.active_requests);
  json.Key("handlesByType").BeginObject();
  for (uint32_t type = 0; type < vm::uv::kHandleTypes; ++type) {
    const vm::LoopCounts::OfType& of_type = loop.types[type];
    if (of_type.active == 0) continue;
    json.Key(vm::uv::kHandleTypeNames[type]).BeginObject().Key("active").Integer(of_type.active);
    json.Key("refed").Integer(of_type.refed).EndObject();
  }
  json.EndObject().EndObject();
}

vm::HeapReading ReadingOf(const GreenThreadsPhoto& photo) {
  return photo.found ? photo.found->reading : vm::HeapReading::kPaused;
}

}  // namespace

void WriteOpen(JsonWriter& json, const GreenThreadsPhoto& photo) {
  std::string reason;
  const vm::CensusResult* census = FindCensus(photo, &reason);
  if (census == nullptr) {
    json.Unavailable(reason);
    return;
  }
  const vm::OpenThings& open = census->open;
  json.BeginObject().Key("status").String("known").Key("heapRead").String(ReadingWord(ReadingOf(photo)));
  json.Key("groups").BeginArray();
  for (const vm::OpenGroup& group : open.groups) WriteGroup(json, group);
  json.EndArray().Key("groupsLeftOut").Integer(open.groups_left_out);
  json.Key("objectsLeftOut").Integer(open.objects_left_out).Key("changed").Integer(open.changed);
  json.Key("youngCollected").Bool(open.collected_young);
  WriteLoop(json, open);
  json.Key("costMs").Number(census->cost_ms).Key("partial");
  if (open.partial.empty()) {
    json.Null();
  } else {
    json.String(open.partial);
  }
  json.EndObject();
}

void WriteHeapClasses(JsonWriter& json, const GreenThreadsPhoto& photo) {
  std::string reason;
  const vm::CensusResult* census = FindCensus(photo, &reason);
  if (census == nullptr) {
    json.Unavailable(reason);
    return;
  }
  const vm::HeapClasses& heap = census->classes;
  json.BeginObject().Key("status").String("known").Key("classes").BeginArray();
  for (const vm::HeapClass& of : heap.classes) {
    json.BeginObject().Key("name").String(of.name).Key("file").String(of.file);
    json.Key("count").Integer(static_cast<int64_t>(of.count));
    json.Key("bytes").Integer(static_cast<int64_t>(of.bytes)).EndObject();
  }
  json.EndArray().Key("otherClasses").Integer(static_cast<int64_t>(heap.other_classes));
  json.Key("otherBytes").Integer(static_cast<int64_t>(heap.other_bytes));
  json.Key("totalObjects").Integer(static_cast<int64_t>(heap.total_objects));
  json.Key("approximate").Bool(ReadingOf(photo) == vm::HeapReading::kRunning).EndObject();
}

}  // namespace gmr::reporter
