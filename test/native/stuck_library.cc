// stuck_library: a library whose start-up code takes seconds, while the loader's lock is held.
//
// Owns:        nothing.
// Threads:     the one that loads it.
// Signal-safe: no.
// Lifetime:    none.
#include <time.h>
#include <unistd.h>

namespace {

__attribute__((constructor)) void GetStuckInLibrary() {
  constexpr char kSaying[] = "ready\n";
  if (write(STDOUT_FILENO, kSaying, sizeof kSaying - 1) < 0) return;
  timespec left{20, 0};
  while (nanosleep(&left, &left) != 0) {
  }
}

}  // namespace
