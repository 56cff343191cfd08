#include "code_reader.h"

#include <memory>

namespace gmr::vm {

namespace {

constexpr uint32_t kUnitsBeforeFunction = 64;
// From the beginning of a function to the position in it: so far lines are counted between the two.
constexpr int32_t kMaxFunctionUnits = 16 * 1024;

}  // namespace

CodeReader::CodeReader(const HeapReader* heap, const RawStrings* strings, ScriptTable* scripts,
                       platform::Arena* arena)
    : heap_(heap), strings_(strings), scripts_(scripts), arena_(arena), list_(heap, strings, scripts) {}

void CodeReader::Reset() {
  list_.Reset();
  for (Known& known : known_) known.code = nullptr;
}

const RawCode* CodeReader::Read(const CodePlace& place) {
  if (!place.script.IsObject()) return nullptr;
  const uint64_t key = place.script.bits() / 8 + static_cast<uint64_t>(place.offset);
  Known& known = known_[key % kKnown];
  if (known.code != nullptr && known.place == place) return known.code;
  char* memory = arena_->Allocate(sizeof(RawCode));
  if (memory == nullptr) return nullptr;
  auto* code = std::construct_at(reinterpret_cast<RawCode*>(memory));
  code->script = list_.IndexOf(place.script);
  FlatString source;
  if (scripts_->SourceOf(place.script, &source)) {
    if (place.line > 0 && place.offset >= 0) ReadSource(place, source, code);
    if (place.function_start >= 0) ReadStart(place, source, code);
  }
  known = {place, code};
  return code;
}

void CodeReader::ReadSource(const CodePlace& place, const FlatString& source, RawCode* code) const {
  SourceWindow window;
  const auto offset = static_cast<uint32_t>(place.offset);
  if (!window.Read(&heap_->memory(), source, offset)) return;
  const int32_t column = place.column - static_cast<int32_t>(offset) + static_cast<int32_t>(window.begin());
  if (column < 1 || !strings_->CopyPart(source, window.begin(), window.end(), &code->source)) return;
  code->source_column = column;
  code->source_is_cut = window.is_cut();
}

void CodeReader::ReadStart(const CodePlace& place, const FlatString& source, RawCode* code) {
  SourceWindow window;
  const auto start = static_cast<uint32_t>(place.function_start);
  if (!window.Read(&heap_->memory(), source, start)) return;
  if (!LocateStart(place, source, window, code)) return;
  const uint32_t from = window.Before(kUnitsBeforeFunction);
  if (!strings_->CopyPart(source, from, start, &code->before)) code->start_line = 0;
}

// Most functions are short: what is between their beginning and the position determines the line without
// counting through the source.
bool CodeReader::LocateStart(const CodePlace& place, const FlatString& source, const SourceWindow& window,
                             RawCode* code) {
  const int32_t distance = place.offset - place.function_start;
  int32_t breaks = 0;
  const bool is_near = place.line > 0 && distance >= 0 && distance <= kMaxFunctionUnits &&
                       CountLineBreaks(&heap_->memory(), source, static_cast<uint32_t>(place.function_start),
                                       static_cast<uint32_t>(place.offset), &breaks);
  if (is_near && breaks == 0) {
    code->start_line = place.line;
    code->start_column = place.column - distance;
    return true;
  }
  // The first line of a script may begin elsewhere than in column 1.
  if (is_near && window.knows_line_start() && window.line_start() > 0) {
    code->start_line = place.line - breaks;
    code->start_column = place.function_start - static_cast<int32_t>(window.line_start()) + 1;
    return true;
  }
  return scripts_->Locate(place.script, place.function_start, &code->start_line, &code->start_column);
}

CodeText ToCodeText(const RawCode* code) {
  CodeText text;
  if (code == nullptr) return text;
  text.source = {std::string(code->source), code->source_column, code->source_is_cut};
  if (code->start_line > 0 && code->start_column > 0)
    text.function_start = {code->start_line, code->start_column, std::string(code->before)};
  text.script = code->script;
  return text;
}

}  // namespace gmr::vm
