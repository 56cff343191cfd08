#include "short_calls.h"

#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>

namespace gmr_fixture {

namespace {

struct Outcome {
  int error = 0;
  double ms = 0;
};

timespec ToTimespec(double ms) {
  timespec duration{};
  duration.tv_sec = static_cast<time_t>(ms / 1000);
  duration.tv_nsec = static_cast<long>((ms - static_cast<double>(duration.tv_sec) * 1000) * 1e6);
  return duration;
}

timespec Now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now;
}

double ToMs(const timespec& time) {
  return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_nsec) / 1e6;
}

int ErrorOf(long result) { return result < 0 ? errno : 0; }

int Nanosleep(double ms) {
  const timespec duration = ToTimespec(ms);
  return ErrorOf(nanosleep(&duration, nullptr));
}

int ClockNanosleep(double ms) {
  const timespec duration = ToTimespec(ms);
  return clock_nanosleep(CLOCK_MONOTONIC, 0, &duration, nullptr);
}

int Poll(double ms) { return ErrorOf(poll(nullptr, 0, static_cast<int>(ms))); }

int SemTimedwait(double ms) {
  sem_t never;
  sem_init(&never, 0, 0);
  const timespec end = ToTimespec(ToMs(Now(CLOCK_REALTIME)) + ms);
  const int error = ErrorOf(sem_timedwait(&never, &end));
  sem_destroy(&never);
  return error;
}

void SetTimeout(int fd, int option, double ms) {
  const timespec duration = ToTimespec(ms);
  const timeval timeout{duration.tv_sec, duration.tv_nsec / 1000};
  setsockopt(fd, SOL_SOCKET, option, &timeout, sizeof timeout);
}

// A read with a timeout is never restarted after a signal handler (signal(7)).
int Read(double ms) {
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return errno;
  SetTimeout(ends[0], SO_RCVTIMEO, ms);
  char byte = 0;
  const int error = ErrorOf(read(ends[0], &byte, 1));
  close(ends[0]);
  close(ends[1]);
  return error;
}

// To a server that accepts nobody and whose queue is full.
int Connect(double ms) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // An abstract name: it needs no file.
  const std::string name = "gmr-fixture-" + std::to_string(getpid());
  memcpy(address.sun_path + 1, name.data(), name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const auto* target = reinterpret_cast<const sockaddr*>(&address);
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  const int first = socket(AF_UNIX, SOCK_STREAM, 0);
  const int second = socket(AF_UNIX, SOCK_STREAM, 0);
  int error = EBADF;
  if (server < 0 || first < 0 || second < 0) return error;
  if (bind(server, target, length) == 0 && listen(server, 0) == 0 && connect(first, target, length) == 0) {
    SetTimeout(second, SO_SNDTIMEO, ms);
    error = ErrorOf(connect(second, target, length));
  }
  for (const int fd : {server, first, second}) close(fd);
  return error;
}

struct NamedCall {
  const char* name;
  int (*call)(double ms);
};

constexpr NamedCall kCalls[] = {
    {"nanosleep", Nanosleep}, {"clock_nanosleep", ClockNanosleep}, {"poll", Poll}, {"read", Read},
    {"connect", Connect},     {"sem_timedwait", SemTimedwait},
};

Outcome Time(const NamedCall& named, double ms) {
  const double began = ToMs(Now(CLOCK_MONOTONIC));
  const int error = named.call(ms);
  return {error, ToMs(Now(CLOCK_MONOTONIC)) - began};
}

struct Request {
  const NamedCall* call = nullptr;
  double ms = 0;
};

// The arguments (name, ms); throws into JavaScript when there is no such call.
Request ToRequest(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2] = {};
  char name[32] = {};
  size_t length = 0;
  Request request;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_string_utf8(env, arguments[0], name, sizeof name, &length);
  napi_get_value_double(env, arguments[1], &request.ms);
  for (const NamedCall& candidate : kCalls) {
    if (strcmp(candidate.name, name) == 0) request.call = &candidate;
  }
  if (request.call == nullptr) napi_throw_error(env, nullptr, "no such call");
  return request;
}

void SetNumber(napi_env env, napi_value object, const char* key, double value) {
  napi_value number = nullptr;
  napi_create_double(env, value, &number);
  napi_set_named_property(env, object, key, number);
}

napi_value ToObject(napi_env env, const Outcome& outcome) {
  napi_value object = nullptr;
  napi_create_object(env, &object);
  SetNumber(env, object, "errno", outcome.error);
  SetNumber(env, object, "ms", outcome.ms);
  return object;
}

napi_value ShortCall(napi_env env, napi_callback_info info) {
  const Request request = ToRequest(env, info);
  return request.call == nullptr ? nullptr : ToObject(env, Time(*request.call, request.ms));
}

struct Background {
  std::atomic<int> tid = 0;
  std::atomic<bool> done = false;
  Outcome outcome;  // written before `done`
};
Background background;

napi_value StartShortCall(napi_env env, napi_callback_info info) {
  const Request request = ToRequest(env, info);
  if (request.call == nullptr) return nullptr;
  background.tid = 0;
  background.done = false;
  std::thread([request] {
    background.tid = static_cast<int>(syscall(SYS_gettid));
    background.outcome = Time(*request.call, request.ms);
    background.done = true;
  }).detach();
  while (background.tid == 0) std::this_thread::yield();
  napi_value tid = nullptr;
  napi_create_int32(env, background.tid, &tid);
  return tid;
}

napi_value FinishedShortCall(napi_env env, napi_callback_info /*info*/) {
  if (background.done) return ToObject(env, background.outcome);
  napi_value null = nullptr;
  napi_get_null(env, &null);
  return null;
}

}  // namespace

void AddShortCalls(napi_env env, napi_value exports) {
  const napi_property_descriptor properties[] = {
      {"shortCall", nullptr, ShortCall, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"startShortCall", nullptr, StartShortCall, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"finishedShortCall", nullptr, FinishedShortCall, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
}

}  // namespace gmr_fixture
