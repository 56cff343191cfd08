#include "blocked_threads.h"

#include <alloca.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "walks.h"

namespace gmr::test {

namespace {

struct Start {
  BlockedThread thread;
  void (*block)() = nullptr;
  sem_t ready;
};

void ReadFromPipe() {
  int fds[2];
  char byte = 0;
  if (pipe(fds) == 0 && read(fds[0], &byte, 1) == 1) std::abort();
}

void WriteToFullPipe() {
  int fds[2];
  static char bytes[1 << 17];
  if (pipe(fds) == 0 && write(fds[1], bytes, sizeof bytes) > 0) std::abort();
}

void SleepLong() {
  const timespec long_time{86400, 0};
  nanosleep(&long_time, nullptr);
}

void PollPipe() {
  int fds[2];
  if (pipe(fds) != 0) return;
  pollfd waiting[] = {{fds[0], POLLIN, 0}, {fds[0], POLLIN, 0}};
  poll(waiting, 2, -1);
}

void WaitForCondition() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  pthread_mutex_lock(&mutex);
  for (;;) pthread_cond_wait(&never, &mutex);
}

void WaitForEvents() {
  epoll_event event{};
  epoll_wait(epoll_create1(0), &event, 1, -1);
}

int ListenOnLoopback() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(fd, 0) != 0)
    std::abort();
  return fd;
}

void AcceptNobody() { accept(ListenOnLoopback(), nullptr, nullptr); }

// The third connection finds the queue of a listener that accepts nobody full.
void ConnectToFullQueue() {
  const int listener = ListenOnLoopback();
  sockaddr_in address{};
  socklen_t bytes = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &bytes);
  for (;;) connect(socket(AF_INET, SOCK_STREAM, 0), reinterpret_cast<sockaddr*>(&address), bytes);
}

void WaitForChild() {
  // exec, so that the command has a name; the pipe ends the child with us.
  int fds[2];
  if (pipe(fds) != 0) return;
  const pid_t child = vfork();
  if (child == 0) {
    // All three: Node closes its own at exec, and cat wants an output.
    for (int fd = 0; fd < 3; ++fd) dup2(fds[0], fd);
    close(fds[1]);
    execl("/bin/cat", "cat", nullptr);
    _exit(1);
  }
  fcntl(fds[1], F_SETFD, FD_CLOEXEC);
  waitpid(child, nullptr, 0);
}

std::string InTestFolder(const char* name) {
  const char* folder = std::getenv("TMPDIR");
  return std::string(folder == nullptr ? "/tmp" : folder) + "/" + name;
}

void LockLockedFile() {
  const std::string path = InTestFolder("flock");
  const int first = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const int second = open(path.c_str(), O_RDWR | O_CLOEXEC);
  flock(first, LOCK_EX);
  flock(second, LOCK_EX);
}

void OpenFifo() {
  const std::string path = InTestFolder("fifo");
  mkfifo(path.c_str(), 0600);  // exists when another thread was first
  open(path.c_str(), O_RDONLY);
}

struct NamedCall {
  const char* name;
  void (*block)();
};

constexpr NamedCall kCalls[] = {
    {"read", ReadFromPipe},      {"write", WriteToFullPipe},
    {"nanosleep", SleepLong},    {"poll", PollPipe},
    {"futex", WaitForCondition}, {"epoll_wait", WaitForEvents},
    {"accept", AcceptNobody},    {"connect", ConnectToFullQueue},
    {"wait4", WaitForChild},     {"flock", LockLockedFile},
    {"open", OpenFifo},
};

// Keeps the compiler from replacing a call at the end of a function by a jump.
void KeepFrame() { asm volatile("" ::: "memory"); }

__attribute__((noinline)) void TellAndBlock(Start* start) {
  start->thread.tid = static_cast<int>(syscall(SYS_gettid));
  start->thread.truth = BacktraceOfRuntime();
  // Its own frame is ours to leave out.
  start->thread.truth.erase(start->thread.truth.begin());
  sem_post(&start->ready);
  start->block();
  KeepFrame();
}

__attribute__((noinline)) void ThroughPlainFrame(Start* start) {
  TellAndBlock(start);
  KeepFrame();
}

// A frame of unknown size: the compiler needs a frame pointer.
__attribute__((noinline)) void ThroughAllocaFrame(Start* start) {
  auto* memory = static_cast<volatile char*>(alloca(start->thread.call.size() * 100 + 64));
  memory[0] = 1;
  TellAndBlock(start);
  memory[1] = 2;
}

__attribute__((noinline)) void ThroughLargeFrame(Start* start) {
  [[maybe_unused]] volatile char memory[40000];
  memory[0] = 1;
  ThroughPlainFrame(start);
  memory[39999] = 2;
}

// More than the ABI's alignment: the stack pointer is rounded, and a second register keeps the old one.
__attribute__((noinline)) void ThroughAlignedFrame(Start* start) {
  [[maybe_unused]] alignas(128) volatile char memory[256];
  memory[0] = 1;
  TellAndBlock(start);
  memory[255] = 2;
}

struct NamedFrame {
  const char* name;
  void (*enter)(Start*);
};

constexpr NamedFrame kFrames[] = {
    {"plain", ThroughPlainFrame},
    {"alloca", ThroughAllocaFrame},
    {"large", ThroughLargeFrame},
    {"aligned", ThroughAlignedFrame},
};

void* RunThread(void* data) {
  auto* start = static_cast<Start*>(data);
  for (const NamedFrame& frame : kFrames) {
    if (start->thread.frame == frame.name) frame.enter(start);
  }
  return nullptr;
}

}  // namespace

const BlockedThread* StartBlockedThread(const std::string& call, const std::string& frame) {
  auto* start = new Start();  // leaked: the thread reads it as long as it lives
  start->thread.call = call;
  start->thread.frame = frame;
  for (const NamedCall& known : kCalls) {
    if (call == known.name) start->block = known.block;
  }
  if (start->block == nullptr) return nullptr;
  sem_init(&start->ready, 0, 0);
  pthread_t thread;
  if (pthread_create(&thread, nullptr, RunThread, start) != 0) return nullptr;
  pthread_detach(thread);
  timespec deadline{};
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += 10;
  return sem_timedwait(&start->ready, &deadline) == 0 ? &start->thread : nullptr;
}

}  // namespace gmr::test
