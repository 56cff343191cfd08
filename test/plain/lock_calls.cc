// What a suspended function is still to call on an object, by its source. `@` marks the place.

#include "../../native/image/text/lock_calls.h"

#include <string>

#include "harness.h"

namespace gmr::test {

namespace {

std::string CallsIn(std::u16string source) {
  const size_t at = source.find(u'@');
  if (at == source.npos) Fail(__FILE__, __LINE__, "no place");
  std::string text;
  for (const vm::LockCall& call : vm::FindLockCalls(source.erase(at, 1), at)) {
    for (const std::string& name : call.object) text += name + ".";
    text += call.method + " ";
  }
  return text;
}

TEST("LockCalls finds what ends a use of a lock that has begun") {
  CHECK_EQ(CallsIn(u"() { await l.enter(); try { @await f(); } finally { l.leave(); } }"), "l.leave ");
  CHECK_EQ(CallsIn(u"() { await this.a.b.take(); @await f(); this.a.b.give(1); }"), "this.a.b.give ");
  CHECK_EQ(CallsIn(u"(w) { await this.lock(); try { @await w() } finally { this.#next() } }"), "this.#next ");
  CHECK_EQ(CallsIn(u"() { await l.enter(); for (;;) { @await f(); } l?.leave(); }"), "l.leave ");
}

TEST("LockCalls finds none where the use has not begun, or is over") {
  CHECK_EQ(CallsIn(u"() { @await l.enter(); try { await f(); } finally { l.leave(); } }"), "");
  CHECK_EQ(CallsIn(u"() { @await f(); await l.enter(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { l.open(); @await f(); await l.enter(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { for (;;) { await l.enter(); l.leave(); @await f(); } }"), "");
  CHECK_EQ(CallsIn(u"() { await l.enter(); l.leave(); @await f(); await l.enter(); l.leave(); }"), "");
}

TEST("LockCalls counts only a giving back that is reached") {
  CHECK_EQ(CallsIn(u"() { await l.enter(); try { @await f(); } catch (e) { l.leave(); throw e; } }"), "");
  CHECK_EQ(CallsIn(u"() { await l.enter(); try { @await f(); } catch (e) { l.leave(); } l.leave(); }"),
           "l.leave ");
  CHECK_EQ(CallsIn(u"(x) { await l.enter(); if (x) { @await f(); return; } l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"(x) { await l.enter(); if (x) { @await f(); } else { l.leave(); } }"), "");
  CHECK_EQ(CallsIn(u"() { await enter(); try { @await f(); } catch (e) { leave(); throw e; } }"), "");
  CHECK_EQ(CallsIn(u"() { const r = await enter(); try { @await f(); } catch (e) { r(); throw e; } }"), "");
}

TEST("LockCalls does not count what may have failed before") {
  CHECK_EQ(CallsIn(u"() { try { await l.enter(); } catch { g(); } @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { try { await l.enter(); } catch (e) { if (e.x) throw e; } @await f(); l.leave(); }"),
           "");
}

TEST("LockCalls does not count a lock that is given back meanwhile") {
  CHECK_EQ(CallsIn(u"() { await m.enter(); while (x) @await c.wait(m); m.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { await this.m.enter(); @await this.c.wait(1, this.m); this.m.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { await enter(); @await wait(leave); leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { await m.enter(); @await f(m.size); m.leave(); }"), "m.leave ");
}

TEST("LockCalls finds no function beside one that was called already") {
  CHECK_EQ(CallsIn(u"() { const a = await f(); a(); const b = await g(); @await h(); b(); }"), "");
  CHECK_EQ(CallsIn(u"() { const a = await f(); h().finally(a); const b = await g(); @await h(); b(); }"), "");
  CHECK_EQ(CallsIn(u"() { const a = await f(); setTimeout(a, 1); const b = await g(); @await h(); b(); }"),
           "");
  CHECK_EQ(CallsIn(u"() { const a = await f(); const b = await g(); @await h(a); b(); }"), "b ");
}

TEST("LockCalls counts only a call that was waited for") {
  CHECK_EQ(CallsIn(u"() { const r = await l.enter(); @await f(); l.leave(); }"), "l.leave ");
  CHECK_EQ(CallsIn(u"function*() { const r = yield l.enter()\n @yield f()\n l.leave(r) }"), "l.leave ");
  CHECK_EQ(CallsIn(u"() { l.size(); @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { log(l.size()); @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { const r = l.enter(); @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { await l.enter().catch(g); @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { await Promise.race([l.enter(), g()]); @await f(); l.leave(); }"), "");
}

TEST("LockCalls counts only a call that must have run") {
  CHECK_EQ(CallsIn(u"(x) { if (x) await l.enter(); @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"(x) { if (x)\n await l.enter()\n @await f()\n l.leave() }"), "");
  CHECK_EQ(CallsIn(u"(x) { if (x) { await l.enter(); } @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"(x) { if (x) g(); else await l.enter(); @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"(x) { x && await l.enter(); @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"(x) { x ? await l.enter() : 0; @await f(); l.leave(); }"), "");
  CHECK_EQ(
      CallsIn(u"(x) { switch (x) { case 1: g(); await l.enter(); break; case 2: @await f(); l.leave(); } }"),
      "");
  CHECK_EQ(CallsIn(u"() { const g = async () => { await l.enter(); }; @await f(); l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { try { await l.enter(); } catch { @await f(); l.leave(); } }"), "");
  CHECK_EQ(CallsIn(u"() { try { await l.enter(); } catch (e) { throw g(e); } @await f(); l.leave(); }"),
           "l.leave ");
  CHECK_EQ(CallsIn(u"(x) { if (x) { await l.enter(); @await f(); l.leave(); } }"), "l.leave ");
  CHECK_EQ(CallsIn(u"() { g()\n await l.enter()\n @await f()\n l.leave() }"), "l.leave ");
}

TEST("LockCalls does not count what may have failed, or is of one key among several") {
  CHECK_EQ(CallsIn(u"() { const ok = await l.enter(); @await f(); if (ok) l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { const ok = await l.enter(); @await f(); ok && l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"(k) { await l.lock(k); @await f(); l.unlock(k); }"), "");
  CHECK_EQ(CallsIn(u"() { await l.lock('a'); @await f(); l.unlock('a'); }"), "");
  CHECK_EQ(CallsIn(u"() { await l.acquire(2); @await f(); l.release(2); }"), "l.release ");
}

TEST("LockCalls tells what gives back by its name") {
  CHECK_EQ(CallsIn(u"() { const j = await q.take(); @await f(j); q.add(j); }"), "");
  CHECK_EQ(CallsIn(u"() { await q.take(); try { @await f(); } finally { q.stop(); } }"), "");
  CHECK_EQ(CallsIn(u"() { await g.wait(); @await f(); g.open(); }"), "");
  CHECK_EQ(CallsIn(u"() { await l.turn(); @await f(); l.next(); }"), "");
  CHECK_EQ(CallsIn(u"() { await l.turn(); try { @await f(); } finally { l.next(); } }"), "l.next ");
  CHECK_EQ(CallsIn(u"() { const a = await p.get(); @await f(a); p.release(a); }"), "p.release ");
  CHECK_EQ(CallsIn(u"() { const a = await p.get(); end(a); @await f(); p.release(await p.get()); }"), "");
}

TEST("LockCalls counts no call of another round of a loop") {
  CHECK_EQ(CallsIn(u"() { await l.enter(); for (;;) { @await f(); l.leave(); await g(); } }"), "");
  CHECK_EQ(CallsIn(u"() { for (;;) { await l.enter(); @await f(); } l.leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { for (const x of y) { await l.enter(); @await f(x); l.leave(); } }"), "l.leave ");
}

TEST("FindAwaitedMethod finds the call that is waited for") {
  const auto awaited = [](std::u16string source) {
    const size_t at = source.find(u'@');
    return vm::FindAwaitedMethod(source.erase(at, 1), at);
  };
  CHECK_EQ(awaited(u"() { @await this.gate.enter(); }"), "enter");
  CHECK_EQ(awaited(u"() { const x = @await pool.get(1); }"), "get");
  CHECK_EQ(awaited(u"() { @await new Promise((r) => q.push(r)); }"), "");
  CHECK_EQ(awaited(u"() { @await f(); }"), "f");
}

TEST("LockCalls distinguishes objects by how they are written") {
  CHECK_EQ(CallsIn(u"() { await a.lock(); await b.lock(); @await f(); b.unlock(); a.unlock(); }"),
           "b.unlock a.unlock ");
  CHECK_EQ(CallsIn(u"() { await a.lock(); @await b.lock(); b.unlock(); a.unlock(); }"), "a.unlock ");
}

TEST("LockCalls is not confused by what is no source") {
  CHECK_EQ(CallsIn(u"() { await l.enter(@; l.leave() }"), "");
  CHECK_EQ(CallsIn(u"@"), "");
}

TEST("LockCalls finds a function that was handed out, and is still to be called") {
  CHECK_EQ(CallsIn(u"() { const r = await l.enter(); try { @await f(); } finally { r(); } }"), "r ");
  CHECK_EQ(CallsIn(u"() { const [v, r] = await enter(); @await f(v); r(); }"), "r ");
  CHECK_EQ(CallsIn(u"() { for (;;) { const r = await l.enter(); @await f(); r(); } }"), "r ");
}

TEST("LockCalls finds no function that may have been called, or that others have") {
  CHECK_EQ(CallsIn(u"() { const r = await l.enter(); r(); @await f(); r(); }"), "");
  CHECK_EQ(CallsIn(u"() { const r = await l.enter(); setTimeout(r, 9); @await f(); r(); }"), "");
  CHECK_EQ(CallsIn(u"() { const r = await l.enter(); @await f(r); r(); }"), "");
  CHECK_EQ(CallsIn(u"() { const r = await l.enter(); for (;;) { @await f(); r(); } }"), "");
  CHECK_EQ(CallsIn(u"(x) { let r; if (x) r = await l.enter(); @await f(); if (r) r(); }"), "");
  CHECK_EQ(CallsIn(u"() { const r = await l.enter(key); @await f(); r(); }"), "");
  CHECK_EQ(CallsIn(u"() { const r = l.enter(); @await f(); r(); }"), "");
  CHECK_EQ(CallsIn(u"() { @await l.enter(); r(); }"), "");
}

TEST("LockCalls finds a lock behind many conditions and calls of functions") {
  std::u16string many;
  for (int i = 0; i < 100; ++i) many += u"if (x) f();";
  CHECK_EQ(CallsIn(u"() { " + many + u" await l.enter(); @await g(); l.leave(); }"), "l.leave ");
}

TEST("LockCalls finds two functions in variables") {
  CHECK_EQ(CallsIn(u"() { await enter(); try { @await f(); } finally { leave(); } }"), "leave ");
  CHECK_EQ(CallsIn(u"() { await enter(); leave(); @await f(); leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { await enter(key); @await f(); leave(key); }"), "");
  CHECK_EQ(CallsIn(u"() { if (x) await enter(); @await f(); leave(); }"), "");
  CHECK_EQ(CallsIn(u"() { await f(); @await g(); next(); }"), "");
  CHECK_EQ(CallsIn(u"() { await f(); try { @await g(); } finally { next(); } }"), "next ");
}

}  // namespace

}  // namespace gmr::test
