#include "subject.h"

#include <utility>

#include "../../process/threads/proc_threads.h"

namespace gmr::reporter {

void ReadOs(Subject* subject) {
  if (subject->photo.status.id == 0) {
    subject->photo.os_error = "its thread is not known";
    return;
  }
  auto status = platform::ReadThreadStatus(subject->photo.status.tid);
  if (status.ok()) {
    const CpuMark mark = subject->photo.os ? subject->photo.os->mark : MarkCpu(subject->photo.status.tid);
    subject->photo.os = ThreadPhoto{std::move(status.value()), {}, mark, std::nullopt, {}, std::nullopt};
  } else {
    subject->photo.os_error = status.error().ToString();
  }
}

}  // namespace gmr::reporter
