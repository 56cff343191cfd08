#include "signal_action.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>

#include <cerrno>
#include <cstdint>

#include "signal_handler.h"

namespace gmr::platform {

namespace {

// The type shares its name with the function.
using SigAction = struct sigaction;

bool IsHandler(const struct sigaction& action) {
  // Some code may restore a disposition that it saved while ours was installed; a
  // chain to ourselves would never end.
  if ((action.sa_flags & SA_SIGINFO) != 0) return action.sa_sigaction != &HandleSignal;
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

ChainedHandler ChainTo(const struct sigaction& action) {
  ChainedHandler chained;
  if (!IsHandler(action)) return chained;
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    chained.with_info = action.sa_sigaction;
  } else {
    chained.plain = action.sa_handler;
  }
  return chained;
}

const void* AddressOf(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 ? reinterpret_cast<const void*>(action.sa_sigaction)
                                             : reinterpret_cast<const void*>(action.sa_handler);
}

bool IsIn(const dl_phdr_info& module, uintptr_t address) {
  for (int i = 0; i < module.dlpi_phnum; ++i) {
    const auto& segment = module.dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    const uintptr_t start = module.dlpi_addr + segment.p_vaddr;
    if (address >= start && address - start < segment.p_memsz) return true;
  }
  return false;
}

// True when one module contains both addresses. dladdr() would also search for the nearest symbol among the
// more than 70,000 that Node's binary exports, which adds 1.5 ms to the setup.
bool AreInOneModule(const void* one, const void* other) {
  struct Search {
    uintptr_t one;
    uintptr_t other;
  } search = {reinterpret_cast<uintptr_t>(one), reinterpret_cast<uintptr_t>(other)};
  const auto examine = [](dl_phdr_info* module, size_t, void* raw) {
    const auto* const wanted = static_cast<const Search*>(raw);
    if (!IsIn(*module, wanted->one)) return 0;
    return IsIn(*module, wanted->other) ? 1 : -1;
  };
  return dl_iterate_phdr(examine, &search) == 1;
}

bool IsHandlerInModuleOf(const struct sigaction& action, const void* function) {
  return IsHandler(action) && AreInOneModule(AddressOf(action), function);
}

std::string ModulePath(const void* address) {
  Dl_info info{};
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "an unknown module";
  return info.dli_fname;
}

void ChangeMask(int how, int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(how, &set, nullptr);
}

}  // namespace

void SignalAction::NoteEarlier(int number) {
  before_hold_ = {};
  sigaction(number, nullptr, &before_hold_);
}

Result<bool> SignalAction::Install(int number, WakeHandle* wake, const void* in_libuv) {
  if (sigaction(number, nullptr, &held_) != 0) return SysError{errno, "reading the signal's disposition"};
  earlier_ = {};
  ChainedHandler foreign;
  if (IsHandlerInModuleOf(before_hold_, in_libuv)) {
    earlier_.libuv_active = true;
  } else if (IsHandler(before_hold_)) {
    earlier_.foreign_module = ModulePath(AddressOf(before_hold_));
    foreign = ChainTo(before_hold_);
  }
  // Otherwise C code has replaced our handler since an earlier call, and libuv's handler is the one noted
  // then.
  if (IsHandlerInModuleOf(held_, in_libuv)) libuv_ = ChainTo(held_);
  PrepareSignalHandler(wake, foreign, libuv_);

  struct sigaction ours {};
  ours.sa_sigaction = &HandleSignal;
  ours.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&ours.sa_mask);
  if (sigaction(number, &ours, nullptr) != 0) return SysError{errno, "installing the signal handler"};
  number_ = number;
  return true;
}

bool SignalAction::IsInPlace() const {
  struct sigaction current {};
  sigaction(number_, nullptr, &current);
  return (current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == &HandleSignal;
}

void SignalAction::Remove() {
  if (number_ == 0) return;
  if (IsInPlace()) {
    // libuv's handler is never restored here: it would find no handle any more.
    after_us_ = earlier_.foreign_module.empty() ? SigAction{} : before_hold_;
    sigaction(number_, &held_, nullptr);
  } else {
    sigaction(number_, nullptr, &after_us_);
  }
  number_ = 0;
  libuv_ = {};
}

void SignalAction::RestoreEarlier(int number) {
  earlier_ = {};
  struct sigaction current {};
  sigaction(number, nullptr, &current);
  // Otherwise libuv still handles the signal, for a listener of the application.
  const bool is_default = (current.sa_flags & SA_SIGINFO) == 0 && current.sa_handler == SIG_DFL;
  if (is_default && IsHandler(after_us_)) sigaction(number, &after_us_, nullptr);
}

void BlockOnThisThread(int number) { ChangeMask(SIG_BLOCK, number); }

void UnblockOnThisThread(int number) { ChangeMask(SIG_UNBLOCK, number); }

void RaiseWithDefaultAction(int number) {
  struct sigaction plain {};
  struct sigaction earlier {};
  plain.sa_handler = SIG_DFL;
  sigaction(number, &plain, &earlier);
  UnblockOnThisThread(number);
  pthread_kill(pthread_self(), number);
  sigaction(number, &earlier, nullptr);
}

}  // namespace gmr::platform
