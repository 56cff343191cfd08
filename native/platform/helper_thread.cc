#include "helper_thread.h"

#include <csignal>
#include <utility>

namespace gmr::platform {

bool HelperThread::Start(const char* name, std::function<void()> work, size_t stack_bytes) {
  Join();
  name_ = name;
  work_ = std::move(work);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  sigset_t all;
  sigset_t earlier;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &earlier);
  started_ = pthread_create(&thread_, &attributes, &Run, this) == 0;
  pthread_sigmask(SIG_SETMASK, &earlier, nullptr);
  pthread_attr_destroy(&attributes);
  return started_;
}

void HelperThread::Join() {
  if (started_) pthread_join(thread_, nullptr);
  started_ = false;
}

void* HelperThread::Run(void* raw) {
  auto* helper = static_cast<HelperThread*>(raw);
#if defined(__APPLE__)
  pthread_setname_np(helper->name_);
#elif defined(__linux__)
  pthread_setname_np(pthread_self(), helper->name_);
#endif
  helper->work_();
  return nullptr;
}

}  // namespace gmr::platform
