// Nodemon: finds nodemon among the ancestors of this process, and recognizes its signals.
//
// Owns:        the process id of nodemon.
// Threads:     the reporter thread.
// Signal-safe: no: reads /proc.
// Lifetime:    one per process, leaked with the reporter.
//
// nodemon restarts a program with SIGUSR2 unless it is configured otherwise. It signals the process that it
// started itself, and runs `sh -c "kill -USR2 <pid>"` for each process below that one. Linux only: elsewhere
// it is never found.
#ifndef GMR_NATIVE_REPORTER_TRIGGERS_NODEMON_H_
#define GMR_NATIVE_REPORTER_TRIGGERS_NODEMON_H_

#include <cstdint>
#include <string>

namespace gmr::reporter {

class Nodemon {
 public:
  // Searches the ancestors of this process. Called at setup, because when the signal arrives, the processes
  // between nodemon and this one may have ended: nodemon signals them first.
  void Find();

  bool found() const { return pid_ != 0; }

  // Whether nodemon's command line says that it restarts programs with this signal. Its configuration files
  // are not read.
  bool RestartsWith(const std::string& signal_name) const { return found() && signal_name_ == signal_name; }

  // Whether the sender of a signal is nodemon, which must still be running, or a child that it started to
  // send the signal.
  bool IsSender(int sender_pid) const;

 private:
  bool IsAlive() const;

  int pid_ = 0;  // 0: not found
  uint64_t start_ticks_ = 0;
  int parent_pid_ = 0;  // of this process, when nodemon was found
  std::string signal_name_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_TRIGGERS_NODEMON_H_
