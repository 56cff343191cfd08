#include "context_json.h"

namespace gmr::reporter {

namespace {

void WriteRow(JsonWriter& json, const vm::DescribedRow& described) {
  if (described.row < 0) {
    json.Null();
    return;
  }
  json.BeginObject().Key("row").Integer(described.row).Key("values").BeginObject();
  for (const vm::DescribedRow::Value& value : described.values) {
    json.Key(value.path).BeginObject().Key("kind").String(PrimitiveWord(value.kind));
    json.Key("text").String(value.text).EndObject();
  }
  json.EndObject().EndObject();
}

}  // namespace

const char* PrimitiveWord(vm::PrimitiveKind kind) {
  switch (kind) {
    case vm::PrimitiveKind::kNumber:
      return "number";
    case vm::PrimitiveKind::kBoolean:
      return "boolean";
    case vm::PrimitiveKind::kNull:
      return "null";
    case vm::PrimitiveKind::kString:
    case vm::PrimitiveKind::kNone:
      break;
  }
  return "string";
}

void WriteThreadContext(JsonWriter& json, const vm::ThreadContext& context) {
  json.Key("context");
  if (context.problem.empty()) {
    json.BeginObject().Key("status").String("known").Key("values").BeginArray();
    for (const vm::ThreadContext::Value& value : context.values) {
      json.BeginObject().Key("key").String(value.key).Key("kind").String(PrimitiveWord(value.kind));
      json.Key("text").String(value.text).EndObject();
    }
    json.EndArray().EndObject();
  } else {
    json.Unavailable(context.problem);
  }
  json.Key("request");
  WriteRow(json, context.recognised);
}

void WriteTraces(JsonWriter& json, const vm::DescribedTraces& traces) {
  json.Key("traces");
  if (traces.functions == 0) {
    json.Null();
    return;
  }
  json.BeginObject().Key("functions").Integer(traces.functions).Key("distinct").Integer(traces.distinct);
  json.Key("largest").BeginObject().Key("functions").Integer(traces.of_largest).Key("request");
  WriteRow(json, traces.largest);
  json.EndObject().Key("oldest");
  WriteRow(json, traces.oldest);
  json.EndObject();
}

}  // namespace gmr::reporter
