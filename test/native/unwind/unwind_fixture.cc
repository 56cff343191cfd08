// unwind_fixture: native/unwind's reading of stacks, callable from JavaScript.
//
// Owns:        nothing.
// Threads:     the main JavaScript thread.
// Signal-safe: no.
// Lifetime:    none; every function is a plain call.

#include <node_api.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../../../native/base/unmasked.h"
#include "../../../native/unwind/code_names.h"
#include "../../../native/unwind/demangle.h"
#include "../../../native/unwind/elf_symbols.h"
#include "blocked_threads.h"
#include "fuzz.h"
#include "parked_thread.h"
#include "reader_checks.h"
#include "walks.h"

namespace gmr::test {

namespace {

using Fields = std::initializer_list<std::pair<const char*, napi_value>>;

napi_value Text(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

napi_value Number(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

// Addresses of user space fit into a double exactly.
napi_value Addresses(napi_env env, const std::vector<platform::Address>& addresses) {
  napi_value array = nullptr;
  napi_create_array(env, &array);
  for (size_t i = 0; i < addresses.size(); ++i) {
    napi_set_element(env, array, static_cast<uint32_t>(i),
                     Number(env, static_cast<double>(addresses[i].number())));
  }
  return array;
}

napi_value Object(napi_env env, Fields fields) {
  napi_value object = nullptr;
  napi_create_object(env, &object);
  for (const auto& [name, value] : fields) napi_set_named_property(env, object, name, value);
  return object;
}

class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr);
  }
  double Number(size_t i) const {
    double number = 0;
    if (i < count_) napi_get_value_double(env_, values_[i], &number);
    return number;
  }
  std::string Text(size_t i) const {
    char text[4096];
    size_t length = 0;
    if (i < count_) napi_get_value_string_utf8(env_, values_[i], text, sizeof text, &length);
    return std::string(text, length);
  }
  napi_value Value(size_t i) const { return i < count_ ? values_[i] : nullptr; }

