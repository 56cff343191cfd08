#include "syscall_describe.h"

namespace gmr::platform {

bool BeginsWithDescriptor(int64_t) { return false; }

TextBuffer DescribeSyscall(const ThreadPlace&, MemoryReader*) { return TextBuffer(); }

}  // namespace gmr::platform
