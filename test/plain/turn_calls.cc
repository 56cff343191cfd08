// From which lists a function takes what waits in them. `@` marks the place where it waits.

#include "../../native/image/text/turn_calls.h"

#include <string>
#include <utility>
#include <vector>

#include "harness.h"

namespace gmr::test {

namespace {

// `~` marks what is before the place, and what is done only on a condition has the names that it mentions.
std::string Names(const std::vector<vm::TurnName>& names) {
  std::string text;
  for (const vm::TurnName& name : names) {
    text += std::string(name.is_repeated ? "~" : "") + (name.is_property ? "." : "") + name.name;
    if (name.is_conditional) text += "?";
    for (const std::string& asked : name.asked) text += asked + "?";
    text += " ";
  }
  return text;
}

vm::TurnCalls TurnsIn(std::u16string source) {
  const size_t at = source.find(u'@');
  if (at == source.npos) Fail(__FILE__, __LINE__, "no place");
  return vm::FindTurnCalls(source.erase(at, 1), at);
}

std::string ListsIn(const std::u16string& source) { return Names(TurnsIn(source).lists); }
std::string CallsIn(const std::u16string& source) { return Names(TurnsIn(source).calls); }

TEST("TurnCalls finds lists from which something is taken behind the place") {
  CHECK_EQ(ListsIn(u"(f) { try { return @await f(); } finally { const n = this.queue.shift(); n?.(); } }"),
           ".queue ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); queue.shift()?.(); }"), "queue ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); for (const next of this.#line) next(); }"), ".#line ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); a.b.waiting.splice(0).forEach((n) => n()); }"), ".waiting ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); while (list.length > 0) list.pop()(); }"), "list?list?length? ");
}

TEST("TurnCalls takes nothing else for taking") {
  CHECK_EQ(ListsIn(u"(f) { queue.shift(); @await f(); }"), "");
  CHECK_EQ(ListsIn(u"(f) { @await f(); queue.push(f); queue.length; this.shift(); }"), "");
  CHECK_EQ(ListsIn(u"(f) { @await f(); queue.splice(queue.indexOf(f), 1); set.delete(f); }"), "");
}

TEST("TurnCalls ignores what is not reached from the place") {
  CHECK_EQ(ListsIn(u"(f) { if (f) { @await f(); return; } queue.shift(); }"), "");
  CHECK_EQ(ListsIn(u"(f) { if (f) return @await f(); queue.shift(); }"), "");
  CHECK_EQ(ListsIn(u"(f) { if (f) { @await f(); } else { queue.shift(); } }"), "");
  CHECK_EQ(ListsIn(u"(f) { if (f) { @await f(); } else if (g(1)) { queue.shift(); } }"), "");
  CHECK_EQ(ListsIn(u"(f) { try { @await f(); } catch (e) { queue.shift(); } }"), "");
  CHECK_EQ(ListsIn(u"(f) { switch (f) { case 1: @await f(); break; case 2: queue.shift(); } }"), "");
}

TEST("TurnCalls does not stop at what another branch leaves") {
  CHECK_EQ(ListsIn(u"(f) { @await f(); if (f) { return; } queue.shift(); }"), "queue ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); g(() => { return 1; }); queue.shift(); }"), "queue ");
  CHECK_EQ(ListsIn(u"(f) { if (f) { @await f(); } if (g) { h(); } else { queue.shift(); } }"), "queue?g? ");
}

TEST("TurnCalls finds the functions that are called behind the place") {
  CHECK_EQ(CallsIn(u"(f) { before(); @await f(1); next(); this.leave(); this.#done(); a.b(); }"),
           "f next .leave .#done ");
  CHECK_EQ(CallsIn(u"(f) { try { return @await f(); } finally { next(); } }"), "next ");
}

TEST("TurnCalls of a loop has what is before the place too") {
  CHECK_EQ(ListsIn(u"() { for (;;) { const job = queue.shift(); @await job(); } }"), "~queue ");
  CHECK_EQ(ListsIn(u"() { queue.shift(); for (;;) { @await f(); } }"), "");
  CHECK_EQ(ListsIn(u"() { for (;;) { queue.shift(); } @await f(); }"), "");
}

TEST("TurnCalls tells on which conditions something is taken") {
  CHECK_EQ(ListsIn(u"(f) { @await f(); if (isClosed) queue.shift()(); }"), "queue?isClosed? ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); if (a.b) { if (b && c) { queue.shift()(); } } }"), "queue?b? ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); if (a) g(); else queue.shift()(); }"), "queue?a? ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); if (a) g(); else if (queue) { h(() => queue.shift()()); } }"),
           "queue? ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); switch (a) { case 1: queue.shift(); } }"), "queue?a? ");
  CHECK_EQ(ListsIn(u"(f) { if (f) { @await f(); queue.shift(); } }"), "queue ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); if (f) { g(); } queue.shift(); }"), "queue ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); while (active < max) queue.shift()(); }"), "queue ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); if (--depth === 0) queue.shift()(); }"), "queue ");
  CHECK_EQ(CallsIn(u"(f) { @await f(1); if (isOpen) this.next(); }"), "f .next?isOpen? ");
  const vm::TurnCalls turns = TurnsIn(u"(f) { @await f(); if (line.length) line.shift()(); }");
  CHECK(turns.lists.front().IsDoneFor("line"));
  CHECK(!turns.lists.front().IsDoneFor("queue"));
}

