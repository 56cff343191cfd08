/*
 * Starts a program under a seccomp filter: filter_launcher <action> <call>[,<call>...] <program> [<argument>...]
 *
 * Actions: allow, kill (the process), kill-thread, trap, errno (EPERM), no-such-call (ENOSYS). What is not listed is
 * allowed. A call that this processor does not have is skipped.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct call {
  const char* name;
  int number;
};

static const struct call kCalls[] = {
    {"clock_gettime", SYS_clock_gettime},
    {"clock_nanosleep", SYS_clock_nanosleep},
    {"fchmod", SYS_fchmod},
    {"getdents64", SYS_getdents64},
    {"kcmp", SYS_kcmp},
    {"linkat", SYS_linkat},
    {"memfd_create", SYS_memfd_create},
#ifdef SYS_mkdir
    {"mkdir", SYS_mkdir},
#endif
#ifdef SYS_poll
    {"poll", SYS_poll},
    {"fork", SYS_fork},
    {"vfork", SYS_vfork},
    {"getpgrp", SYS_getpgrp},
#endif
    {"clone", SYS_clone},
    {"getppid", SYS_getppid},
    {"lseek", SYS_lseek},
    {"mkdirat", SYS_mkdirat},
    {"mremap", SYS_mremap},
    {"nanosleep", SYS_nanosleep},
    {"ppoll", SYS_ppoll},
    {"prctl", SYS_prctl},
    {"process_vm_readv", SYS_process_vm_readv},
    {"ptrace", SYS_ptrace},
    {"readlinkat", SYS_readlinkat},
    {"renameat", SYS_renameat},
    {"renameat2", SYS_renameat2},
    {"rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo},
    {"sendto", SYS_sendto},
    {"tgkill", SYS_tgkill},
    {"unlinkat", SYS_unlinkat},
    {"wait4", SYS_wait4},
};

static int number_of(const char* name) {
  for (size_t i = 0; i < sizeof kCalls / sizeof kCalls[0]; ++i) {
    if (strcmp(kCalls[i].name, name) == 0) return kCalls[i].number;
  }
  return -1;
}

static unsigned action_of(const char* name) {
  if (strcmp(name, "kill") == 0) return SECCOMP_RET_KILL_PROCESS;
  if (strcmp(name, "kill-thread") == 0) return SECCOMP_RET_KILL_THREAD;
  if (strcmp(name, "trap") == 0) return SECCOMP_RET_TRAP;
  if (strcmp(name, "errno") == 0) return SECCOMP_RET_ERRNO | EPERM;
  if (strcmp(name, "no-such-call") == 0) return SECCOMP_RET_ERRNO | ENOSYS;
  return SECCOMP_RET_ALLOW;
}

int main(int argc, char** argv) {
  struct sock_filter filter[160];
  size_t length = 0;
  if (argc < 4) return 2;
  const unsigned action = action_of(argv[1]);
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (char* name = strtok(argv[2], ","); name != NULL; name = strtok(NULL, ",")) {
    const int number = number_of(name);
    if (number < 0) continue;
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
  }
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const struct sock_fprog program = {(unsigned short)length, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    perror("filter_launcher");
    return 3;
  }
  execv(argv[3], argv + 3);
  perror(argv[3]);
  return 4;
}
