#include "values.h"

namespace gmr::test {

namespace {

void SetFlag(napi_env env, napi_value object, const char* key, bool flag) {
  napi_value value;
  napi_get_boolean(env, flag, &value);
  napi_set_named_property(env, object, key, value);
}

napi_value ToValue(napi_env env, const vm::AsyncFrame& frame) {
  constexpr const char* kKinds[] = {"async function", "async generator", "driven generator", "callback"};
  napi_value value;
  napi_create_object(env, &value);
  Set(env, value, "kind", kKinds[static_cast<int>(frame.kind)]);
  Set(env, value, "name", frame.function_name.c_str());
  Set(env, value, "className", frame.class_name.c_str());
  Set(env, value, "file", frame.file.c_str());
  Set(env, value, "line", frame.line);
  Set(env, value, "column", frame.column);
  Set(env, value, "via", frame.via.c_str());
  Set(env, value, "otherCallers", frame.other_callers);
  SetFlag(env, value, "inCycle", frame.in_cycle);
  SetFlag(env, value, "isEval", frame.is_eval);
  return value;
}

napi_value ToValue(napi_env env, const vm::GreenThreadGroup& group) {
  napi_value value;
  napi_value frames;
  napi_create_object(env, &value);
  napi_create_array_with_length(env, group.frames.size(), &frames);
  for (size_t i = 0; i < group.frames.size(); ++i)
    napi_set_element(env, frames, static_cast<uint32_t>(i), ToValue(env, group.frames[i]));
  napi_set_named_property(env, value, "frames", frames);
  Set(env, value, "count", group.count);
  Set(env, value, "cutCount", group.cut_count);
  Set(env, value, "cutAfter", group.cut_after);
  Set(env, value, "waitsFor", group.waits_for.c_str());
  SetFlag(env, value, "deadlock", group.deadlock);
  return value;
}

}  // namespace

void Set(napi_env env, napi_value object, const char* key, const char* text) {
  napi_value value;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, object, key, value);
}

void Set(napi_env env, napi_value object, const char* key, double number) {
  napi_value value;
  napi_create_double(env, number, &value);
  napi_set_named_property(env, object, key, value);
}

napi_value ToValue(napi_env env, const vm::GreenThreads& dump) {
  constexpr const char* kStatuses[] = {"ok", "unavailable", "over-limit"};
  napi_value value;
  napi_value groups;
  napi_create_object(env, &value);
  napi_create_array_with_length(env, dump.groups.size(), &groups);
  for (size_t i = 0; i < dump.groups.size(); ++i)
    napi_set_element(env, groups, static_cast<uint32_t>(i), ToValue(env, dump.groups[i]));
  napi_set_named_property(env, value, "groups", groups);
  Set(env, value, "status", kStatuses[static_cast<int>(dump.status)]);
  Set(env, value, "reason", dump.reason.c_str());
  Set(env, value, "suspendedFunctions", dump.suspended_functions);
  Set(env, value, "greenThreads", dump.green_threads);
  Set(env, value, "totalGroups", dump.total_groups);
  Set(env, value, "groupsLeftOut", dump.groups_left_out);
  Set(env, value, "threadsLeftOut", dump.threads_left_out);
  Set(env, value, "idleGenerators", dump.idle_generators);
  Set(env, value, "unreadable", dump.unreadable);
  Set(env, value, "scannedBytes", static_cast<double>(dump.scanned_bytes));
  Set(env, value, "labelsSkipped", dump.labels_skipped.c_str());
  Set(env, value, "costMs", dump.cost_ms);
  return value;
}

}  // namespace gmr::test
