#include "main_loop.h"

#include "arguments.h"

namespace gmr::addon {

MainLoop& MainLoop::Get() {
  static auto* loop = new MainLoop;  // NOLINT(cppcoreguidelines-owning-memory): leaked, see the header
  return *loop;
}

void MainLoop::Attach(Napi::Env env, Napi::Function run, uint32_t (*begin)()) {
  Detach();
  const platform::Monitor::Lock lock(monitor_);
  begin_ = begin;
  function_ = Napi::ThreadSafeFunction::New(env, run, "gmr-native sections", 0, 1);
  function_.Unref(env);
  attached_ = true;
  generation_.fetch_add(1);
}

void MainLoop::Detach() {
  const platform::Monitor::Lock lock(monitor_);
  if (attached_) function_.Release();
  attached_ = false;
  queued_.store(false);
}

bool MainLoop::Wake() {
  const platform::Monitor::Lock lock(monitor_);
  if (!attached_) return false;
  if (queued_.exchange(true)) return true;
  const uint32_t generation = generation_.load();
  const napi_status status = function_.NonBlockingCall([this, generation](Napi::Env, Napi::Function run) {
    if (generation != generation_.load()) return;
    queued_.store(false);
    const uint32_t request = begin_();
    if (request != 0) CallWith(run.Env(), run, Napi::Number::New(run.Env(), request));
  });
  // napi_closing gives our reference up as well, so that nothing is left to release.
  if (status != napi_ok) attached_ = false;
  return status == napi_ok;
}

}  // namespace gmr::addon
