/** Version of this package. A test compares it with package.json, which setup has no time to parse. */
export const OWN_VERSION: string = '0.1.0';
