// Whether a function that waits may still have what it took, by its source. `@` marks the place.

#include <string>

#include "../../native/image/text/giving_back.h"
#include "harness.h"

namespace gmr::test {

namespace {

bool MayHave(std::u16string source) {
  const size_t at = source.find(u'@');
  if (at == source.npos) Fail(__FILE__, __LINE__, "no place");
  return vm::FindGivingBack(source.erase(at, 1), at).may_have;
}

TEST("GivingBack::may_have is true where it is given back behind the place") {
  CHECK(MayHave(u"() { const c = await p.connect(); @await f(c); c.release(); }"));
  CHECK(MayHave(u"() { const c = await p.connect(); try { @await f(c) } finally { c.release() } }"));
  CHECK(MayHave(u"() { const c = await p.getConnection(); @await f(c); p.releaseConnection(c) }"));
}

TEST("GivingBack::may_have is false where it was given back before") {
  CHECK(!MayHave(u"() { const c = await p.connect(); c.release(); @await f(); }"));
  CHECK(!MayHave(u"() { try { c = await p.connect() } finally { c.release() } @await f(); d.release() }"));
}

TEST("GivingBack::may_have is false where the source never speaks of it") {
  CHECK(!MayHave(u"() { const c = await p.connect(); finish(c); @await f(); }"));
  CHECK(!MayHave(u"(c) { @await c.work(); }"));
}

TEST("GivingBack::may_have is false in a loop that has not taken it yet") {
  CHECK(!MayHave(u"() { let c; for (;;) { @await f(); c = await p.connect(); c.release(); } }"));
  CHECK(!MayHave(u"() { let c; while (true) { c = @await p.connect(); c.release(); } }"));
  CHECK(!MayHave(u"() { do { @await f(); c = await p.connect(); c.release() } while (c) }"));
  CHECK(!MayHave(u"() { for await (const x of y) { @await f(); c = await p.connect(); c.release() } }"));
  CHECK(!MayHave(u"() { while (@await f()) { c = await p.connect(); c.release() } }"));
  CHECK(!MayHave(u"() { for (;;) if (x) { @await f(); c = await p.connect(); c.release() } }"));
}

TEST("GivingBack::may_have is true in a loop that took it before the place") {
  CHECK(MayHave(u"() { for (const x of y) { const c = await p.acquire(); @await f(x); c.release(); } }"));
  CHECK(
      MayHave(u"() { for (;;) { c = await p.connect(); for (const x of y) { @await f(x) } c.release() } }"));
}

TEST("GivingBack::may_have is true in a loop that does not give it back") {
  CHECK(MayHave(u"() { const c = await p.connect(); for (const x of y) { @await f(x) } c.release() }"));
  CHECK(MayHave(u"() { const c = await p.connect(); for (const x of y) @await f(x); c.release() }"));
}

TEST("GivingBack::may_have is true behind a loop") {
  CHECK(MayHave(u"() { for (;;) { if (f()) break; } c = await p.connect(); @await f(); c.release() }"));
  CHECK(MayHave(u"() { for (;;) f(); c = await p.connect(); @await f(); c.release() }"));
}

TEST("GivingBack::may_have is not misled by strings, templates and regular expressions") {
  CHECK(MayHave(u"() { f('for (;;) {', `${{ a: `}` }} do {`, /while (x) {/); @await g(); c.release() }"));
  CHECK(!MayHave(u"() { for (;;) { f('}', `${'}'}}`, /}/); @await g(); c = p.connect(); c.release() } }"));
  CHECK(MayHave(u"() { x.for(y); x.do; x.while(z); @await g(); c.release() }"));
}

TEST("GivingBack::may_have is false where the source is not understood") {
  CHECK(!MayHave(u"() { ( @await g(); c.release() }"));
  CHECK(!MayHave(u"() { 'cut @await g(); c.release()"));
  CHECK(!vm::FindGivingBack(u"() {}", 100).may_have);
}

TEST("GivingBack::may_have is false where only something else is given back") {
  CHECK(
      !MayHave(u"() { const c = await p.connect(); finish(c); const x = make(); @await f(); x.release() }"));
  CHECK(!MayHave(u"() { const c = await p.connect()\n finish(c)\n @await f()\n x.release() }"));
  CHECK(
      !MayHave(u"() { let c = await p.connect(); keep(c); @await f(); c = await p.connect(); c.release() }"));
  CHECK(!MayHave(u"() { const c = await open(); keep(c); const d = @await open(); d.release() }"));
  CHECK(!MayHave(u"() { const c = await p.acquire(); keep(c); @await f(); this.release() }"));
}

TEST("GivingBack::may_have is true where it is given back with something else") {
  CHECK(MayHave(
      u"() { const c = await p.connect(), d = await q.connect(); @await f(); d.release(); c.release() }"));
  CHECK(MayHave(
      u"() { const c = await p.connect()\n const d = @await p.connect()\n d.release()\n c.release() }"));
  CHECK(
      MayHave(u"() { const [x, free] = await s.acquire(); const c = await p.connect(); @await f(); free(); "
              u"c.release() }"));
  CHECK(MayHave(u"() { const { c } = await p.connect(); @await f(); p.release(c) }"));
}

TEST("GivingBack counts the variables on which a method is called") {
  const auto count = [](std::u16string source) {
    const size_t at = source.find(u'@');
    const auto found = vm::FindGivingBack(source.erase(at, 1), at);
    return found.methods.empty() ? 0 : found.methods.front().variables;
  };
  CHECK(count(u"() { const c = await open(); @await f(); c.release() }") == 1);
  CHECK(count(u"() { const c = await open(); @await f(); if (x) c.release(); else c.release() }") == 1);
  CHECK(count(u"() { const c = await open(); @await f(); c.release(); d.release() }") == 2);
}

TEST("GivingBack::gives_away is true where another function got what is never given back") {
  const auto gives = [](std::u16string source) {
    const size_t at = source.find(u'@');
    return vm::FindGivingBack(source.erase(at, 1), at).gives_away;
  };
  CHECK(gives(u"() { const free = await m.acquire(); setTimeout(free, 9); @await f(); }"));
  CHECK(!gives(u"() { const free = await m.acquire(); setTimeout(free, 9); @await f(); free() }"));
  CHECK(!gives(u"() { const free = await m.acquire(); @await f(); return free }"));
}

TEST("GivingBack::is_shared is true where something else may give back what was taken") {
  const auto shares = [](std::u16string source) {
    const size_t at = source.find(u'@');
    return vm::FindGivingBack(source.erase(at, 1), at).is_shared;
  };
  CHECK(shares(u"() { const free = await m.acquire(); setTimeout(free, 9); @await f(); free() }"));
  CHECK(shares(u"() { const free = await m.acquire(); setTimeout(() => free(), 9); @await f(); free() }"));
  CHECK(shares(u"() { const [v, free] = await m.acquire(); all.push(free); @await f(v); free() }"));
  CHECK(shares(u"() { let free; free = await m.acquire(); leases.free = free; @await f(); free() }"));
  CHECK(!shares(u"() { const free = await m.acquire(); @await f(); free() }"));
  CHECK(!shares(u"() { let free; free = await m.acquire(); try { @await f() } finally { free() } }"));
  CHECK(!shares(u"() { const [v, free] = await m.acquire(); use(v); @await f(v); free() }"));
  CHECK(!shares(u"() { const free = @await m.acquire(); setTimeout(free, 9); }"));
}

}  // namespace

}  // namespace gmr::test
