#include "unregistered_worker.h"

#include <algorithm>
#include <string>
#include <utility>

namespace gmr::reporter {

namespace {

// An idle worker has no JavaScript on its stack, but Node's function that runs workers.
bool IsOfWorker(const vm::Frame& frame) {
  return frame.kind != vm::FrameKind::kNative ||
         frame.function_name.find("node::worker::Worker::Run") != std::string::npos;
}

bool IsWorker(const OtherThreadPhoto& other) {
  return other.stack && std::any_of(other.stack->frames.begin(), other.stack->frames.end(), IsOfWorker);
}

}  // namespace

void AdoptUnregistered(Photograph* photograph) {
  const auto is_unregistered = [](const IsolatePhoto& photo) {
    return photo.state == IsolateState::kNotRegistered;
  };
  auto& isolates = photograph->isolates;
  auto& others = photograph->other_threads;
  if (std::count_if(isolates.begin(), isolates.end(), is_unregistered) != 1) return;
  if (std::count_if(others.begin(), others.end(), IsWorker) != 1) return;
  IsolatePhoto& photo = *std::find_if(isolates.begin(), isolates.end(), is_unregistered);
  const auto other = std::find_if(others.begin(), others.end(), IsWorker);
  photo.status.tid = other->os.status.tid;
  photo.os = std::move(other->os);
  photo.stack = std::move(other->stack);
  others.erase(other);
}

}  // namespace gmr::reporter
