#include "script_mentions.h"

#include <algorithm>
#include <cstring>

#include "../../base/clock.h"
#include "../objects/shared_function.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxScripts = 100'000;
constexpr size_t kMaxFileBytes = 1024;
constexpr const char* kPackages = "node_modules/";

// The folder of the innermost package that a file is in; empty: it is code of the program.
std::string PackageOf(const std::string& file) {
  const size_t at = file.rfind(kPackages);
  if (at == file.npos) return "";
  const size_t name = at + std::strlen(kPackages);
  size_t end = file.find('/', name);
  if (end != file.npos && file[name] == '@') end = file.find('/', end + 1);
  return file.substr(0, end);
}

bool IsNamePart(uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         c >= 0x80;
}

bool HasWord(const uint8_t* text, size_t size, const std::string& word) {
  const uint8_t* const end = text + size;
  for (const uint8_t* at = text; at < end; ++at) {
    at = static_cast<const uint8_t*>(memmem(at, static_cast<size_t>(end - at), word.data(), word.size()));
    if (at == nullptr) return false;
    const uint8_t* const behind = at + word.size();
    if ((at == text || !IsNamePart(at[-1])) && (behind == end || !IsNamePart(*behind))) return true;
  }
  return false;
}

}  // namespace

void ScriptMentions::Reset() {
  scripts_.clear();
  files_.clear();
  bytes_ = 0;
  is_complete_ = false;
}

void ScriptMentions::Run(const HeapPages& pages, Tagged function, const std::vector<std::string>& words,
                         int64_t deadline_ns) {
  FunctionText text;
  Tagged map;
  Reset();
  if (!FindFunctionText(*heap_, function, &text) || !heap_->MapOf(text.script, &map)) return;
  for (const HeapPage& page : pages.pages()) {
    if (platform::MonotonicNs() > deadline_ns || !AddScriptsOf(page, map)) return;
  }
  for (const Tagged script : scripts_) {
    if (bytes_ > kMaxBytes || platform::MonotonicNs() > deadline_ns) return;
    LookThrough(script, words);
  }
  is_complete_ = true;
}

bool ScriptMentions::AddScriptsOf(const HeapPage& page, Tagged map) {
  const size_t bytes = std::min<size_t>(page.end - page.start, kPageBytes);
  const uint64_t* words = page.is_inside_large ? nullptr : heap_->memory().OpenWindow(page.start, bytes);
  if (words == nullptr) return page.is_inside_large;
  const uint64_t* const end = words + bytes / sizeof(uint64_t);
  for (const uint64_t* at = words; (at = std::find(at, end, map.bits())) != end; ++at) {
    if (scripts_.size() == kMaxScripts) return false;
    scripts_.push_back(Tagged::At(page.start + static_cast<uint64_t>(at - words) * sizeof(uint64_t)));
  }
  return true;
}

// A source that cannot be read may have them.
void ScriptMentions::LookThrough(Tagged script, const std::vector<std::string>& words) {
  Tagged name;
  Tagged source;
  FlatString flat;
  char file[kMaxFileBytes] = "";
  bool has = false;
  const Layout& layout = heap_->layout();
  if (heap_->Load(script, layout.script_name, &name)) strings_->CopyTo(name, file, sizeof file);
  if (std::string_view(file).starts_with("node:")) return;
  // A script of V8's own, or what only looks like one, has no source.
  if (!heap_->Load(script, layout.script_source, &source) || !strings_->IsString(&source)) return;
  const bool is_read = strings_->Flatten(source, &flat) && HasOneOf(flat, words, &has);
  bytes_ += flat.length;
  if (has || !is_read) files_.emplace_back(file);
}

bool ScriptMentions::HasOneOf(const FlatString& source, const std::vector<std::string>& words,
                              bool* has) const {
  // Parts overlap, so that no word is cut.
  constexpr uint32_t kOverlap = 64;
  const uint32_t unit = source.one_byte ? 1 : 2;
  const auto most = static_cast<uint32_t>(kChunkBytes / unit);
  for (uint32_t at = 0; at < source.length && !*has; at += most - kOverlap) {
    const uint32_t count = std::min(most, source.length - at);
    if (!heap_->memory().Read(source.AddressOf(at), buffer_.data(), size_t{count} * unit)) return false;
    // Of two-byte characters, only those of ASCII matter.
    for (uint32_t i = 0; unit == 2 && i < count; ++i)
      buffer_[i] = buffer_[size_t{i} * 2 + 1] == 0 ? buffer_[size_t{i} * 2] : uint8_t{0x80};
    *has = std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return HasWord(buffer_.data(), count, word); });
  }
  return true;
}

bool ScriptMentions::MayUse(const std::string& library, const std::vector<std::string>& files) const {
  if (!is_complete_) return true;
  const std::string own = PackageOf(library);
  return std::any_of(files_.begin(), files_.end(), [&](const std::string& file) {
    const std::string package = PackageOf(file);
    if (package.empty()) return true;
    return package != own && std::any_of(files.begin(), files.end(), [&](const std::string& other) {
             return PackageOf(other) == package;
           });
  });
}

}  // namespace gmr::vm
