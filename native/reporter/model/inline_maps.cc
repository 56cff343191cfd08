#include "inline_maps.h"

#include "../../image/objects/long_string.h"
#include "../../process/self_memory.h"
#include "data_url.h"

namespace gmr::reporter {

namespace {

constexpr size_t kMaxMapBytes = size_t{32} << 20;

bool Decode(const std::string& url, std::string* bytes) {
  DataUrl decoder(kMaxMapBytes);
  return decoder.Feed(url) && decoder.Finish(bytes);
}

bool DecodeInHeap(const vm::LongString& url, std::string* bytes) {
  DataUrl decoder(kMaxMapBytes);
  const auto feed = [&decoder](std::string_view piece) { return decoder.Feed(piece); };
  platform::SelfMemory self;
  return vm::ReadLongString(&self, url, feed) && decoder.Finish(bytes);
}

}  // namespace

bool InlineMaps::Read(size_t script, std::string* bytes) const {
  if (script >= scripts_.size()) return false;
  const vm::ScriptInfo& info = scripts_[script];
  if (!info.map_in_heap.object.IsNull()) return DecodeInHeap(info.map_in_heap, bytes);
  return Decode(info.map_copied.empty() ? info.map_url : info.map_copied, bytes);
}

}  // namespace gmr::reporter
