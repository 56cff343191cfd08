// gmr_fixture: native calls that block or restrict, for the tests.
//
// Owns:        nothing.
// Threads:     any JavaScript thread.
// Signal-safe: no.
// Lifetime:    none; every function is a plain call.
//
// catchSignal behaves like an addon that handles a signal in C, without libuv.
//
// rawSleep and rawPoll do what careless addons do: they make one system call
// that signals can end early (SA_RESTART does not help them), and tell its errno.

#include <errno.h>
#include <node_api.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "restrictions.h"
#include "short_calls.h"

namespace {

timespec FromMs(double ms) {
  timespec duration{};
  duration.tv_sec = static_cast<time_t>(ms / 1000);
  duration.tv_nsec = static_cast<long>((ms - static_cast<double>(duration.tv_sec) * 1000) * 1e6);
  return duration;
}

double NowMs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1000 + static_cast<double>(now.tv_nsec) / 1e6;
}

double FirstArgument(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument = nullptr;
  double value = 0;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (count == 1) napi_get_value_double(env, argument, &value);
  return value;
}

napi_value Number(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

// Says on stdout that the call is about to block: JavaScript cannot say it any later.
void Announce() {
  constexpr char kLine[] = "ready\n";
  [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, kLine, sizeof kLine - 1);
}

// rawSleep(ms): errno of one nanosleep, 0 when it slept to the end.
napi_value RawSleep(napi_env env, napi_callback_info info) {
  const timespec duration = FromMs(FirstArgument(env, info));
  Announce();
  errno = 0;
  return Number(env, nanosleep(&duration, nullptr) == 0 ? 0 : errno);
}

// rawPoll(ms): errno of one poll without descriptors, 0 when it timed out as asked.
napi_value RawPoll(napi_env env, napi_callback_info info) {
  const int timeout = static_cast<int>(FirstArgument(env, info));
  Announce();
  errno = 0;
  return Number(env, poll(nullptr, 0, timeout) == 0 ? 0 : errno);
}

// spinMs(ms): keeps the CPU busy in native code; ms really spent.
napi_value SpinMs(napi_env env, napi_callback_info info) {
  const double duration = FirstArgument(env, info);
  Announce();
  const double began = NowMs();
  double now = began;
  while (now - began < duration) now = NowMs();
  return Number(env, now - began);
}

// sleepMs(ms): sleeps to the end, whatever interrupts it; how often something did.
napi_value SleepMs(napi_env env, napi_callback_info info) {
  timespec remaining = FromMs(FirstArgument(env, info));
  Announce();
  double interruptions = 0;
  while (nanosleep(&remaining, &remaining) != 0 && errno == EINTR) interruptions += 1;
  return Number(env, interruptions);
}

// callBack(function): calls it, so that this is between two JavaScript frames.
napi_value CallBack(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value callback = nullptr;
  napi_value self = nullptr;
  napi_value result = nullptr;
  napi_get_cb_info(env, info, &count, &callback, &self, nullptr);
  napi_call_function(env, self, callback, 0, nullptr, &result);
  return result;
}

std::atomic<int> g_caught_signals{0};

struct sigaction g_earlier {};

// catchSignal(): installs a handler for SIGUSR2 that counts, and calls the one that was there before.
napi_value CatchSignal(napi_env, napi_callback_info) {
  struct sigaction action {};
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  action.sa_sigaction = [](int number, siginfo_t* info, void* context) {
    g_caught_signals.fetch_add(1);
    if ((g_earlier.sa_flags & SA_SIGINFO) != 0) g_earlier.sa_sigaction(number, info, context);
  };
  sigaction(SIGUSR2, &action, &g_earlier);
  return nullptr;
}

// caughtSignals(): how often that handler was called.
napi_value CaughtSignals(napi_env env, napi_callback_info) { return Number(env, g_caught_signals.load()); }

// waitForProcess(pid): waits until that child has ended, as a native library would.
napi_value WaitForProcess(napi_env env, napi_callback_info info) {
  const auto pid = static_cast<pid_t>(FirstArgument(env, info));
  Announce();
  int status = 0;
  return Number(env, waitpid(pid, &status, 0));
}

// restrict(name): "" or why this process could not be restricted; see restrictions.h
napi_value Restrict(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument = nullptr;
  napi_value result = nullptr;
  char name[64] = "";
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (count == 1) napi_get_value_string_utf8(env, argument, name, sizeof name, nullptr);
  const std::string problem = gmr::test::Restrict(name);
  napi_create_string_utf8(env, problem.c_str(), NAPI_AUTO_LENGTH, &result);
  return result;
}

// exitProcess(code): calls exit() of the C library directly, without Node.
napi_value ExitProcess(napi_env env, napi_callback_info info) {
  exit(static_cast<int>(FirstArgument(env, info)));
}

// exitProcessOnThread(code): the same on a new thread, while this one continues.
napi_value ExitProcessOnThread(napi_env env, napi_callback_info info) {
  const int code = static_cast<int>(FirstArgument(env, info));
  std::thread([code] { exit(code); }).detach();
  return nullptr;
}

// announceExit(): prints `exited` when exit() of the C library runs its handlers.
napi_value AnnounceExit(napi_env, napi_callback_info) {
  atexit([] {
    constexpr char kLine[] = "exited\n";
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, kLine, sizeof kLine - 1);
  });
  return nullptr;
}

napi_value Init(napi_env env, napi_value exports) {
  const napi_property_descriptor properties[] = {
      {"rawSleep", nullptr, RawSleep, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"rawPoll", nullptr, RawPoll, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"spinMs", nullptr, SpinMs, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"sleepMs", nullptr, SleepMs, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"callBack", nullptr, CallBack, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"announceExit", nullptr, AnnounceExit, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"exitProcess", nullptr, ExitProcess, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"exitProcessOnThread", nullptr, ExitProcessOnThread, nullptr, nullptr, nullptr, napi_enumerable,
       nullptr},
      {"catchSignal", nullptr, CatchSignal, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"caughtSignals", nullptr, CaughtSignals, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"waitForProcess", nullptr, WaitForProcess, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"restrict", nullptr, Restrict, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
  gmr_fixture::AddShortCalls(env, exports);
  return exports;
}

}  // namespace

NAPI_MODULE(gmr_fixture, Init)
