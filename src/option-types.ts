/** An object in the manner of oslo: each method gives one fact. Snake case names are accepted too. */
export interface VersionProvider {
  vendorString?(): string;
  productString?(): string;
  versionStringWithPackage?(): string;
  vendor_string?(): string;
  product_string?(): string;
  version_string_with_package?(): string;
}

/** The parts of a package.json that a report shows. */
export interface PackageDescription {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly author?: string | { readonly name?: string | undefined } | undefined;
}

/** What runs here: a version, a package.json, or an object with methods. */
export type VersionOption = string | PackageDescription | VersionProvider;

/** The configuration of the service, or a function that gives it anew for each report. */
export type ConfigurationOption = object | (() => object);

/** What masking shall know beyond what it knows by itself. */
export interface MaskOptions {
  /** More names whose values are secrets. Compared by words in any spelling: `pin` is in `cardPin` and `CARD_PIN`. */
  readonly keys?: readonly string[] | undefined;
  /** More secrets: texts of 4 characters at least, and expressions, which are masked wherever they occur. */
  readonly values?: readonly (string | RegExp)[] | undefined;
  /** Names whose values stay readable although their name or form says secret, for example `sessionKeyPrefix`. */
  readonly allow?: readonly string[] | undefined;
}

/** What a report shows of the environment: see `docs/masking.md`. */
export type EnvironmentPolicy = 'safe' | 'masked' | 'all' | 'none';

/** How frames are ordered in the report. */
export type FrameOrder = 'innermost-first' | 'outermost-first';

/** Which frames a text report shows: without those that only lead from one function to the next, or all. */
export type FrameSelection = 'folded' | 'all';

/** How a report is written: for people, as the JSON document of `docs/report-format.md`, or as lines of it for a log. */
export type ReportFormat = 'text' | 'json' | 'log';

/** Whether the application's own listeners for the signal are called. */
export type SignalListeners = 'skip' | 'call';
