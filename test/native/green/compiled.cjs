'use strict';
// What compilers make of async functions. The helpers are theirs, word by word.

// tsc 5, target ES2015
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
const keep = [];
const never = () => {
  const promise = new Promise(() => {});
  keep.push(promise);
  return promise;
};
function tsInner(p) {
    return __awaiter(this, void 0, void 0, function* () {
        /*@tsInner*/yield p;
    });
}
class TsServer {
    handler(p) {
        return __awaiter(this, void 0, void 0, function* () {
            /*@tsHandler TsServer.*/yield Promise.all([tsInner(p), tsInner(never())]);
        });
    }
}
async function nativeCaller(p) {
    /*@nativeCaller nativeCaller*/ await new TsServer().handler(p);
}
//= 2x tsInner [Promise.all] < tsHandler < nativeCaller

// Babel 7, preset env for Node 6
function asyncGeneratorStep(n, t, e, r, o, a, c) { try { var i = n[a](c), u = i.value; } catch (n) { return void e(n); } i.done ? t(u) : Promise.resolve(u).then(r, o); }
function _asyncToGenerator(n) { return function () { var t = this, e = arguments; return new Promise(function (r, o) { var a = n.apply(t, e); function _next(n) { asyncGeneratorStep(a, r, o, _next, _throw, "next", n); } function _throw(n) { asyncGeneratorStep(a, r, o, _next, _throw, "throw", n); } _next(void 0); }); }; }
function babelInner(_x) {
  return _babelInner.apply(this, arguments);
}
function _babelInner() {
  _babelInner = _asyncToGenerator(function* (p) {
    /*@babelInner*/yield p;
  });
  return _babelInner.apply(this, arguments);
}
function babelOuter(_x2) {
  return _babelOuter.apply(this, arguments);
}
function _babelOuter() {
  _babelOuter = _asyncToGenerator(function* (p) {
    /*@babelOuter*/yield babelInner(p);
  });
  return _babelOuter.apply(this, arguments);
}
//= 1x babelInner < babelOuter

module.exports = [keep, nativeCaller(never()), babelOuter(never())];
