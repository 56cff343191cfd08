#include "process_json.h"

#include <string_view>

namespace gmr::reporter {

namespace {

void WriteCommand(JsonWriter& json, const platform::ProcessInfo& process) {
  if (process.command.empty()) {
    json.Unavailable(process.command_missing);
    return;
  }
  json.BeginObject().Key("status").String("known").Key("arguments").BeginArray();
  for (const platform::Unmasked& argument : process.command) json.String(argument);
  json.EndArray().Key("cut").Bool(process.command_cut).EndObject();
}

void WriteProcess(JsonWriter& json, const platform::ProcessInfo& process) {
  json.BeginObject().Key("pid").Integer(process.pid).Key("ppid").Integer(process.ppid);
  json.Key("name").String(process.name).Key("state").String(std::string_view(&process.state, 1));
  json.Key("uid");
  if (process.uid) {
    json.Integer(*process.uid);
  } else {
    json.Null();
  }
  json.Key("user");
  if (process.user.empty()) {
    json.Null();
  } else {
    json.String(process.user);
  }
  json.Key("syscall");
  if (process.syscall.empty()) {
    json.Null();
  } else {
    json.String(process.syscall);
  }
  json.Key("command");
  WriteCommand(json, process);
  json.Key("ageMs").Number(process.age_ms);
  json.Key("cpuUserMs").Number(process.cpu_user_ms).Key("cpuSystemMs").Number(process.cpu_system_ms);
  json.Key("rssBytes").Number(process.resident_bytes).EndObject();
}

}  // namespace

void WriteProcesses(JsonWriter& json, const platform::Result<platform::ProcessTree>& tree) {
  if (!tree.ok()) {
    json.Unavailable(tree.error().ToString());
    return;
  }
  json.BeginObject().Key("status").String("known").Key("processes").BeginArray();
  for (const platform::ProcessInfo& process : tree.value().processes) WriteProcess(json, process);
  json.EndArray().Key("leftOut").Integer(static_cast<int64_t>(tree.value().left_out));
  json.Key("incomplete").Bool(tree.value().incomplete).EndObject();
}

}  // namespace gmr::reporter
