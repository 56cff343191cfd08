#include "code_json.h"

namespace gmr::reporter {

void CodeJson::Enter(int isolate, const std::vector<vm::ScriptInfo>& scripts) {
  of_capture_.clear();
  for (const vm::ScriptInfo& script : scripts) {
    const auto [known, is_new] = by_id_.try_emplace({isolate, script.id}, static_cast<int>(scripts_.size()));
    if (is_new) scripts_.push_back(script);
    of_capture_.push_back(known->second);
  }
}

// JSON writes a control character as six.
bool CodeJson::HasRoomFor(const std::string& text) {
  constexpr size_t kEscapedBytes = 6;
  for (const char c : text) text_bytes_ += static_cast<unsigned char>(c) < ' ' ? kEscapedBytes : 1;
  return text_bytes_ <= kMaxTextBytes;
}

void CodeJson::WriteSource(JsonWriter& json, const vm::SourceExcerpt& source) {
  if (source.column <= 0 || !HasRoomFor(source.text)) {
    json.Null();
    return;
  }
  json.BeginObject().Key("text").String(source.text).Key("column").Integer(source.column);
  json.Key("cut").Bool(source.is_cut).EndObject();
}

void CodeJson::WriteFunctionStart(JsonWriter& json, const vm::FunctionStart& start) {
  if (start.line <= 0 || start.column <= 0 || !HasRoomFor(start.before)) {
    json.Null();
    return;
  }
  json.BeginObject().Key("line").Integer(start.line).Key("column").Integer(start.column);
  json.Key("before").String(start.before).EndObject();
}

void CodeJson::WriteCode(JsonWriter& json, const vm::CodeText& code) {
  json.Key("source");
  WriteSource(json, code.source);
  json.Key("script");
  if (code.script >= 0 && static_cast<size_t>(code.script) < of_capture_.size()) {
    json.Integer(of_capture_[static_cast<size_t>(code.script)]);
  } else {
    json.Null();
  }
  json.Key("functionStart");
  WriteFunctionStart(json, code.function_start);
}

void CodeJson::WriteScripts(JsonWriter& json) const {
  json.BeginArray();
  for (const vm::ScriptInfo& script : scripts_) {
    json.BeginObject().Key("file");
    if (script.file.empty()) {
      json.Null();
    } else {
      json.String(script.file);
    }
    json.Key("length").Integer(script.length).Key("head").String(script.head).Key("mapUrl");
    if (script.map_url.empty()) {
      json.Null();
    } else {
      json.String(script.map_url);
    }
    json.Key("hasLongMap")
        .Bool(!script.map_copied.empty() || !script.map_in_heap.object.IsNull())
        .EndObject();
  }
  json.EndArray();
}

}  // namespace gmr::reporter
