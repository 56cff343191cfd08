// What settles a promise: the rules of the search, what is read from its graph, and how it is told.

#include "../../native/image/green/wait_ends.h"

#include <string>
#include <tuple>
#include <utility>

#include "../../native/image/green/wait_rules.h"
#include "../../native/image/green/wait_text.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::FoundWait;
using vm::HolderShape;
using vm::kNoIndex;
using vm::Tagged;
using vm::Wait;
using vm::WaitEffect;
using vm::WaitEnd;
using vm::WaitEndKind;
using vm::WaitRole;
using vm::WaitStep;

using Action = WaitStep::Action;

TEST("a search follows a variable from a function, and ends at the variable of a container") {
  CHECK(vm::StepFor(WaitRole::kFunction, HolderShape::kVariable).role == WaitRole::kScope);
  CHECK(vm::StepFor(WaitRole::kEntry, HolderShape::kVariable).role == WaitRole::kScope);
  const WaitStep container = vm::StepFor(WaitRole::kContainer, HolderShape::kOuterVariable);
  CHECK(container.action == Action::kEnd);
  CHECK(container.end == WaitEndKind::kVariable);
  // What calls a function that merely sees the container says nothing.
  CHECK(vm::StepFor(WaitRole::kContainer, HolderShape::kClosure).action == Action::kIgnore);
  CHECK(vm::StepFor(WaitRole::kContainer, HolderShape::kBound).action == Action::kIgnore);
}

TEST("a search goes on at the promise whose handler settles another one") {
  CHECK(vm::StepFor(WaitRole::kFunction, HolderShape::kFulfilReaction).role == WaitRole::kReaction);
  CHECK(vm::StepFor(WaitRole::kFunction, HolderShape::kRejectReaction).at_most == WaitEffect::kMaySettle);
  CHECK(vm::StepFor(WaitRole::kFunction, HolderShape::kBound).role == WaitRole::kFunction);
}

TEST("a search distinguishes what it does not know from what says nothing") {
  CHECK(vm::StepFor(WaitRole::kFunction, HolderShape::kUnknown).action == Action::kCut);
  CHECK(vm::StepFor(WaitRole::kFunction, HolderShape::kNothing).action == Action::kIgnore);
  // Who merely has a promise waits for it.
  CHECK(vm::StepFor(WaitRole::kPromise, HolderShape::kClass).action == Action::kIgnore);
  CHECK(vm::StepFor(WaitRole::kPromise, HolderShape::kRequest).end == WaitEndKind::kRequest);
}

// A made-up graph; each object has a number of its own.
struct Graph {
  vm::WaitNodes nodes;
  uint64_t next = 0x10001;

  uint32_t Add(WaitRole role, WaitEffect effect = WaitEffect::kSettles) {
    vm::WaitNode node;
    node.object = Tagged(next += 0x10);
    node.role = role;
    node.effect = effect;
    return nodes.Add(node);
  }
  uint32_t End(WaitEndKind end, WaitEffect effect = WaitEffect::kSettles) {
    vm::WaitNode node;
    node.object = Tagged(next += 0x10);
    node.role = WaitRole::kEnd;
    node.end = end;
    node.effect = effect;
    return nodes.Add(node);
  }
  void Connect(uint32_t from, uint32_t to, int32_t offset = 8) {
    vm::WaitEdge edge;
    edge.to = to;
    edge.offset = offset;
    CHECK(nodes.Connect(from, edge));
  }
  // Of promises.
  void Depend(uint32_t from, uint32_t to) { Connect(from, to, -1); }
  // A promise that a function settles, which `holder` has.
  void Hold(uint32_t promise, uint32_t holder) {
    const uint32_t function = Add(WaitRole::kFunction, nodes[holder].effect);
    Connect(promise, function);
    Connect(function, holder);
  }
  FoundWait Find(uint32_t promise) {
    vm::WaitEnds ends(&nodes);
    return ends.Find(promise, [](uint32_t function) { return function == 7; });
  }
};

TEST("the end of a chain of a thousand promises is found") {
  Graph graph;
  const uint32_t first = graph.Add(WaitRole::kPromise);
  uint32_t last = first;
  for (int i = 0; i < 1000; ++i) {
    const uint32_t next = graph.Add(WaitRole::kPromise);
    graph.Depend(last, next);
    last = next;
  }
  const uint32_t pool = graph.Add(WaitRole::kNamed);
  graph.Hold(last, pool);
  const FoundWait wait = graph.Find(first);
  CHECK_EQ(wait.ends.size(), size_t{1});
  CHECK(wait.ends[0].path.back().node == pool);
  // The first promise, the last one, the function, and the pool.
  CHECK_EQ(wait.ends[0].path.size(), size_t{4});
  CHECK_EQ(static_cast<int>(wait.cut), 0);
}

TEST("promises that depend on each other in a circle do not keep a search busy") {
  Graph graph;
  const uint32_t a = graph.Add(WaitRole::kPromise);
  const uint32_t b = graph.Add(WaitRole::kPromise);
  graph.Depend(a, b);
  graph.Depend(b, a);
  CHECK(graph.Find(a).ends.empty());
}

