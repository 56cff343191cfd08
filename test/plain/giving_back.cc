// Whether a function that waits may still have what it took, by its source. `@` marks the place.

#include <string>

#include "../../native/image/text/giving_back.h"
#include "harness.h"

namespace gmr::test {

namespace {

bool MayHave(std::u16string source) {
  const size_t at = source.find(u'@');
  if (at == source.npos) Fail(__FILE__, __LINE__, "no place");
  return vm::MayStillHave(source.erase(at, 1), at);
}

TEST("MayStillHave is true where it is given back behind the place") {
  CHECK(MayHave(u"() { const c = await p.connect(); @await f(c); c.release(); }"));
  CHECK(MayHave(u"() { const c = await p.connect(); try { @await f(c) } finally { c.release() } }"));
  CHECK(MayHave(u"() { const c = await p.getConnection(); @await f(c); p.releaseConnection(c) }"));
}

TEST("MayStillHave is false where it was given back before") {
  CHECK(!MayHave(u"() { const c = await p.connect(); c.release(); @await f(); }"));
  CHECK(!MayHave(u"() { try { c = await p.connect() } finally { c.release() } @await f(); d.release() }"));
}

TEST("MayStillHave is false where the source never speaks of it") {
  CHECK(!MayHave(u"() { const c = await p.connect(); finish(c); @await f(); }"));
  CHECK(!MayHave(u"(c) { @await c.work(); }"));
}

TEST("MayStillHave is false in a loop that has not taken it yet") {
  CHECK(!MayHave(u"() { let c; for (;;) { @await f(); c = await p.connect(); c.release(); } }"));
  CHECK(!MayHave(u"() { let c; while (true) { c = @await p.connect(); c.release(); } }"));
  CHECK(!MayHave(u"() { do { @await f(); c = await p.connect(); c.release() } while (c) }"));
  CHECK(!MayHave(u"() { for await (const x of y) { @await f(); c = await p.connect(); c.release() } }"));
  CHECK(!MayHave(u"() { while (@await f()) { c = await p.connect(); c.release() } }"));
  CHECK(!MayHave(u"() { for (;;) if (x) { @await f(); c = await p.connect(); c.release() } }"));
}

TEST("MayStillHave is true in a loop that took it before the place") {
  CHECK(MayHave(u"() { for (const x of y) { const c = await p.acquire(); @await f(x); c.release(); } }"));
  CHECK(
      MayHave(u"() { for (;;) { c = await p.connect(); for (const x of y) { @await f(x) } c.release() } }"));
}

TEST("MayStillHave is true in a loop that does not give it back") {
  CHECK(MayHave(u"() { const c = await p.connect(); for (const x of y) { @await f(x) } c.release() }"));
  CHECK(MayHave(u"() { const c = await p.connect(); for (const x of y) @await f(x); c.release() }"));
}

TEST("MayStillHave is true behind a loop") {
  CHECK(MayHave(u"() { for (;;) { if (f()) break; } c = await p.connect(); @await f(); c.release() }"));
  CHECK(MayHave(u"() { for (;;) f(); c = await p.connect(); @await f(); c.release() }"));
}

TEST("MayStillHave is not misled by strings, templates and regular expressions") {
  CHECK(MayHave(u"() { f('for (;;) {', `${{ a: `}` }} do {`, /while (x) {/); @await g(); c.release() }"));
  CHECK(!MayHave(u"() { for (;;) { f('}', `${'}'}}`, /}/); @await g(); c = p.connect(); c.release() } }"));
  CHECK(MayHave(u"() { x.for(y); x.do; x.while(z); @await g(); c.release() }"));
}

TEST("MayStillHave is false where the source is not understood") {
  CHECK(!MayHave(u"() { ( @await g(); c.release() }"));
  CHECK(!MayHave(u"() { 'cut @await g(); c.release()"));
  CHECK(!vm::MayStillHave(u"() {}", 100));
}

}  // namespace

}  // namespace gmr::test