TEST("TurnCalls bounds what it reads of many conditions, names and branches") {
  std::u16string many = u"if (a) f();";
  for (int i = 0; i < 5000; ++i) many += u" else if (a) f();";
  CHECK_EQ(ListsIn(u"(f) { @await f(); " + many + u" else queue.shift(); }"), "queue? ");
  std::u16string names = u"(queue";
  for (int i = 0; i < 5000; ++i) names += u" || queue";
  CHECK_EQ(ListsIn(u"(f) { @await f(); if " + names + u") queue.shift(); }"), "queue? ");
  std::u16string nested = u"(f) { ";
  for (int i = 0; i < 20; ++i) nested += u"if (this.a) { ";
  nested += u"@await f(); ";
  for (int i = 0; i < 21; ++i) nested += u"}";
  CHECK(TurnsIn(nested).waits_by_parameter);
}

TEST("TurnCalls counts the elements of a loop only if it calls them") {
  CHECK_EQ(ListsIn(u"(f) { @await f(); for (const { wake } of queue) wake(); }"), "queue ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); for (const each of queue) { each.resolve(); } }"), "queue ");
  CHECK_EQ(ListsIn(u"(f) { @await f(); for (const each of queue) log(each); }"), "");
  CHECK_EQ(ListsIn(u"(f) { @await f(); for (const each of queue) log(each); each(); }"), "");
  CHECK_EQ(ListsIn(u"(f) { @await f(); for (const each of queue) { n += each.size; } }"), "");
}

TEST("TurnCalls tells whether a function has the `this` of the one around it") {
  CHECK(vm::FindTurnCalls(u"() => this.queue.shift()", 0).is_arrow);
  CHECK(vm::FindTurnCalls(u"async (a) => { await a(); }", 0).is_arrow);
  CHECK(vm::FindTurnCalls(u"async a => { await a(); }", 0).is_arrow);
  CHECK(vm::FindTurnCalls(u"a => a", 0).is_arrow);
  CHECK(!vm::FindTurnCalls(u"(a) { return () => 1; }", 0).is_arrow);
  CHECK(!vm::FindTurnCalls(u"() { this.queue.shift(); }", 0).is_arrow);
}

TEST("TurnCalls tells whether something is marked as free") {
  CHECK(vm::FindTurnCalls(u"() => { this.active--; this.next(); }", 0).frees);
  CHECK(vm::FindTurnCalls(u"() => { active -= 1; next(); }", 0).frees);
  CHECK(vm::FindTurnCalls(u"() => { this.isBusy = false; next(); }", 0).frees);
  CHECK(vm::FindTurnCalls(u"() => { this.running.delete(job); next(); }", 0).frees);
  CHECK(!vm::FindTurnCalls(u"() => this.queue.shift()?.()", 0).frees);
  CHECK(!vm::FindTurnCalls(u"() => { const next = queue.shift(); next(); }", 0).frees);
}

TEST("TurnCalls tells whether it waits because of an argument") {
  CHECK(TurnsIn(u"(name) { if (name === 'wait') { @await f(); } queue.shift(); }").waits_by_parameter);
  CHECK(TurnsIn(u"(key, f) { while (busy.has(key)) @await f(); }").waits_by_parameter);
  CHECK(!TurnsIn(u"(f) { if (this.active >= this.max) @await f(); }").waits_by_parameter);
  CHECK(!TurnsIn(u"(key) { if (key) { g(); } @await f(); }").waits_by_parameter);
}

TEST("TurnCalls finds what was taken and is waited for") {
  const auto handled = [](std::u16string source) { return Names(TurnsIn(std::move(source)).handled); };
  CHECK_EQ(handled(u"() { const job = this.jobs.shift(); try { @await job(); } finally { this.next(); } }"),
           "~.jobs ");
  CHECK_EQ(handled(u"() { while (x) { const { run, id: name } = jobs.pop(); @await run(name); } }"),
           "~jobs ");
  CHECK_EQ(handled(u"() { const job = jobs.shift(); job(); @await tick(); }"), "");
  CHECK_EQ(handled(u"() { jobs.shift()(); @await tick(jobs); }"), "");
}

TEST("TurnCalls tells whether a function has parameters") {
  CHECK(!vm::FindTurnCalls(u"() => queue.shift()", 0).has_parameters);
  CHECK(vm::FindTurnCalls(u"(item) => queue.shift()(item)", 0).has_parameters);
  CHECK(vm::FindTurnCalls(u"item => queue.shift()(item)", 0).has_parameters);
}

TEST("TurnCalls of a whole function has all of it, and nothing where it is not understood") {
  const vm::TurnCalls whole = vm::FindTurnCalls(u"() { if (x) return; const n = queue.shift(); n(); }", 0);
  CHECK_EQ(Names(whole.lists), "queue ");
  CHECK_EQ(Names(whole.calls), "n ");
  CHECK_EQ(Names(vm::FindTurnCalls(u"() { this.next(", 0).calls), "");
}

}  // namespace

}  // namespace gmr::test