TEST("a timer that can only reject is a limit beside a queue that settles") {
  Graph graph;
  const uint32_t promise = graph.Add(WaitRole::kPromise);
  graph.Hold(promise, graph.End(WaitEndKind::kTimer, WaitEffect::kRejects));
  const uint32_t pool = graph.Add(WaitRole::kNamed);
  graph.Hold(promise, pool);
  const FoundWait wait = graph.Find(promise);
  CHECK_EQ(wait.ends.size(), size_t{2});
  CHECK(wait.ends[0].path.back().node == pool);
  CHECK(wait.ends[1].kind == WaitEndKind::kTimer);
  CHECK(wait.ends[1].effect == WaitEffect::kRejects);
}

TEST("a queue comes before a timer that settles too") {
  Graph graph;
  const uint32_t promise = graph.Add(WaitRole::kPromise);
  graph.Hold(promise, graph.End(WaitEndKind::kTimer));
  const uint32_t pool = graph.Add(WaitRole::kNamed);
  graph.Hold(promise, pool);
  const FoundWait wait = graph.Find(promise);
  CHECK_EQ(wait.ends.size(), size_t{2});
  CHECK(wait.ends[0].path.back().node == pool);
}

TEST("what may settle a promise is not told beside what does") {
  Graph graph;
  const uint32_t promise = graph.Add(WaitRole::kPromise);
  graph.Hold(promise, graph.Add(WaitRole::kNamed, WaitEffect::kMaySettle));
  const uint32_t pool = graph.Add(WaitRole::kNamed);
  graph.Hold(promise, pool);
  const FoundWait wait = graph.Find(promise);
  CHECK_EQ(wait.ends.size(), size_t{1});
  CHECK(wait.ends[0].path.back().node == pool);
}

TEST("an object that only a collection has is an item of it") {
  Graph graph;
  const uint32_t promise = graph.Add(WaitRole::kPromise);
  const uint32_t item = graph.Add(WaitRole::kNamed);
  const uint32_t array = graph.Add(WaitRole::kContainer);
  const uint32_t pool = graph.Add(WaitRole::kNamed);
  graph.Hold(promise, item);
  graph.Connect(item, array);
  graph.Connect(array, pool);
  const FoundWait wait = graph.Find(promise);
  CHECK_EQ(wait.ends.size(), size_t{1});
  CHECK(wait.ends[0].path.back().node == pool);
}

TEST("an object that another one has too is no item") {
  Graph graph;
  const uint32_t promise = graph.Add(WaitRole::kPromise);
  const uint32_t mutex = graph.Add(WaitRole::kNamed);
  const uint32_t owner = graph.Add(WaitRole::kNamed);
  const uint32_t array = graph.Add(WaitRole::kContainer);
  graph.Hold(promise, mutex);
  graph.Connect(mutex, array);
  graph.Connect(array, graph.Add(WaitRole::kNamed));
  graph.Connect(mutex, owner);
  const FoundWait wait = graph.Find(promise);
  CHECK_EQ(wait.ends.size(), size_t{1});
  CHECK(wait.ends[0].path.back().node == mutex);
  CHECK_EQ(wait.ends[0].owners.size(), size_t{1});
  CHECK(wait.ends[0].owners[0].node == owner);
}

// A promise that a listener of an emitter settles, which `array` has.
void Listen(Graph* graph, uint32_t promise, uint32_t emitter, const char* event) {
  const uint32_t events = graph->Add(WaitRole::kEntry);
  const uint32_t listener = graph->Add(WaitRole::kFunction);
  graph->Connect(promise, listener);
  for (const auto& [from, to, member] :
       {std::tuple(listener, events, event), std::tuple(events, emitter, "_events")}) {
    vm::WaitEdge edge;
    edge.to = to;
    edge.offset = 8;
    edge.member = member;
    CHECK(graph->nodes.Connect(from, edge));
  }
}

TEST("emitters of one array are told apart, and so are the events of one emitter") {
  Graph graph;
  const uint32_t promise = graph.Add(WaitRole::kPromise);
  const uint32_t array = graph.Add(WaitRole::kContainer);
  const uint32_t emitters[] = {graph.Add(WaitRole::kNamed), graph.Add(WaitRole::kNamed)};
  for (const uint32_t emitter : emitters) {
    graph.nodes[emitter].in_array = true;
    graph.Connect(emitter, array);
  }
  graph.Connect(array, graph.End(WaitEndKind::kGlobal));
  const std::pair<uint32_t, const char*> awaited[] = {
      {emitters[0], "online"}, {emitters[1], "online"}, {emitters[0], "charged"}, {emitters[0], "charged"}};
  for (const auto& [emitter, event] : awaited) {
    const uint32_t part = graph.Add(WaitRole::kPromise);
    graph.Depend(promise, part);
    Listen(&graph, part, emitter, event);
  }
  CHECK_EQ(graph.Find(promise).ends.size(), size_t{3});
}

