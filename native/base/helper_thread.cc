#include "helper_thread.h"

#include <utility>

#include "memory_guard.h"
#include "thread_name.h"
#include "thread_start.h"

namespace gmr::platform {

bool HelperThread::Start(const char* name, std::function<void()> work, size_t stack_bytes) {
  Join();
  ran_out_of_memory_ = false;
  name_ = name;
  work_ = std::move(work);
  started_ = StartThread(stack_bytes, &Run, this, &thread_) == 0;
  return started_;
}

void HelperThread::Join() {
  if (started_) pthread_join(thread_, nullptr);
  started_ = false;
}

void* HelperThread::Run(void* raw) {
  auto* helper = static_cast<HelperThread*>(raw);
  NameThisThread(helper->name_);
  helper->ran_out_of_memory_ = !WithinMemory(helper->work_);
  return nullptr;
}

}  // namespace gmr::platform
