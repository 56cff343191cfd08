#include "async_code.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace gmr::reporter {

namespace {

using Place = std::tuple<std::string, int, int>;

// The index of a script in `scripts`, to which it is added when it is not there yet.
int IndexIn(std::vector<vm::ScriptInfo>* scripts, const vm::ScriptInfo& script) {
  const auto known = std::find_if(scripts->begin(), scripts->end(),
                                  [&](const vm::ScriptInfo& other) { return other.id == script.id; });
  const auto index = static_cast<int>(known - scripts->begin());
  if (known == scripts->end()) scripts->push_back(script);
  return index;
}

void Fill(const vm::GreenThreads& found, vm::StackCapture* stack) {
  std::map<Place, const vm::CodeText*> codes;
  for (const vm::GreenThreadGroup& group : found.groups) {
    for (const vm::AsyncFrame& frame : group.frames) {
      if (frame.code.script >= 0) codes.try_emplace({frame.file, frame.line, frame.column}, &frame.code);
    }
  }
  for (vm::Frame& frame : stack->async_frames) {
    const auto code = codes.find({frame.file, frame.line, frame.column});
    if (code == codes.end() || frame.line == 0 || frame.code.script >= 0) continue;
    frame.code = *code->second;
    frame.code.script = IndexIn(&stack->scripts, found.scripts[static_cast<size_t>(code->second->script)]);
  }
}

}  // namespace

void FillAsyncCode(Photograph* photograph) {
  for (IsolatePhoto& photo : photograph->isolates) {
    if (photo.stack && !photo.stack->async_frames.empty() && photo.green_threads.found)
      Fill(*photo.green_threads.found, &*photo.stack);
  }
}

}  // namespace gmr::reporter