TEST("a variable of the waiting function itself settles nothing") {
  Graph graph;
  const uint32_t promise = graph.Add(WaitRole::kPromise);
  const uint32_t local = graph.End(WaitEndKind::kLocal, WaitEffect::kMaySettle);
  graph.nodes[local].function = 7;
  graph.Hold(promise, local);
  CHECK(graph.Find(promise).ends.empty());
  graph.nodes[local].function = 8;
  CHECK_EQ(graph.Find(promise).ends.size(), size_t{1});
}

TEST("a search that was cut anywhere says so") {
  Graph graph;
  const uint32_t promise = graph.Add(WaitRole::kPromise);
  const uint32_t function = graph.Add(WaitRole::kFunction);
  graph.Connect(promise, function);
  graph.nodes[function].cut = vm::kCutUnseen;
  CHECK_EQ(static_cast<int>(graph.Find(promise).cut), static_cast<int>(vm::kCutUnseen));
}

TEST("Promise.all with more parts than are listed counts the rest") {
  Graph graph;
  const uint32_t all = graph.Add(WaitRole::kPromise);
  for (int i = 0; i < 10; ++i) {
    const uint32_t part = graph.Add(WaitRole::kPromise);
    graph.Depend(all, part);
    graph.Hold(part, graph.Add(WaitRole::kNamed));
  }
  const FoundWait wait = graph.Find(all);
  CHECK_EQ(wait.ends.size() + wait.more, size_t{10});
  CHECK(wait.more > 0);
}

vm::Holder Object(const char* class_name, const char* member, const char* file) {
  vm::Holder holder;
  holder.class_name = class_name;
  holder.member = member;
  holder.file = file;
  return holder;
}

vm::Holder Timer(double after_ms, double left_ms) {
  vm::Holder holder;
  holder.kind = vm::HolderKind::kTimer;
  holder.class_name = "Timeout";
  holder.after_ms = after_ms;
  holder.left_ms = left_ms;
  return holder;
}

vm::Holder Variable(const char* name, const char* file) {
  vm::Holder holder;
  holder.kind = vm::HolderKind::kScope;
  holder.member = name;
  holder.file = file;
  return holder;
}

Wait Searched() {
  Wait wait;
  wait.is_searched = true;
  return wait;
}

TEST("a text names the class, the property, the variable and the limit") {
  Wait wait = Searched();
  WaitEnd pool;
  pool.holders = {Object("SeatPool", "queue", "/srv/app.js")};
  pool.owners = {Variable("seats", "/srv/app.js")};
  WaitEnd limit;
  limit.effect = WaitEffect::kRejects;
  limit.holders = {Timer(600000, 599123)};
  wait.ends = {pool, limit};
  CHECK_EQ(vm::WaitText(wait, "", true),
           std::string("SeatPool.queue (\"seats\" in /srv/app.js), given up after 600 s (599 s left)"));
}

TEST("a text names the event, and the variable that has a Map") {
  Wait wait = Searched();
  WaitEnd event;
  event.holders = {Object("", "answer", ""), Object("PriceBroker", "_events", "/srv/app.js")};
  event.holders[0].kind = vm::HolderKind::kPlain;
  wait.ends = {event};
  CHECK_EQ(vm::WaitText(wait, "", true), std::string("event \"answer\" of PriceBroker (/srv/app.js)"));
  WaitEnd item;
  item.holders = {Object("", "ack:2", ""), Object("Session", "_events", "/srv/app.js"), Object("Map", "", ""),
                  Object("Gateway", "sessions", "/srv/app.js")};
  item.holders[0].kind = vm::HolderKind::kPlain;
  item.holders[2].kind = vm::HolderKind::kCollection;
  wait.ends = {item};
  CHECK_EQ(vm::WaitText(wait, "", true),
           std::string("event \"ack:2\" of Session in Gateway.sessions (/srv/app.js)"));
  WaitEnd map;
  map.holders = {Object("Map", "", ""), Variable("approvals", "/srv/app.js")};
  map.holders[0].kind = vm::HolderKind::kCollection;
  wait.ends = {map};
  CHECK_EQ(vm::WaitText(wait, "", true), std::string("Map \"approvals\" (/srv/app.js)"));
}

TEST("a text claims that nothing settles a promise only after a complete search at rest") {
  Wait wait = Searched();
  CHECK_EQ(
      vm::WaitText(wait, "", true),
      std::string(
          "a promise that nothing in the heap can resolve any more (only running or native code could)"));
  CHECK_EQ(vm::WaitText(wait, "", false), std::string());
  wait.cut = vm::kCutTime;
  CHECK_EQ(vm::WaitText(wait, "", true),
           std::string("something that was not followed to the end: the time for it was used up"));
  WaitEnd limit;
  limit.effect = WaitEffect::kRejects;
  limit.holders = {Timer(5000, -1)};
  wait.ends = {limit};
  wait.cut = 0;
  CHECK_EQ(vm::WaitText(wait, "", false), std::string("something that was not found, given up after 5 s"));
  CHECK_EQ(vm::WaitText(wait, "", true),
           std::string("a promise that nothing in the heap can resolve any more, given up after 5 s"));
}

}  // namespace

}  // namespace gmr::test
