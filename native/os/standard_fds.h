// StandardFdsTaken: keeps the descriptors 0, 1 and 2 from being handed out.
//
// Owns:        the placeholders that it had to open, at most three.
// Threads:     any, one object at a time.
// Signal-safe: no.
// Lifetime:    a scope.
//
// libuv aborts the process when it closes a descriptor of its own that has the
// number of a standard one, so no event loop may be made while one of these is free.
#ifndef GMR_NATIVE_OS_STANDARD_FDS_H_
#define GMR_NATIVE_OS_STANDARD_FDS_H_

namespace gmr::platform {

class StandardFdsTaken {
 public:
  StandardFdsTaken();
  StandardFdsTaken(const StandardFdsTaken&) = delete;
  StandardFdsTaken& operator=(const StandardFdsTaken&) = delete;
  ~StandardFdsTaken();

 private:
  int taken_[3] = {-1, -1, -1};
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_STANDARD_FDS_H_
