import { shownName, shownPosition, type Positioned } from './positions';
import type { AsyncFrameKind } from './model';
import type { FrameKind } from './stack';

/**
 * The owner of a function's code.
 *
 * - `application`: the service's own, which its developers can open and change.
 * - `package`: under a `node_modules` folder; `path` is the path inside the package.
 * - `node`: JavaScript of Node itself.
 * - `runtime`: helpers of transpilers, code of loaders that transform modules, and gmr-native itself. They run for the
 *   function below them and are never the place that a reader looks for.
 * - `native`: machine code, builtins of V8, and WebAssembly.
 */
export type CodeOwner =
  | { readonly kind: 'application' | 'node' | 'runtime' | 'native' }
  | { readonly kind: 'package'; readonly name: string; readonly path: string };

/** A frame of a stack or of a chain of suspended functions. */
export interface OwnedFrame extends Positioned {
  readonly kind: FrameKind | AsyncFrameKind;
}

const APPLICATION: CodeOwner = { kind: 'application' };
const NODE: CodeOwner = { kind: 'node' };
const RUNTIME: CodeOwner = { kind: 'runtime' };
const NATIVE: CodeOwner = { kind: 'native' };

/** Packages that only make other code run, by name. */
const RUNTIME_PACKAGES: ReadonlySet<string> = new Set([
  '@babel/node',
  '@babel/register',
  '@babel/runtime',
  '@babel/runtime-corejs2',
  '@babel/runtime-corejs3',
  '@cspotcode/source-map-support',
  '@swc-node/register',
  '@swc/helpers',
  '@swc/register',
  'core-js',
  'core-js-pure',
  'esbuild-register',
  'gmr-native',
  'jiti',
  'pirates',
  'regenerator-runtime',
  'source-map-support',
  'sucrase',
  'ts-node',
  'ts-node-dev',
  'tsconfig-paths',
  'tslib',
  'tsx',
]);

/** Helpers that transpilers write into the application's own files: only names that nobody else gives to a function. */
const RUNTIME_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    '__addDisposableResource __assign __asyncDelegator __asyncGenerator __asyncValues __await __awaiter ' +
    '__classPrivateFieldGet __classPrivateFieldIn __classPrivateFieldSet __createBinding __decorate ' +
    '__disposeResources __esDecorate __exportStar __extends __generator __importDefault __importStar ' +
    '__makeTemplateObject __propKey __rest __runInitializers __setFunctionName ' +
    '__spreadArray __spreadArrays __values ' +
    '__async __commonJS __copyProps __decorateClass __decorateElement __decorateParam __defNormalProp __forAwait ' +
    '__objRest __privateAdd __privateGet __privateIn __privateMethod __privateSet __privateWrapper __publicField ' +
    '__spreadProps __spreadValues __toCommonJS __toESM __yieldStar ' +
    '__webpack_require__ ' +
    '_applyDecoratedDescriptor _arrayLikeToArray _assertClassBrand _asyncGeneratorDelegate _asyncIterator ' +
    '_asyncToGenerator _awaitAsyncGenerator _checkPrivateRedeclaration _classApplyDescriptorGet ' +
    '_classApplyDescriptorSet _classCallCheck _classExtractFieldDescriptor _classPrivateFieldGet ' +
    '_classPrivateFieldGet2 _classPrivateFieldInitSpec _classPrivateFieldSet _classPrivateFieldSet2 ' +
    '_classPrivateGetter _classPrivateMethodGet _classPrivateMethodInitSpec _classStaticPrivateFieldSpecGet ' +
    '_classStaticPrivateFieldSpecSet _createForOfIteratorHelper _createForOfIteratorHelperLoose ' +
    '_iterableToArrayLimit _nonIterableRest _objectSpread2 _objectWithoutProperties _objectWithoutPropertiesLoose ' +
    '_possibleConstructorReturn _regenerator _regeneratorRuntime _slicedToArray _toConsumableArray _toPropertyKey ' +
    '_unsupportedIterableToArray _wrapAsyncGenerator _wrapNativeSuper asyncGeneratorStep asyncToGenerator ' +
    '_async_generator _async_to_generator _class_call_check _class_private_field_get _class_private_field_init ' +
    '_class_private_field_set _class_private_method_get _class_private_method_init _iterable_to_array_limit ' +
    '_object_spread_props _object_without_properties _sliced_to_array _to_consumable_array _ts_decorate ' +
    '_ts_generator _unsupported_iterable_to_array _wrap_async_generator'
  ).split(' '),
);

/** The owner of a frame's code; `root` is the folder of the application when it is known. */
export function ownerOfFrame(frame: OwnedFrame, root: string | null): CodeOwner {
  if (frame.kind === 'native' || frame.kind === 'builtin' || frame.kind === 'wasm') return NATIVE;
  const owner = ownerOfFile(shownPosition(frame).file, root);
  const isHelper = owner.kind === 'application' && RUNTIME_FUNCTIONS.has(shownName(frame));
  return isHelper ? RUNTIME : owner;
}

/** The owner of a file, named as V8 or a source map names it: a path, a `file:` URL, a `webpack:` URL... */
export function ownerOfFile(file: string | null, root: string | null): CodeOwner {
  // Code of `eval` or of `new Function`. Who made it is not known here.
  if (file === null) return APPLICATION;
  if (file.startsWith('node:')) return NODE;
  // Modules of gmr-native that it compiles from memory.
  if (file.startsWith('gmr:')) return RUNTIME;
  const path = file.replaceAll('\\', '/');
  if (isOfBundler(path)) return RUNTIME;
  // An application that was installed as a package is one all the same.
  if (root !== null && isInside(path, root.replaceAll('\\', '/'))) return APPLICATION;
  const found = packageOf(path);
  if (found === null) return APPLICATION;
  return RUNTIME_PACKAGES.has(found.name) ? RUNTIME : { kind: 'package', ...found };
}

const FOLDER = 'node_modules/';

/** The innermost package that a path is in; the last `node_modules` counts, as in pnpm's and Yarn's folders. */
function packageOf(path: string): { readonly name: string; readonly path: string } | null {
  const at = path.lastIndexOf(FOLDER);
  if (at === -1 || (at > 0 && path[at - 1] !== '/')) return null;
  const parts = path.slice(at + FOLDER.length).split('/');
  const [first = '', second = ''] = parts;
  const length = first.startsWith('@') && second !== '' ? 2 : 1;
  // A file beside the packages belongs to none.
  if (first === '' || parts.length <= length) return null;
  return { name: parts.slice(0, length).join('/'), path: withoutQuery(parts.slice(length).join('/')) };
}

/** The code with which bundlers and Yarn load modules. */
function isOfBundler(path: string): boolean {
  const scheme = path.startsWith('webpack') ? path.indexOf('/webpack/') : -1;
  return (
    scheme !== -1 ||
    path.startsWith('webpack/bootstrap') ||
    path.startsWith('webpack/runtime/') ||
    path.endsWith('/.pnp.cjs') ||
    path.includes('/[turbopack]')
  );
}

/** True for files under `root`, unless a package folder lies between. */
function isInside(path: string, root: string): boolean {
  const plain = path.startsWith('file://') ? path.slice('file://'.length) : path;
  if (root === '' || root === '/' || !plain.startsWith(`${root}/`)) return false;
  return !plain.slice(root.length).includes(`/${FOLDER}`);
}

/** Loaders such as Vite and tsx put queries behind file names. */
export function withoutQuery(path: string): string {
  const at = path.indexOf('?');
  return at === -1 ? path : path.slice(0, at);
}
