#include "restrictions.h"

#if defined(__linux__)

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <initializer_list>
#include <vector>

namespace gmr::test {

namespace {

bool ForgoPrivileges() { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }

// A filter that answers EPERM to the calls with these numbers.
bool Deny(std::initializer_list<int> numbers) {
  std::vector<sock_filter> filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const int number : numbers) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(number), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  // Without the privilege to install filters, the kernel asks for the first.
  return ForgoPrivileges() &&
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

}  // namespace

std::string Restrict(const std::string& name) {
  bool done = false;
  errno = EINVAL;
  if (name == "no-ptrace") done = Deny({SYS_ptrace});
  if (name == "no-vm-read") done = Deny({SYS_ptrace, SYS_process_vm_readv});
  if (name == "no-directed-signals") done = Deny({SYS_rt_tgsigqueueinfo, SYS_tgkill});
  if (name == "no-new-privileges") done = ForgoPrivileges();
  if (name == "dumpable") done = prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
  if (name == "not-dumpable") done = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
  return done ? "" : strerror(errno);
}

}  // namespace gmr::test

#else

namespace gmr::test {

std::string Restrict(const std::string&) { return "Linux only"; }

}  // namespace gmr::test

#endif