 private:
  napi_env env_;
  size_t count_ = 4;
  napi_value values_[4] = {};
};

napi_value ToObject(napi_env env, Preparation* preparation, const Walk& walk) {
  std::vector<platform::Address> calls = walk.pcs;
  for (size_t i = 1; i < calls.size(); ++i) calls[i] -= 1;
  napi_value names = nullptr;
  napi_create_array(env, &names);
  uint32_t index = 0;
  for (const auto& name : platform::NameCode(preparation->modules, preparation->maps, calls)) {
    napi_set_element(env, names, index++, Text(env, name.ToString()));
  }
  return Object(env, {{"pcs", Addresses(env, walk.pcs)},
                      {"names", names},
                      {"end", Text(env, walk.end)},
                      {"doing", Text(env, walk.doing)},
                      {"captureUs", Number(env, walk.capture_us)},
                      {"approximateSteps", Number(env, walk.approximate_steps)}});
}

__attribute__((noinline)) napi_value CompareAtDepth(napi_env env, int depth) {
  if (depth > 0) {
    napi_value result = CompareAtDepth(env, depth - 1);
    asm volatile("" ::: "memory");  // no tail call
    return result;
  }
  const auto preparation = std::make_unique<Preparation>();
  return Object(env, {{"ours", ToObject(env, preparation.get(), WalkOwnStack(preparation.get()))},
                      {"runtime", Addresses(env, BacktraceOfRuntime())}});
}

// compareWithRuntime(depth): both walks of this very stack.
napi_value CompareWithRuntime(napi_env env, napi_callback_info info) {
  return CompareAtDepth(env, static_cast<int>(Arguments(env, info).Number(0)));
}

// startBlocked(call, frame): { tid, truth }
napi_value StartBlocked(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const BlockedThread* thread = StartBlockedThread(arguments.Text(0), arguments.Text(1));
  if (thread == nullptr) return nullptr;
  return Object(env, {{"tid", Number(env, thread->tid)}, {"truth", Addresses(env, thread->truth)}});
}

// walkBlocked(tid)
napi_value WalkBlocked(napi_env env, napi_callback_info info) {
  const auto preparation = std::make_unique<Preparation>();
  const Walk walk =
      WalkBlockedThread(preparation.get(), static_cast<int>(Arguments(env, info).Number(0)), false);
  return ToObject(env, preparation.get(), walk);
}

// watchParked(times)
napi_value WatchParked(napi_env env, napi_callback_info info) {
  const ParkedPlaces places = WatchParkedThread(static_cast<int>(Arguments(env, info).Number(0)));
  return Object(env, {{"parked", Number(env, places.parked)},
                      {"wentOn", Number(env, places.went_on)},
                      {"blockedWhileHeld", Number(env, places.blocked_while_held)},
                      {"blockedAfter", Number(env, places.blocked_after)}});
}

// The walk of the main thread by another one, and how that one frees it.
struct MainWalk {
  pthread_t thread{};
  int tid = 0;
  int fd = -1;
  Preparation preparation;
  Walk walk;
};

std::unique_ptr<MainWalk> g_main_walk;

void* WalkMain(void* data) {
  auto* main_walk = static_cast<MainWalk*>(data);
  constexpr int kTries = 2000;
  const timespec a_moment{0, 5'000'000};
  for (int i = 0; i < kTries && !main_walk->walk.doing.starts_with("read("); ++i) {
    nanosleep(&a_moment, nullptr);
    main_walk->walk = WalkBlockedThread(&main_walk->preparation, main_walk->tid, true);
  }
  if (write(main_walk->fd, "x", 1) != 1) std::abort();
  return nullptr;
}

// walkMainInRead(fd): as soon as this thread is blocked in read(2), its stack is walked and a byte is written
// to fd.
napi_value WalkMainInRead(napi_env env, napi_callback_info info) {
  g_main_walk = std::make_unique<MainWalk>();
  g_main_walk->tid = static_cast<int>(syscall(SYS_gettid));
  g_main_walk->fd = static_cast<int>(Arguments(env, info).Number(0));
  if (pthread_create(&g_main_walk->thread, nullptr, WalkMain, g_main_walk.get()) != 0) std::abort();
  return nullptr;
}

// takeMainWalk(): what walkMainInRead found.
napi_value TakeMainWalk(napi_env env, napi_callback_info) {
  pthread_join(g_main_walk->thread, nullptr);
  return ToObject(env, &g_main_walk->preparation, g_main_walk->walk);
}

// checkReader(backend): [[claim, holds]...]
napi_value CheckReaderClaims(napi_env env, napi_callback_info info) {
  const auto backend = static_cast<platform::ReadBackend>(Arguments(env, info).Number(0));
  napi_value object = nullptr;
  napi_create_object(env, &object);
  for (const auto& [claim, holds] : CheckReader(backend)) {
    napi_value value = nullptr;
    napi_get_boolean(env, holds, &value);
    napi_set_named_property(env, object, claim.c_str(), value);
  }
  return object;
}

// denyProcessVmReadv(errno, andNoProcMem): which backend a reader finds, before and after.
napi_value DenyAndFind(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  platform::SelfMemory old_memory;
  platform::MemoryReader old_reader(&old_memory);
  const std::string before = BackendName(old_memory.backend());
  if (!DenyProcessVmReadv(static_cast<int>(arguments.Number(0)), arguments.Number(1) != 0)) return nullptr;
  uint64_t word = 0;
  old_reader.Load(platform::OwnAddress(&arguments), &word);
  const platform::SelfMemory new_memory;
  return Object(env, {{"before", Text(env, before)},
                      {"old", Text(env, BackendName(old_memory.backend()))},
                      {"new", Text(env, BackendName(new_memory.backend()))}});
}

// fuzz(what, runs, seed)
napi_value Fuzz(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const auto preparation = std::make_unique<Preparation>();
  const std::string what = arguments.Text(0);
  const auto fuzz = what == "registers" ? FuzzRegisters : what == "tables" ? FuzzTables : FuzzTexts;
  const FuzzOutcome outcome = fuzz(preparation.get(), static_cast<int>(arguments.Number(1)),
                                   static_cast<uint64_t>(arguments.Number(2)));
  return Object(env, {{"runs", Number(env, outcome.runs)},
                      {"steps", Number(env, outcome.steps)},
                      {"longestMs", Number(env, outcome.longest_ms)}});
}

// findSymbol(path, fileOffset): the name, or the reason why there is none.
napi_value FindSymbol(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const std::vector<uint64_t> addresses{static_cast<uint64_t>(arguments.Number(1))};
  const auto found = platform::FindElfSymbols(arguments.Text(0), arguments.Text(2),
                                              platform::ElfAddressKind::kFileOffset, addresses);
  if (!found.ok()) return Text(env, found.error().ToString());
  return Text(env, platform::ReadableName(found.value()[0].mangled));
}

napi_value Readable(napi_env env, napi_callback_info info) {
  return Text(env, platform::ReadableName(Arguments(env, info).Text(0)));
}

napi_value Shorten(napi_env env, napi_callback_info info) {
  return Text(env, platform::ShortenDemangled(Arguments(env, info).Text(0)));
}

// plainWords(text): the words that plain text shows.
napi_value PlainWords(napi_env env, napi_callback_info info) {
  return Text(env, platform::PlainWords(platform::Unmasked(Arguments(env, info).Text(0))));
}

// call(f): f(), with native frames around it.
napi_value Call(napi_env env, napi_callback_info info) {
  napi_value global = nullptr;
  napi_value result = nullptr;
  napi_get_global(env, &global);
  napi_call_function(env, global, Arguments(env, info).Value(0), 0, nullptr, &result);
  return result;
}

napi_value Initialize(napi_env env, napi_value exports) {
  const std::pair<const char*, napi_callback> functions[] = {
      {"compareWithRuntime", CompareWithRuntime},
      {"startBlocked", StartBlocked},
      {"walkBlocked", WalkBlocked},
      {"watchParked", WatchParked},
      {"checkReader", CheckReaderClaims},
      {"denyProcessVmReadv", DenyAndFind},
      {"fuzz", Fuzz},
      {"findSymbol", FindSymbol},
      {"readableName", Readable},
      {"shortenDemangled", Shorten},
      {"plainWords", PlainWords},
      {"call", Call},
      {"walkMainInRead", WalkMainInRead},
      {"takeMainWalk", TakeMainWalk},
  };
  for (const auto& [name, callback] : functions) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
  return exports;
}

}  // namespace

NAPI_MODULE(unwind_fixture, Initialize)

}  // namespace gmr::test
