#include "context_path.h"

#include <charconv>
#include <cstdio>
#include <utility>

#include "../objects/own_name.h"
#include "../values/collection_entries.h"

namespace gmr::vm {

namespace {

// Symbol, src/objects/name.h: map, hash and flags, then its description.
constexpr int32_t kSymbolDescription = 16;

// The number that `text` is; -1: it is none.
int32_t IndexOf(std::string_view text) {
  int32_t index = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  return error == std::errc() && end == text.data() + text.size() ? index : -1;
}

// The step that begins at `*at`, which is moved behind the dot that ends it. False: nothing follows a
// backslash.
bool ReadStep(std::string_view text, size_t* at, PathStep* step) {
  const std::string_view rest = text.substr(*at);
  if (rest.starts_with('@')) {
    step->kind = PathStep::Kind::kSymbol;
    ++*at;
  } else if (rest == "*") {
    step->kind = PathStep::Kind::kJoined;
  }
  for (; *at < text.size() && text[*at] != '.'; ++*at) {
    if (text[*at] == '\\') ++*at;
    if (*at == text.size()) return false;
    step->text += text[*at];
  }
  ++*at;
  return !step->text.empty();
}

}  // namespace

ContextPath ContextPath::Parse(std::string_view text) {
  ContextPath path{std::string(text), {}};
  // A dot at the end would be followed by an empty step.
  for (size_t at = 0; at <= text.size();) {
    PathStep step;
    if (path.steps.size() == kMaxSteps || !ReadStep(text, &at, &step)) {
      path.steps.clear();
      return path;
    }
    path.steps.push_back(std::move(step));
  }
  return path;
}

bool ContextPathReader::Find(Tagged from, const ContextPath& path, Tagged* value) const {
  if (path.steps.empty() || !Walk(path, path.steps.size(), &from)) return false;
  *value = from;
  return true;
}

PrimitiveKind ContextPathReader::Print(Tagged from, const ContextPath& path, char* text,
                                       size_t capacity) const {
  if (path.steps.empty()) return PrimitiveKind::kNone;
  const bool is_joined = path.steps.back().kind == PathStep::Kind::kJoined;
  if (!Walk(path, path.steps.size() - (is_joined ? 1 : 0), &from)) return PrimitiveKind::kNone;
  return is_joined ? Join(from, text, capacity)
                   : PrimitiveText(*heap_, *layout_, *strings_, from, text, capacity);
}

bool ContextPathReader::Walk(const ContextPath& path, size_t steps, Tagged* at) const {
  for (size_t i = 0; i < steps; ++i) {
    if (!Step(path.steps[i], at)) return false;
  }
  return true;
}

bool ContextPathReader::Step(const PathStep& step, Tagged* at) const {
  if (!at->IsObject() || step.kind == PathStep::Kind::kJoined) return false;
  if (FindEntry(step, at)) return true;
  const bool is_described = step.kind == PathStep::Kind::kSymbol || step.text.starts_with('#');
  if (is_described) return ReadOwnDescribed(*heap_, *strings_, *at, step.text, at);
  return ReadOwnProperty(*heap_, *strings_, *at, step.text, at) || FindElement(step.text, at);
}

bool ContextPathReader::IsKey(Tagged key, const PathStep& step) const {
  Tagged description;
  if (step.kind == PathStep::Kind::kSymbol)
    return heap_->Is(&key, layout_->type_symbol) && heap_->Load(key, kSymbolDescription, &description) &&
           strings_->Equals(description, step.text);
  if (key.IsSmi()) return key.ToSmi() == IndexOf(step.text);
  return strings_->Equals(key, step.text);
}

bool ContextPathReader::FindEntry(const PathStep& step, Tagged* at) const {
  bool is_found = false;
  Tagged found;
  CollectionEntries(heap_, layout_).VisitCollection(*at, kMaxEntries, [&](Tagged key, Tagged value) {
    is_found = IsKey(key, step);
    if (is_found) found = value;
    return !is_found;
  });
  if (is_found) *at = found;
  return is_found;
}

bool ContextPathReader::FindElement(std::string_view index, Tagged* at) const {
  Tagged elements;
  const int32_t wanted = IndexOf(index);
  return wanted >= 0 && layout_->object_elements >= 0 &&
         heap_->Load(*at, layout_->object_elements, &elements) && heap_->IsArray(&elements) &&
         wanted < heap_->LengthOf(elements) && heap_->LoadElement(elements, wanted, at);
}

PrimitiveKind ContextPathReader::Join(Tagged array, char* text, size_t capacity) const {
  size_t used = 0;
  bool is_whole = array.IsObject();
  const auto add = [&](Tagged element) {
    // A hole, behind the last element, ends it.
    if (!element.IsSmi()) return false;
    const int length = std::snprintf(text + used, capacity - used, used == 0 ? "%d" : ",%d", element.ToSmi());
    is_whole = length > 0 && static_cast<size_t>(length) < capacity - used;
    if (is_whole) used += static_cast<size_t>(length);
    return is_whole;
  };
  is_whole =
      is_whole && CollectionEntries(heap_, layout_).VisitElements(array, kMaxElements, add) && is_whole;
  return is_whole && used > 0 ? PrimitiveKind::kString : PrimitiveKind::kNone;
}

}  // namespace gmr::vm
