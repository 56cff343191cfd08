#include "syscall_describe.h"

namespace gmr::platform {

TextBuffer DescribeSyscall(const ThreadPlace&, MemoryReader*) { return TextBuffer(); }

}  // namespace gmr::platform
