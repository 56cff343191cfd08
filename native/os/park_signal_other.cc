#include "park_signal.h"

#include <cerrno>

namespace gmr::platform {

Result<int> ParkSignalNumber() { return SysError{ENOTSUP, "parking threads"}; }

}  // namespace gmr::platform
