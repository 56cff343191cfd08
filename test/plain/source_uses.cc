// Which names the source of a function uses, as a variable or as a property.

#include <memory>
#include <string>

#include "../../native/image/text/source_use.h"
#include "harness.h"

namespace gmr::test {

namespace {

// "variable", "property", both with a blank between, "" for neither; "eval" and "unknown" alone.
std::string UseOf(std::u16string_view source, std::u16string_view name = u"done") {
  const auto search = std::make_unique<vm::SourceSearch>();
  const vm::SourceUse use = search->Find(source, name);
  if (!use.is_known) return "unknown";
  if (use.is_dynamic) return "eval";
  const std::string both = use.variable && use.property ? " " : "";
  return (use.variable ? "variable" : "") + both + (use.property ? "property" : "");
}

struct Case {
  std::u16string_view source;
  const char* use;
};

template <size_t kCount>
void CheckAll(const Case (&cases)[kCount], std::u16string_view name = u"done") {
  for (const Case& known : cases) {
    const std::string use = UseOf(known.source, name);
    const std::string source(known.source.begin(), known.source.end());
    if (use != known.use) Fail(__FILE__, __LINE__, source + " is '" + use + "', not '" + known.use + "'");
  }
}

TEST("SourceSearch finds variables") {
  CheckAll({
      {u"() => done()", "variable"},
      {u"() { done(); }", "variable"},
      {u"(a, b) { return a + done }", "variable"},
      {u"value => done(value)", "variable"},
      {u"async () => { await done }", "variable"},
      {u"() => abandoned(done1, $done, done_)", ""},
      {u"() => { x = y ? done : z }", "variable"},
      {u"() => { x = y ? z : done }", "variable"},
      {u"() => { switch (x) { case done: break; } }", "variable"},
      {u"() => [...done]", "variable"},
      {u"() => f(...done)", "variable"},
      {u"() => { done = 1 }", "variable"},
      {u"() => { [done] = [1] }", "variable"},
      {u"() => { for (done of list) f(); }", "variable"},
      {u"() => { setTimeout(() => { then(function () { return done }) }) }", "variable"},
      {u"() => list[done]", "variable"},
      {u"() => new done", "variable"},
      {u"() => `${done}`", "variable"},
  });
}

TEST("SourceSearch finds properties") {
  CheckAll({
      {u"() => entry.done()", "property"},
      {u"() => entry?.done", "property"},
      {u"() => entry?.[done]", "variable"},
      {u"() => entry['done']", "property"},
      {u"() => entry[\"done\"].x", "property"},
      {u"() => 'done'", ""},
      {u"() => entry\n  .done", "property"},
      {u"() => entry. /* a */ done", "property"},
      {u"() => a ? .5 : done", "variable"},
      {u"() => a?.5:done", "variable"},
      {u"() => 1..done", "property"},
      {u"() => done.done", "variable property"},
      {u"({ done }) => done()", "property"},
      {u"({ done: go }) => go()", "property"},
      {u"({ 'done': go }) => go()", "property"},
      {u"([{ done }]) { }", "property"},
      {u"(a, { b: { done = 1 } = {} }) => a", "property"},
      {u"() { const { done } = entry; done(); }", "property"},
      {u"() { ({ done: x } = entry) }", "property"},
      {u"() { for (const { done } of list) done(); }", "property"},
      {u"() { try { } catch ({ done }) { done() } }", "property"},
      {u"() => this.#done", ""},
  });
  CheckAll({{u"() => this.#done()", "variable property"},
            {u"(x) => #done in x", "variable property"},
            {u"() => a.done", ""}},
           u"#done");
}

TEST("SourceSearch tells keys of objects from variables") {
  CheckAll({
      {u"() => ({ done: 1 })", ""},
      {u"() => ({ 'done': 1 })", ""},
      {u"() => ({ done })", "variable"},
      {u"() => ({ a, done, b })", "variable"},
      {u"() => ({ a: done })", "variable"},
      {u"() => ({ done() { } })", ""},
      {u"() => ({ async done() { }, get done() { return 1 }, *done() { } })", ""},
      {u"() => ({ async *done() { } })", ""},
      {u"() => ({ [done]: 1 })", "variable"},
      {u"() => ({ [done]() { } })", "variable"},
      {u"() => ({ a() { done() } })", "variable"},
      {u"() => ({ a(done) { done() } })", ""},
      {u"() => ({ get() { return done } })", "variable"},
      {u"() => ({ ...done })", "variable"},
      {u"() => f({ a: b ? c : done, d })", "variable"},
      {u"() => ({ a: x => x, done: 2 })", ""},
      {u"() { return { done: 1 } }", ""},
      {u"() { return\n{ done: 1 } }", ""},
      {u"() => { const o = { a: { done: 2 } }; }", ""},
  });
}

TEST("SourceSearch leaves out comments, strings, templates and regular expressions") {
  CheckAll({
      {u"() => { // done\n }", ""},
      {u"() => { /* done */ }", ""},
      {u"() => { /* a\n * done */ f() }", ""},
      {u"() => 'done' + \"done\" + 'it\\'s done'", ""},
      {u"() => `done`", ""},
      {u"() => `a ${b} done`", ""},
      {u"() => `a ${`b ${done}`} c`", "variable"},
      {u"() => `a ${`b ${{ a: 1 }.a} done`} done`", ""},
      {u"() => `\\${done}`", ""},
      {u"() => /done/.test(x)", ""},
      {u"() => /[/done]/g", ""},
      {u"() => { if (x) /done/.exec(y) }", ""},
      {u"() => { return /done/ }", ""},
      {u"() => a / done / b", "variable"},
      {u"() => (a) / done / b", "variable"},
      {u"() => a[0] / done / 2", "variable"},
      {u"() { f()\n{ }\n/done/.exec(y) }", ""},
      {u"() => x.map(y => y / 2) / done / 2", "variable"},
      {u"() => a++ / done / b", "variable"},
      {u"() => a => /'/.test(done)", "variable"},
      {u"() => /\\//.test(done)", "variable"},
      {u"() => '//' + done", "variable"},
      {u"() => \"/*\" + done + '*/'", "variable"},
  });
}

TEST("SourceSearch does not count what a function declares itself") {
  CheckAll({
      {u"(done) => done()", ""},
      {u"done => done()", ""},
      {u"async done => done()", ""},
      {u"async (done) => { done() }", ""},
      {u"(a, done) { done() }", ""},
      {u"(...done) { f(done) }", ""},
      {u"(done = 1) { f(done) }", ""},
      {u"(a = done) { f(a) }", "variable"},
      {u"(a = done) => f(a)", "variable"},
      {u"([a, done]) => done", ""},
      {u"({ a: done }) => done", ""},
      {u"({ a = done }) => a", "variable"},
      {u"({ [done]: a }) => a", "variable"},
      {u"() { let done = 1; return () => done }", ""},
      {u"() { const a = 1, done = a; done() }", ""},
      {u"() { var a, done; done() }", ""},
      {u"() { done(); if (x) { var done = 1 } }", ""},
      {u"() { done(); { let done = 1 } }", "variable"},
      {u"() { const a = done, b = 1 }", "variable"},
      {u"() { const { a: done } = x; done() }", ""},
      {u"() { let [done] = x; done() }", ""},
      {u"() { function done() { } done() }", ""},
      {u"() { async function done() { } done() }", ""},
      {u"() { class done { } new done }", ""},
      {u"() { f(function done() { done() }) }", ""},
      {u"() { f(function done() { }, done) }", "variable"},
      {u"() { const x = class done { a() { done } }; }", ""},
      {u"() { try { } catch (done) { done() } }", ""},
      {u"() { try { } catch (done) { } done() }", "variable"},
      {u"() { try { } catch { done() } }", "variable"},
      {u"() { for (let done of list) f(done) }", ""},
      {u"() { for (const done of list) f(done)\n done() }", "variable"},
      {u"() { for (const done of list) f(done); done() }", "variable"},
      {u"() { for (const done of list) if (a) { f(done) } done() }", "variable"},
      {u"() { for (let i = 0, done = 1; i < done; ++i) { f(done) } }", ""},
      {u"() { for (const x of done) f(x) }", "variable"},
      {u"() { for (const x in done) f(x) }", "variable"},
      {u"() { for await (const done of list) f(done) }", ""},
  });
}

TEST("SourceSearch does not take what a function inside declares for the outer variable") {
  CheckAll({
      {u"() => f((done) => done())", ""},
      {u"() => f(done => done(), done)", "variable"},
      {u"() => f(done => done)\n  .then(done)", "variable"},
      {u"() => { const f = (done) => done\n done() }", "variable"},
      {u"() => { const f = (done) => done; done() }", "variable"},
      {u"() => { g((done) => { done() }); done() }", "variable"},
      {u"() => { g(function (done) { done() }); }", ""},
      {u"() => { g(function (a) { done() }); }", "variable"},
      {u"() => x ? done => done : 1", ""},
      {u"() => x ? y => y : done", "variable"},
      {u"() => (a = done => done) => a", ""},
      {u"() => { f((done)) }", "variable"},
  });
}

TEST("SourceSearch knows classes") {
  CheckAll({
      {u"() => { class A { done() { } } }", ""},
      {u"() => { class A { done = 1; static done = 2\n  get done() { } #done } }", ""},
      {u"() => { class A { a = done; } }", "variable"},
      {u"() => { class A { a = { done: 1 }; b = 2 } }", ""},
      {u"() => { class A { a = () => done\n b() { } } }", "variable"},
      {u"() => { class A { a = 1\n done() { } } }", ""},
      {u"() => { class A { static { done() } } }", "variable"},
      {u"() => { class A { static { var done = 1; f(done) } } }", ""},
      {u"() => { class A { [done]() { } } }", "variable"},
      {u"() => { class A extends done { } }", "variable"},
      {u"() => { class A extends f(done) { a() { } } }", "variable"},
      {u"() => { class A { a(done) { done() } } }", ""},
      {u"() => { class A { a() { done() } } }", "variable"},
      {u"() => class { static async *done() { yield 1 } }", ""},
  });
  CheckAll({{u"() => { class A { #done() { } a() { this.#done() } } }", "property"}}, u"#done");
}

TEST("SourceSearch tells labels from variables") {
  CheckAll({
      {u"() { done: for (;;) { break done } }", ""},
      {u"() { done: for (;;) { continue done; } }", ""},
      {u"() { for (;;) { break\n done() } }", "variable"},
      {u"() { a: { done() } }", "variable"},
  });
}

TEST("SourceSearch knows whose `this` and `arguments` it sees") {
  CheckAll({{u"() => this.x", "variable"},
            {u"() { this.x }", ""},
            {u"() => { f(function () { this.x }) }", ""},
            {u"() => { f(() => this.x) }", "variable"},
            {u"() => ({ a() { this.x } })", ""},
            {u"() => { class A { a = this; static { this } } }", ""},
            {u"() => super.x()", "variable"},
            {u"() => a.this", "property"}},
           u"this");
  CheckAll({{u"() => arguments[0]", "variable"}, {u"() { arguments }", ""}}, u"arguments");
}

TEST("SourceSearch decodes escapes and knows letters beyond ASCII") {
  CheckAll({{u"() => d\\u006fne()", "variable"},
            {u"() => d\\u{6f}ne()", "variable"},
            {u"() => x.d\\u006fne", "property"},
            {u"() => d\\u006e()", ""},
            {u"() => donn\u00e9e(\u00e9done)", ""}});
  CheckAll(
      {{u"() => gr\u00f6\u00dfe", "variable"}, {u"() => x.gr\u00f6\u00dfe", "property"}, {u"() => gr", ""}},
      u"gr\u00f6\u00dfe");
  CheckAll({{u"() => \U00020000", "variable"}, {u"() => \\u{20000}", "variable"}, {u"() => x", ""}},
           u"\U00020000");
  CheckAll({{u"()\u00a0=>\ufeffdone\u2028done2", "variable"}});
}

TEST("SourceSearch reads minified code") {
  CheckAll({{u"t=>{if(t)return e(t);r.push(t)}", "variable"},
            {u"(t,e)=>{e(t)}", ""},
            {u"function(t){return e?t/e/2:0}", "variable"},
            {u"(){var t=1,e=2;return t+e}", ""},
            {u"(){for(var t=0;t<9;t++)n(t);return{e:t,n:e}}", "variable"},
            {u"(){return{e:1,t(){return 2}}}", ""},
            {u"(t){try{n()}catch(e){t(e)}}", ""},
            {u"(t){if(t)/e/.test(n);else e=>e}", ""},
            {u"(t){let{a:e,b:n}=t;return e+n}", ""},
            {u"(t){switch(t){case\"e\":return 1;default:return e}}", "variable"},
            {u"t=>void 0===t?(e,n)=>e:n=>e(n)", "variable"},
            {u"t=>{const n=t=>t.e,r=({e:t})=>t;return n(r)}", "property"},
            {u"(){do e();while(t)}", "variable"},
            {u"(t){return typeof t==='function'&&!0===t.x||(0,e.default)(t)}", "variable"},
            {u"async t=>{for await(let e of t)yield e}", ""}},
           u"e");
}

TEST("SourceSearch does not guess where code can use any variable") {
  CheckAll({
      {u"() => eval(x)", "eval"},
      {u"() => { with (x) { f() } }", "eval"},
      {u"() => x.eval(y)", ""},
      {u"() => x.with(0, y)", ""},
      {u"() => ({ eval() { } })", ""},
      {u"() => eval", ""},
      {u"() => 'eval(x)'", ""},
  });
}

TEST("SourceSearch does not guess at what it does not understand") {
  CheckAll({
      {u"() => { done(", "unknown"},
      {u"() => f(done]", "unknown"},
      {u"() => 'done", "unknown"},
      {u"() => `done ${", "unknown"},
      {u"() => /done", "unknown"},
      {u"() => { /* done", "unknown"},
      {u"} done", "unknown"},
      {u"", ""},
      {u"\\", ""},
      {u"() => 'a\\", "unknown"},
      {u"() => /a\\", "unknown"},
  });
  CHECK_EQ(UseOf(std::u16string(300, u'(') + std::u16string(300, u')')), "unknown");
}

TEST("SourceSearch knows whole files") {
  CheckAll({
      {u"#!/usr/bin/env node done\nf()", ""},
      {u"const done = 1; module.exports = () => done", ""},
      {u"'use strict'\nconst a = require('a')\nlet done\nf(() => done)", ""},
      {u"module.exports = done", "variable"},
  });
}

}  // namespace

}  // namespace gmr::test
