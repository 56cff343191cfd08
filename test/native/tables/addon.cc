// Prints what calibration finds in the isolate that loads this, and tries tables with a wrong number. Also
// built by scripts/heap-tables.mjs, for each version of Node.
#include <node_api.h>
#include <v8.h>

#include <string>

#include "../../../native/process/self_memory.h"
#include "../../../native/v8/heap_model.h"
#include "../../../native/v8/heap_trial.h"
#include "../../../native/v8/layout_loader.h"

namespace gmr::test {

namespace {

platform::Address ThisIsolate() { return platform::OwnAddress(v8::Isolate::GetCurrent()); }

void AddNumber(std::string* json, const std::string& key, int32_t value) {
  *json += "\"" + key + "\":" + std::to_string(value) + ",";
}

std::string ToJson(const vm::HeapTable& table) {
  std::string json = "{";
  for (size_t i = 0; i < vm::kHeapTableFieldCount; ++i)
    AddNumber(&json, vm::kHeapTableFields[i].name, table.fields[i]);
  for (size_t i = 0; i < vm::kHeapRootCount; ++i) {
    const std::string what = vm::kHeapRoots[i].what;
    AddNumber(&json, what + ": offset", table.roots[i].offset);
    AddNumber(&json, what + ": type", table.roots[i].type);
  }
  json.back() = '}';
  return json;
}

napi_value ToValue(napi_env env, const std::string& text) {
  napi_value value;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

// The numbers by name as JSON, or why there are none.
napi_value Calibrate(napi_env env, napi_callback_info) {
  const vm::HeapModel model = vm::HeapModel::Make(v8::Isolate::GetCurrent(), vm::ProcessLayout());
  return ToValue(env, model.problem().empty() ? ToJson(model.ToTable()) : model.problem());
}

// The same from the table.
napi_value KnownTable(napi_env env, napi_callback_info) {
  const vm::HeapTable* table = vm::FindHeapTable(v8::V8::GetVersion());
  return ToValue(env, table == nullptr ? "no table" : ToJson(*table));
}

// In the order of the JSON.
int32_t* NumberOf(vm::HeapTable* table, uint32_t index) {
  if (index < vm::kHeapTableFieldCount) return &table->fields[index];
  vm::HeapRootPlace& place = table->roots[(index - vm::kHeapTableFieldCount) / 2 % vm::kHeapRootCount];
  return (index - vm::kHeapTableFieldCount) % 2 == 0 ? &place.offset : &place.type;
}

// (index of a number, its value): why a table with that number is not used; "" when it is
napi_value TryWith(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  uint32_t index = 0;
  int32_t value = 0;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_uint32(env, arguments[0], &index);
  napi_get_value_int32(env, arguments[1], &value);
  const vm::HeapTable* table = vm::FindHeapTable(v8::V8::GetVersion());
  if (table == nullptr) return ToValue(env, "no table");
  vm::HeapTable changed = *table;
  *NumberOf(&changed, index) = value;
  const vm::HeapModel model = vm::HeapModel::FromTable(changed, ThisIsolate(), vm::ProcessLayout());
  if (!model.problem().empty()) return ToValue(env, model.problem());
  bool conclusive = false;
  const std::string problem =
      vm::CompareWithCalibration(v8::Isolate::GetCurrent(), vm::ProcessLayout(), model, &conclusive);
  return ToValue(env, conclusive ? problem : "not conclusive");
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

}  // namespace gmr::test

NAPI_MODULE_INIT() {
  gmr::test::Export(env, exports, "calibrate", gmr::test::Calibrate);
  gmr::test::Export(env, exports, "knownTable", gmr::test::KnownTable);
  gmr::test::Export(env, exports, "tryWith", gmr::test::TryWith);
  return exports;
}
